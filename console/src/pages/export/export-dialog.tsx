// What is searched, as a file: what will be in it, and that asking for it is on the record, are said before.
import { Alert, Button, Code, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { IconDownload, IconEye } from "@tabler/icons-react";
import { useState } from "react";
import { useFormat } from "../../app/format.js";
import { useLanguage, useTexts } from "../../app/language.js";
import type { Language } from "../../app/texts.js";
import { DownloadForm } from "./download-form.js";
import { exportTexts } from "./texts.js";

const formats = ["csv", "jsonl", "pdf", "evidence"] as const;
type FileFormat = (typeof formats)[number];
const isFormat = (text: string): text is FileFormat => formats.some((each) => each === text);

interface Props {
  readonly town: string;
  /** As the gateway wrote it. */
  readonly line: string;
  readonly total: { readonly count: number; readonly exact: boolean } | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function ExportDialog({ opened, onClose, ...rest }: Props) {
  const t = useTexts(exportTexts);
  return (
    // Its own head would be a second banner of the page for a screen reader.
    <Modal.Root opened={opened} onClose={onClose} size="lg">
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body p="md">
          <Group justify="space-between" wrap="nowrap" mb="sm">
            <Modal.Title fw={650}>{t("title")}</Modal.Title>
            <Modal.CloseButton aria-label={t("cancel")} />
          </Group>
          <Content onClose={onClose} {...rest} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Content({ town, line, total, onClose }: Omit<Props, "opened">) {
  const t = useTexts(exportTexts);
  const words = useFormat();
  const spoken = useLanguage();
  const [format, setFormat] = useState<FileFormat>("csv");
  const [language, setLanguage] = useState<Language>(spoken);
  const holds =
    total === null
      ? t("holdsUnknown")
      : total.exact
        ? t("holds", { count: total.count })
        : t("holdsMore", { shown: words.number(total.count) });
  return (
    <Stack gap="md">
      <div>
        <Text size="sm" fw={600}>
          {t("search")}
        </Text>
        {line === "" ? <Text size="sm">{t("all")}</Text> : <Code block>{line}</Code>}
      </div>
      <Text>{holds}</Text>
      <Radio.Group label={t("format")} value={format} onChange={(value) => isFormat(value) && setFormat(value)}>
        <Stack gap="xs" mt="xs">
          {formats.map((each) => (
            <Radio key={each} value={each} label={t(each)} description={t(`hint_${each}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {format === "pdf" ? <LanguageChoice language={language} onChoose={setLanguage} /> : null}
      <Text size="sm">{t("never")}</Text>
      <Alert color="town" icon={<IconEye aria-hidden />}>
        {t("recorded")}
      </Alert>
      <DownloadForm fields={{ town, query: line, format, language }} onSent={onClose}>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" leftSection={<IconDownload size={16} aria-hidden />}>
            {t("download")}
          </Button>
        </Group>
      </DownloadForm>
    </Stack>
  );
}

interface ChoiceProps {
  readonly language: Language;
  readonly onChoose: (language: Language) => void;
}

/** A document is read by others than whoever asks for it. */
function LanguageChoice({ language, onChoose }: ChoiceProps) {
  const t = useTexts(exportTexts);
  return (
    <Radio.Group label={t("language")} value={language} onChange={(value) => onChoose(value === "en" ? "en" : "fr")}>
      <Group mt="xs">
        <Radio value="fr" label={t("fr")} />
        <Radio value="en" label={t("en")} />
      </Group>
    </Radio.Group>
  );
}
