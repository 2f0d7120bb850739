// One agreement: what it says, how much was asked day by day, each field it lists, and what could go.
import { BarChart } from "@mantine/charts";
import { Badge, Stack, Table, Text } from "@mantine/core";
import { useAgreementWords, Standing } from "../../app/agreement-words.js";
import { Facts } from "../../app/facts.js";
import { dayIn, useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { SearchLink } from "../../app/search-link.js";
import sheet from "../../app/sheet.module.css";
import { Section } from "../../app/section.js";
import { everyDay, type DayVolume } from "./days.js";
import { ProposalSection } from "./proposal.js";
import type { AgreementUse } from "./question.js";
import { agreementsTexts } from "./texts.js";
import styles from "./agreements.module.css";

export function AgreementDetail({ use, days }: { readonly use: AgreementUse; readonly days: number }) {
  return (
    <Stack gap="lg">
      <Declared use={use} />
      <Volumes use={use} days={days} />
      <Fields use={use} days={days} />
      {use.proposal === null ? null : <ProposalSection proposal={use.proposal} days={days} />}
    </Stack>
  );
}

function Declared({ use }: { readonly use: AgreementUse }) {
  const t = useTexts(agreementsTexts);
  const said = useSaid();
  const words = useAgreementWords();
  const facts = [
    { name: t("purpose"), value: said(use.purposeTitle) },
    { name: t("recipient"), value: words.recipient(use.recipient) },
    { name: t("basis"), value: words.basis(use.basis) },
    { name: t("recipientBasis"), value: words.basis(use.recipient.basis) },
    { name: t("period"), value: words.period(use.from, use.until) },
    { name: t("standing"), value: <Standing name={use.standing} /> },
  ];
  return (
    <Section title={t("signed")}>
      <Facts facts={facts} />
    </Section>
  );
}

function Volumes({ use, days }: { readonly use: AgreementUse; readonly days: number }) {
  const t = useTexts(agreementsTexts);
  const format = useFormat();
  const volumes = everyDay(use.days, days, dayIn(format.timeZone, new Date()));
  const declared = use.volumeDeclared;
  const figures = [
    { name: t("declared"), value: declared === null ? t("undeclared") : format.number(declared) },
    { name: t("most"), value: format.number(use.volumeMost) },
    { name: t("mean"), value: format.mean(use.volumeMean) },
  ];
  return (
    <Section
      title={t("volumes")}
      lead={t("volumesLead", { count: days })}
      actions={<SearchLink query={use.query}>{t("seeEntries")}</SearchLink>}
    >
      <Stack gap="sm">
        <Facts figures facts={figures} />
        {use.volumeMost === 0 ? (
          <Text c="dimmed">{t("noVolume")}</Text>
        ) : (
          <>
            <div aria-hidden>
              <BarChart
                h={180}
                data={volumes.map(({ day, entries }) => ({ day: format.dayMonth(day), [t("accesses")]: entries }))}
                dataKey="day"
                series={[{ name: t("accesses"), color: "var(--mantine-color-anchor)" }]}
                valueFormatter={format.number}
                barProps={{ radius: 1, isAnimationActive: false }}
                yAxisProps={{ allowDecimals: false }}
                tickLine="none"
                gridAxis="x"
                barChartProps={{ accessibilityLayer: false }}
                {...(declared === null
                  ? {}
                  : { referenceLines: [{ y: declared, label: t("declared"), color: "var(--console-focus)" }] })}
              />
            </div>
            <DayTable volumes={use.days} agreement={use.agreement} />
          </>
        )}
      </Stack>
    </Section>
  );
}

/** The chart for who does not see it, and for who wants the day's entries. */
function DayTable({ volumes, agreement }: { readonly volumes: readonly DayVolume[]; readonly agreement: string }) {
  const t = useTexts(agreementsTexts);
  const format = useFormat();
  return (
    <details>
      <summary className={styles.summary}>{t("asTable")}</summary>
      <Table className={styles.days}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("day")}</Table.Th>
            <Table.Th scope="col" className={sheet.number}>
              {t("accesses")}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...volumes].reverse().map(({ day, entries }) => (
            <Table.Tr key={day}>
              <Table.Th scope="row">{format.fullDay(day)}</Table.Th>
              <Table.Td className={sheet.number}>
                <SearchLink query={`agreement:${agreement} on:${day}`}>{format.number(entries)}</SearchLink>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}

function Fields({ use, days }: { readonly use: AgreementUse; readonly days: number }) {
  const t = useTexts(agreementsTexts);
  const columns = ["accesses", "cells", "firstUsed", "lastUsed", "refused"] as const;
  return (
    <Section title={t("fields")} lead={t("fieldsLead", { count: days })}>
      {use.fields.length === 0 ? (
        <Text c="dimmed">{t("noFields")}</Text>
      ) : (
        <div className={sheet.scroll} role="region" aria-label={t("fieldsTable")} tabIndex={0}>
          <Table className={sheet.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("field")}</Table.Th>
                {columns.map((column) => (
                  <Table.Th key={column} scope="col" className={sheet.number}>
                    {t(column)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {use.fields.map((field) => (
                <FieldRow key={field.coordinate} field={field} agreement={use.agreement} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Section>
  );
}

function FieldRow({
  field,
  agreement,
}: {
  readonly field: AgreementUse["fields"][number];
  readonly agreement: string;
}) {
  const t = useTexts(agreementsTexts);
  const format = useFormat();
  const { coordinate, entries, cells, firstUsed, lastUsed, refused } = field;
  const seen = entries > 0 || refused > 0;
  return (
    <Table.Tr>
      <Table.Th scope="row" className={sheet.field}>
        {seen ? <SearchLink query={`agreement:${agreement} field:${coordinate}`}>{coordinate}</SearchLink> : coordinate}
      </Table.Th>
      <Table.Td className={sheet.number}>
        {entries === 0 ? <Badge color="warn">{t("unused")}</Badge> : format.number(entries)}
      </Table.Td>
      <Table.Td className={sheet.number}>{entries === 0 ? "–" : format.number(cells)}</Table.Td>
      <Table.Td className={sheet.number}>{firstUsed === null ? "–" : format.shortDay(firstUsed)}</Table.Td>
      <Table.Td className={sheet.number}>{lastUsed === null ? "–" : format.shortDay(lastUsed)}</Table.Td>
      <Table.Td className={sheet.number}>{refused === 0 ? "–" : format.number(refused)}</Table.Td>
    </Table.Tr>
  );
}
