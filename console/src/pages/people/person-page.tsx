// One person: every access to their data, newest first, and the document for the town's answer to them.
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconFileTypePdf, IconListSearch, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { writeLogQuery } from "../../../../src/terms/log-query/index.js";
import { useFormat } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { LinkButton } from "../../app/links.js";
import { Page } from "../../app/page.js";
import { Answer, Empty } from "../../app/states.js";
import { useRight } from "../../app/town.js";
import { pageQuery, type Accesses } from "../accesses/questions.js";
import { ResultList } from "../accesses/result-list.js";
import { DownloadForm } from "../export/download-form.js";
import { isKnown, usePersonLabel } from "./person-labels.js";
import { shortHandle } from "./short-handle.js";
import { peopleTexts } from "./texts.js";

interface Props {
  readonly town: string;
  readonly handle: string;
}

export function PersonPage({ town, handle }: Props) {
  const t = useTexts(peopleTexts);
  const labelOf = usePersonLabel();
  const line = writeLogQuery([{ key: "person", values: [handle], negated: false }]);
  const first = useQuery(pageQuery(town, line, null));
  const mayExport = useRight("EXPORT_LOG");
  return (
    <Page
      title={t("who", { person: isKnown(handle) ? labelOf(handle) : t("unnamed") })}
      lead={t("token", { handle: shortHandle(handle) })}
      actions={
        <LinkButton
          to="/$town/people"
          params={{ town }}
          search={{}}
          variant="default"
          leftSection={<IconSearch size={16} aria-hidden />}
        >
          {t("other")}
        </LinkButton>
      }
    >
      {mayExport ? <Annex town={town} handle={handle} /> : null}
      <Answer of={first} loading={t("reading")}>
        {(page) => <Timeline town={town} line={line} page={page} at={first.dataUpdatedAt} />}
      </Answer>
    </Page>
  );
}

function Annex({ town, handle }: Props) {
  const t = useTexts(peopleTexts);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="annex">
      <Stack gap="xs">
        <Title order={2} id="annex">
          {t("annex")}
        </Title>
        <Text maw="48rem">{t("annexText")}</Text>
        <Group gap="sm">
          {(["fr", "en"] as const).map((language) => (
            <DownloadForm key={language} fields={{ town, person: handle, format: "article-15", language }}>
              <Button type="submit" variant="default" leftSection={<IconFileTypePdf size={16} aria-hidden />}>
                {t(language === "fr" ? "annexFr" : "annexEn")}
              </Button>
            </DownloadForm>
          ))}
        </Group>
        <Text size="sm" c="dimmed">
          {t("annexRecorded")}
        </Text>
      </Stack>
    </Paper>
  );
}

interface TimelineProps {
  readonly town: string;
  readonly line: string;
  readonly page: Accesses;
  readonly at: number;
}

function Timeline({ town, line, page: { rows, total }, at }: TimelineProps) {
  const t = useTexts(peopleTexts);
  const format = useFormat();
  if (rows.length === 0) return <Empty title={t("none")}>{t("noneHint")}</Empty>;
  const count =
    total === null
      ? ""
      : total.exact
        ? t("count", { count: total.count })
        : t("countMore", { shown: format.number(total.count) });
  return (
    <section aria-labelledby="timeline">
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="sm">
            <Title order={2} id="timeline">
              {t("timeline")}
            </Title>
            <Text c="dimmed">{count}</Text>
          </Group>
          <LinkButton
            to="/$town/accesses"
            params={{ town }}
            search={{ q: line }}
            variant="subtle"
            size="compact-sm"
            leftSection={<IconListSearch size={16} aria-hidden />}
          >
            {t("openSearch")}
          </LinkButton>
        </Group>
        <ResultList key={`${line} ${at}`} town={town} line={line} total={total} />
      </Stack>
    </section>
  );
}
