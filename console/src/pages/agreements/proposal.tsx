// Fields that nobody used, as a change of the policy files: shown, copied, and applied by whoever keeps those files.
import { Button, Code, Group, List, Stack, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Copy } from "../../app/copy.js";
import { saveText } from "../../app/save-text.js";
import { useSaid, useTexts } from "../../app/language.js";
import { Section } from "../../app/section.js";
import { patchLines } from "./days.js";
import type { AgreementUse } from "./question.js";
import { agreementsTexts } from "./texts.js";
import styles from "./agreements.module.css";

type Proposal = NonNullable<AgreementUse["proposal"]>;

/** As the commands name it. */
const patchFile = "unused-fields.patch";

export function ProposalSection({ proposal, days }: { readonly proposal: Proposal; readonly days: number }) {
  const t = useTexts(agreementsTexts);
  const said = useSaid();
  const { fields, patch, commands, notes } = proposal;
  return (
    <Section title={t("proposal")} lead={t("proposalLead", { days })}>
      <Stack gap="md">
        {fields.length === 0 ? null : (
          <Group gap={6}>
            {fields.map((field) => (
              <Code key={field}>{field}</Code>
            ))}
          </Group>
        )}
        {notes.length === 0 ? null : (
          <List size="sm">
            {notes.map((note) => (
              <List.Item key={note.en}>{said(note)}</List.Item>
            ))}
          </List>
        )}
        {patch === "" ? null : <Patch patch={patch} />}
        {commands.length === 0 ? null : <Commands commands={commands} />}
      </Stack>
    </Section>
  );
}

function Patch({ patch }: { readonly patch: string }) {
  const t = useTexts(agreementsTexts);
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={6}>
        <Title order={3}>{t("patch")}</Title>
        <Group gap="xs">
          <Copy text={patch} label={t("copyPatch")} />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => saveText(patchFile, patch)}
          >
            {t("download")}
          </Button>
        </Group>
      </Group>
      <pre className={styles.patch} tabIndex={0} aria-label={t("patchText")} role="region">
        {patchLines(patch).map(({ text, kind }, index) => (
          <span key={index} data-kind={kind}>
            {text}
            {"\n"}
          </span>
        ))}
      </pre>
    </div>
  );
}

function Commands({ commands }: { readonly commands: readonly string[] }) {
  const t = useTexts(agreementsTexts);
  return (
    <div>
      <Title order={3} mb={4}>
        {t("commands")}
      </Title>
      <Text size="sm" c="dimmed" mb={6}>
        {t("commandsLead", { file: patchFile })}
      </Text>
      <ol className={styles.commands}>
        {commands.map((command) => (
          <li key={command}>
            <Code className={styles.command}>{command}</Code>
            <Copy text={command} />
          </li>
        ))}
      </ol>
    </div>
  );
}
