// Whether the access is what was written; in words first, and what it takes to check it without us.
import { Alert, Anchor, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconClock, IconDownload, IconRefresh, IconShieldCheck } from "@tabler/icons-react";
import { useFormat } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { useRight } from "../../app/town.js";
import { DownloadForm } from "../export/download-form.js";
import styles from "./access.module.css";
import type { Story } from "./story.js";
import { accessTexts } from "./texts.js";

interface Props {
  readonly town: string;
  readonly story: Story;
  readonly busy: boolean;
  readonly onRecheck: () => void;
}

const looks = {
  PROVED: { color: "good", Icon: IconShieldCheck },
  WAITING: { color: "calm", Icon: IconClock },
  BROKEN: { color: "bad", Icon: IconAlertTriangle },
} as const;

export function ProofPart({ town, story, busy, onRecheck }: Props) {
  const t = useTexts(accessTexts);
  const { intact, proof } = story;
  const { color, Icon } = looks[intact ? proof.standing : "BROKEN"];
  return (
    <Alert
      color={color}
      icon={<Icon aria-hidden />}
      title={t("proof")}
      role={color === "bad" ? "alert" : "region"}
      aria-label={t("proof")}
    >
      <Stack gap="sm">
        <Text>{intact ? t(proof.standing) : t("altered")}</Text>
        {proof.standing === "WAITING" ? (
          <Group>
            <Button
              variant="default"
              size="xs"
              loading={busy}
              leftSection={<IconRefresh size={15} aria-hidden />}
              onClick={onRecheck}
            >
              {t("recheck")}
            </Button>
          </Group>
        ) : null}
        <HowProved proof={proof} />
        <Offline town={town} id={story.row.id} />
      </Stack>
    </Alert>
  );
}

function HowProved({ proof }: { readonly proof: Story["proof"] }) {
  const t = useTexts(accessTexts);
  const format = useFormat();
  return (
    <details className={styles.fold}>
      <summary>{t("proofHow")}</summary>
      <Stack gap="xs" pt="xs">
        <Text size="sm">{t("proofHowText")}</Text>
        <dl className={styles.facts}>
          <div>
            <dt>{t("leaf")}</dt>
            <dd className={styles.hash}>{proof.leafHash}</dd>
          </div>
          {proof.size === null ? null : (
            <div>
              <dt>{t("size")}</dt>
              <dd>{format.number(proof.size)}</dd>
            </div>
          )}
          {proof.hashes.length === 0 ? null : (
            <div>
              <dt>{t("hashes")}</dt>
              <dd>
                <ol className={styles.hashes}>
                  {proof.hashes.map((hash, level) => (
                    <li key={level}>{hash}</li>
                  ))}
                </ol>
              </dd>
            </div>
          )}
        </dl>
        {proof.checkpoint === null ? null : (
          <div>
            <Text size="sm" fw={600}>
              {t("checkpoint")}
            </Text>
            <Code block tabIndex={0}>
              {proof.checkpoint}
            </Code>
          </div>
        )}
      </Stack>
    </details>
  );
}

/** The same entry as a file that anybody can check. */
function Offline({ town, id }: { readonly town: string; readonly id: string }) {
  const t = useTexts(accessTexts);
  const mayExport = useRight("EXPORT_LOG");
  return (
    <details className={styles.fold}>
      <summary>{t("proofOffline")}</summary>
      <Stack gap="xs" pt="xs" align="flex-start">
        <Text size="sm">{t("proofOfflineText")}</Text>
        <Code
          className={styles.hash ?? ""}
        >{`npx passerelle log verify passerelle-${town}-….evidence.jsonl --key "…"`}</Code>
        <Anchor href="/log/verify" size="sm">
          {t("checkPage")}
        </Anchor>
        {mayExport ? (
          <DownloadForm fields={{ town, id, format: "evidence" }}>
            <Group gap="sm">
              <Button type="submit" size="xs" variant="default" leftSection={<IconDownload size={15} aria-hidden />}>
                {t("bundle")}
              </Button>
              <Text size="sm">{t("bundleRecorded")}</Text>
            </Group>
          </DownloadForm>
        ) : null}
      </Stack>
    </details>
  );
}
