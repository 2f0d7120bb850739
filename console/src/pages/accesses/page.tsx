// The record, searched. The address is the search: it can be gone back to, kept and passed on.
import { Button, CopyButton, Group, List, Popover, Stack, Text } from "@mantine/core";
import { IconCheck, IconDownload, IconHelp, IconLink, IconRefresh } from "@tabler/icons-react";
import { useSearch as useAddress } from "@tanstack/react-router";
import { useState } from "react";
import { useFormat } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { Page } from "../../app/page.js";
import { Empty, Failed, Loading, Needs } from "../../app/states.js";
import { useRight, useTown } from "../../app/town.js";
import { ExportDialog } from "../export/export-dialog.js";
import { FilterBar } from "./filter-bar.js";
import { QueryLine } from "./query-line.js";
import { ResultList } from "./result-list.js";
import { accessesTexts } from "./texts.js";
import { useSearch, type Search } from "./use-search.js";

export function AccessesPage() {
  return (
    <Needs right="READ_LOG" page="accesses">
      <Accesses />
    </Needs>
  );
}

function Accesses() {
  const t = useTexts(accessesTexts);
  const { name: town } = useTown();
  const { q: line = "" } = useAddress({ from: "/$town/accesses" });
  const found = useSearch(town, line);
  const mayExport = useRight("EXPORT_LOG");
  const [exporting, setExporting] = useState(false);
  const answered = found.first !== undefined && !found.faulty;
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      actions={
        mayExport ? (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            disabled={!answered}
            onClick={() => setExporting(true)}
          >
            {t("export")}
          </Button>
        ) : null
      }
    >
      <Stack gap="sm">
        <QueryLine
          town={town}
          line={line}
          refused={found.refused}
          busy={found.busy}
          onSearch={found.search}
          help={<Help />}
        />
        <FilterBar town={town} line={line} onSearch={found.search} />
      </Stack>
      <Results town={town} line={line} found={found} />
      <ExportDialog
        town={town}
        line={line}
        total={found.first?.total ?? null}
        opened={exporting}
        onClose={() => setExporting(false)}
      />
    </Page>
  );
}

function Results({ town, line, found }: { readonly town: string; readonly line: string; readonly found: Search }) {
  const t = useTexts(accessesTexts);
  const { first, error, faulty, search } = found;
  if (error !== null) return <Failed error={error} onRetry={() => search(line)} />;
  if (faulty) return null;
  if (first === undefined) return <Loading label={t("reading")} />;
  if (first.rows.length === 0)
    return line === "" ? (
      <Empty title={t("noneYet")}>{t("noneYetHint")}</Empty>
    ) : (
      <Empty title={t("none")}>
        <p>{t("noneHint")}</p>
        <LinkAnchor to="/$town/accesses" params={{ town }} search={{}}>
          {t("all")}
        </LinkAnchor>
      </Empty>
    );
  return (
    <Stack gap="xs">
      <Summary first={first} at={found.at} onAgain={() => search(line)} busy={found.busy} />
      <ResultList key={`${line} ${found.at}`} town={town} line={line} total={first.total} />
    </Stack>
  );
}

interface SummaryProps {
  readonly first: NonNullable<Search["first"]>;
  readonly at: number;
  readonly busy: boolean;
  readonly onAgain: () => void;
}

/** How many there are, as of when; asked anew on a person's word, since each asking is on the record. */
function Summary({ first: { total }, at, busy, onAgain }: SummaryProps) {
  const t = useTexts(accessesTexts);
  const format = useFormat();
  const words =
    total === null
      ? ""
      : total.exact
        ? t("found", { count: total.count })
        : t("foundMore", { shown: format.number(total.count) });
  return (
    <Group gap="sm" justify="space-between">
      <Group gap="xs">
        <Text fw={650} role="status" className="figures">
          {words}
        </Text>
        <Text c="dimmed" size="sm">
          {t("searchedAt", { time: format.clockSeconds(new Date(at).toISOString()) })}
        </Text>
      </Group>
      <Group gap="xs">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconRefresh size={15} aria-hidden />}
          disabled={busy}
          onClick={onAgain}
        >
          {t("again")}
        </Button>
        <CopyButton value={window.location.href}>
          {({ copied, copy }) => (
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconLink size={15} aria-hidden />}
              onClick={copy}
            >
              {t(copied ? "copied" : "copy")}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Group>
  );
}

const examples = [
  ["app:cantine-plus", "helpApp"],
  ["app:cantine-plus,carnet-repas", "helpAny"],
  ["-outcome:answered", "helpNot"],
  ["field:Resident.email", "helpField"],
  ["on:2026-11-23", "helpOn"],
  ["after:2026-11-01 before:2026-12-01", "helpBetween"],
  ["after:7d", "helpSince"],
  ["person:resident:1234", "helpPerson"],
  ["-staff:*", "helpStaff"],
] as const;

function Help() {
  const t = useTexts(accessesTexts);
  return (
    <Popover position="bottom-end" width="min(34rem, calc(100vw - 2rem))" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" leftSection={<IconHelp size={16} aria-hidden />} px="xs">
          {t("help")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("helpTitle")}>
        <Stack gap="xs">
          <Text fw={650}>{t("helpTitle")}</Text>
          <Text size="sm">{t("helpIntro")}</Text>
          <List size="sm" spacing={4} listStyleType="none">
            {examples.map(([example, words]) => (
              <List.Item key={example}>
                <code>{example}</code> — {t(words)}
              </List.Item>
            ))}
          </List>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
