import { Badge, Paper, Table, Text } from "@mantine/core";
import { Sparkline } from "@mantine/charts";
import { useAgreementWords, Standing } from "../../app/agreement-words.js";
import { dayIn, useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import sheet from "../../app/sheet.module.css";
import { useTown } from "../../app/town.js";
import { everyDay, standingOf } from "./days.js";
import type { AgreementUse } from "./question.js";
import { agreementsTexts } from "./texts.js";
import styles from "./agreements.module.css";

export function AgreementTable({ uses, days }: { readonly uses: readonly AgreementUse[]; readonly days: number }) {
  const t = useTexts(agreementsTexts);
  return (
    <Paper withBorder className={sheet.sheet}>
      <div className={sheet.scroll} role="region" aria-label={t("table")} tabIndex={0}>
        <Table verticalSpacing="sm" className={sheet.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("agreement")}</Table.Th>
              <Table.Th scope="col">{t("standing")}</Table.Th>
              <Table.Th scope="col" className={sheet.number}>
                {t("declared")}
              </Table.Th>
              <Table.Th scope="col" className={sheet.number}>
                {t("most")}
              </Table.Th>
              <Table.Th scope="col" className={sheet.number}>
                {t("mean")}
              </Table.Th>
              <Table.Th scope="col">{t("byDay", { count: days })}</Table.Th>
              <Table.Th scope="col">{t("fieldsUsed")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {uses.map((use) => (
              <Row key={use.agreement} use={use} days={days} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Paper>
  );
}

function Row({ use, days }: { readonly use: AgreementUse; readonly days: number }) {
  const t = useTexts(agreementsTexts);
  const said = useSaid();
  const format = useFormat();
  const words = useAgreementWords();
  const { name } = useTown();
  const used = use.fields.filter(({ entries }) => entries > 0).length;
  const proposed = use.proposal?.fields.length ?? 0;
  return (
    <Table.Tr>
      <Table.Th scope="row" className={sheet.name}>
        <LinkAnchor
          to="/$town/agreements"
          params={{ town: name }}
          search={(now) => ({ ...now, agreement: use.agreement })}
          fw={600}
        >
          {use.agreement}
        </LinkAnchor>
        <Text size="sm" c="dimmed">
          {said(use.purposeTitle)} · {words.recipient(use.recipient)}
        </Text>
      </Table.Th>
      <Table.Td>
        <Standing name={use.standing} />
        <Text size="sm" c="dimmed" className={styles.line}>
          {t("until", { day: format.shortDay(use.until) })}
        </Text>
      </Table.Td>
      <Table.Td className={sheet.number}>
        {use.volumeDeclared === null ? t("undeclared") : format.number(use.volumeDeclared)}
      </Table.Td>
      <Table.Td className={sheet.number}>
        <Volume use={use} />
      </Table.Td>
      <Table.Td className={sheet.number}>{format.mean(use.volumeMean)}</Table.Td>
      <Table.Td>
        {/* For the eye: the figures beside it say it, and the agreement's own page day by day. */}
        <Sparkline
          inert
          color="town"
          w={150}
          h={34}
          strokeWidth={1.5}
          fillOpacity={0.25}
          data={everyDay(use.days, days, dayIn(format.timeZone, new Date())).map(({ entries }) => entries)}
        />
      </Table.Td>
      <Table.Td className={styles.line}>
        {t("usedOf", { used: format.number(used), all: format.number(use.fields.length) })}
        {proposed === 0 ? null : (
          <div>
            <Badge color="warn">{t("removable", { count: proposed })}</Badge>
          </div>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** The most of a day, with a word where it is above what was declared: colour alone says nothing to some. */
function Volume({ use }: { readonly use: AgreementUse }) {
  const t = useTexts(agreementsTexts);
  const format = useFormat();
  const standing = standingOf(use.volumeDeclared, use.volumeMost);
  return (
    <>
      {format.number(use.volumeMost)}
      {standing === "above" || standing === "far-above" ? (
        <div>
          <Badge color={standing === "above" ? "warn" : "bad"}>{t(standing === "above" ? "above" : "farAbove")}</Badge>
        </div>
      ) : null}
    </>
  );
}
