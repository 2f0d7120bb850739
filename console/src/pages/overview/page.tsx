// The day's beginning of a DPO: is the record sound, is anything unusual, who read how much and when.
import { Paper, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { appTexts } from "../../app/app-texts.js";
import { Facts } from "../../app/facts.js";
import { dayIn, useFormat } from "../../app/format.js";
import { useTexts, type Said } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { Page } from "../../app/page.js";
import { recordSentence } from "../../app/record-state.js";
import { Section } from "../../app/section.js";
import { Answer, Empty, Needs } from "../../app/states.js";
import { useTown, useTownNow } from "../../app/town.js";
import { DayPicker } from "./day-picker.js";
import { Heatmap } from "./heatmap.js";
import styles from "./overview.module.css";
import { overviewQuery, type OverviewOfDay } from "./question.js";
import { overviewTexts } from "./texts.js";
import { UnusualList } from "./unusual.js";

const route = getRouteApi("/$town/");

export function OverviewPage() {
  const t = useTexts(appTexts);
  const said = useTexts(overviewTexts);
  const { timeZone } = useFormat();
  const { day: chosen } = route.useSearch();
  const day = chosen ?? dayIn(timeZone, new Date());
  return (
    <Page title={t("overview")} lead={said("lead")} actions={<DayPicker day={day} />}>
      <RecordLine />
      <Needs right="READ_LOG">
        <Day chosen={chosen ?? null} />
      </Needs>
    </Page>
  );
}

/** "The record is intact: 1,204,331 entries checked at 09:12." */
function RecordLine() {
  const t = useTexts(appTexts);
  const format = useFormat();
  const { name } = useTown();
  const now = useTownNow();
  // What is not intact stands above every page already.
  if (now?.record.standing !== "INTACT") return null;
  const sound = now.record.checkedAt !== null;
  return (
    <Paper withBorder className={styles.record} data-sound={sound ? "" : undefined}>
      {sound ? <IconShieldCheck size={22} stroke={1.6} aria-hidden /> : <IconAlertTriangle size={22} aria-hidden />}
      <Text component="p" fw={600}>
        {recordSentence(now.record, t, format, new Date())}
      </Text>
      <LinkAnchor to="/$town/record" params={{ town: name }} size="sm">
        {t("recordMore")}
      </LinkAnchor>
    </Paper>
  );
}

function Day({ chosen }: { readonly chosen: string | null }) {
  const { name } = useTown();
  const query = useQuery(overviewQuery(name, chosen));
  return <Answer of={query}>{(overview) => (overview === null ? null : <DayRead overview={overview} />)}</Answer>;
}

function DayRead({ overview }: { readonly overview: OverviewOfDay }) {
  const t = useTexts(overviewTexts);
  const format = useFormat();
  return (
    <Stack gap="lg">
      <Section title={t("unusual")} lead={t("unusualLead")}>
        <UnusualList things={overview.unusual} />
      </Section>
      <Section title={t("accessesOf", { day: format.fullDay(overview.day) })}>
        <Stack gap="md">
          <Figures overview={overview} />
          {overview.hours.length === 0 ? (
            <Empty title={t("none")}>{t("noneWhy")}</Empty>
          ) : (
            <Heatmap hours={overview.hours} day={overview.day} />
          )}
        </Stack>
      </Section>
    </Stack>
  );
}

function Figures({ overview }: { readonly overview: OverviewOfDay }) {
  const t = useTexts(overviewTexts);
  const format = useFormat();
  const turnedAway = overview.counted.reduce((sum, { count }) => sum + count, 0);
  const facts = [
    [t("entries"), overview.entries],
    [t("rows"), overview.rows],
    [t("refused"), overview.refusedEntries],
    [t("staff"), overview.staffEntries],
    [t("counted"), turnedAway],
  ] as const;
  return (
    <div>
      <Facts figures facts={facts.map(([name, value]) => ({ name, value: format.number(value) }))} />
      {turnedAway === 0 ? null : (
        <Text size="sm" c="dimmed" mt="xs">
          {t("countedWhy", {
            list: format.list(overview.counted.map(({ event, count }) => eventWords(t, event, count))),
          })}
        </Text>
      )}
    </div>
  );
}

const events = ["not-authenticated", "overloaded", "rate-limited", "unreadable"] as const;

function eventWords(t: Said<typeof overviewTexts>, event: string, count: number): string {
  const known = events.find((each) => each === event);
  return known === undefined ? `${event}: ${String(count)}` : t(`event_${known}`, { count });
}
