import { Alert, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { appTexts } from "../../app/app-texts.js";
import { Facts } from "../../app/facts.js";
import { useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { recordSentence } from "../../app/record-state.js";
import { Section } from "../../app/section.js";
import sheet from "../../app/sheet.module.css";
import type { RecordNow } from "../../app/town.js";
import { recordTexts } from "./texts.js";

export function RecordSections({ record }: { readonly record: RecordNow }) {
  return (
    <Stack gap="lg">
      <Standing record={record} />
      {record.faults.length === 0 ? null : <Faults faults={record.faults} />}
      <Signed record={record} />
      <Witnesses record={record} />
    </Stack>
  );
}

const colours = { INTACT: "good", ALTERED: "bad", UNCHECKED: "warn", BEHIND: "warn" } as const;

function Standing({ record }: { readonly record: RecordNow }) {
  const app = useTexts(appTexts);
  const t = useTexts(recordTexts);
  const format = useFormat();
  const { standing } = record;
  return (
    <Alert
      color={colours[standing]}
      icon={standing === "INTACT" ? <IconShieldCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={recordSentence(record, app, format, new Date())}
      role={standing === "ALTERED" ? "alert" : "status"}
    >
      {t(`what_${standing}`)}
    </Alert>
  );
}

function Faults({ faults }: { readonly faults: RecordNow["faults"] }) {
  const t = useTexts(recordTexts);
  const said = useSaid();
  const format = useFormat();
  return (
    <Section title={t("faults")} lead={t("faultsLead")}>
      <ul>
        {faults.map((fault) => (
          <li key={`${String(fault.from)} ${fault.sentence.en}`}>
            {said(fault.sentence)}{" "}
            <Text span size="sm" c="dimmed">
              {t("range", { from: format.number(fault.from), to: format.number(fault.to) })}
            </Text>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Signed({ record }: { readonly record: RecordNow }) {
  const t = useTexts(recordTexts);
  const format = useFormat();
  const { checkpoint, entries, checked, checkedAt } = record;
  const facts = [
    { name: t("all"), value: format.number(entries) },
    {
      name: t("checked"),
      value: checkedAt === null ? t("never") : t("checkedAt", { count: checked, moment: format.moment(checkedAt) }),
    },
    {
      name: t("checkpoint"),
      value:
        checkpoint === null
          ? t("never")
          : t("checkedAt", { count: checkpoint.size, moment: format.moment(checkpoint.at) }),
    },
    ...(checkpoint?.timestampedAt == null
      ? []
      : [{ name: t("timestamped"), value: format.moment(checkpoint.timestampedAt) }]),
  ];
  return (
    <Section title={t("signed")} lead={t("signedLead")}>
      <Facts facts={facts} />
    </Section>
  );
}

function Witnesses({ record }: { readonly record: RecordNow }) {
  const t = useTexts(recordTexts);
  const format = useFormat();
  return (
    <Section title={t("witnesses")} lead={t("witnessesLead")}>
      {record.witnesses.length === 0 ? (
        <Text>{t("noWitness")}</Text>
      ) : (
        <div className={sheet.scroll} role="region" aria-label={t("witnessTable")} tabIndex={0}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("witness")}</Table.Th>
                <Table.Th scope="col" className={sheet.number}>
                  {t("seen")}
                </Table.Th>
                <Table.Th scope="col" className={sheet.number}>
                  {t("seenAt")}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {record.witnesses.map(({ name, size, at }) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">{name}</Table.Th>
                  <Table.Td className={sheet.number}>{format.number(size)}</Table.Td>
                  <Table.Td className={sheet.number}>{format.moment(at)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Section>
  );
}
