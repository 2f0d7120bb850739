// Whether the record is what it was, who has seen it, how long it is kept, and by which policy.
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { appTexts } from "../../app/app-texts.js";
import { Facts } from "../../app/facts.js";
import { useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { Page } from "../../app/page.js";
import { Prose } from "../../app/prose.js";
import { Section } from "../../app/section.js";
import { Answer } from "../../app/states.js";
import { townQuery, useTown } from "../../app/town.js";
import { retentionQuery, type Retention } from "./question.js";
import { RecordSections } from "./record-sections.js";
import { recordTexts } from "./texts.js";

export function RecordPage() {
  const app = useTexts(appTexts);
  const t = useTexts(recordTexts);
  const { name } = useTown();
  const town = useQuery(townQuery(name));
  const retention = useQuery(retentionQuery(name));
  return (
    <Page title={app("record")} lead={t("lead")}>
      <Answer of={town}>{(now) => (now === null ? null : <RecordSections record={now.record} />)}</Answer>
      <Answer of={retention}>{(kept) => (kept === null ? null : <Kept retention={kept} />)}</Answer>
    </Page>
  );
}

function Kept({ retention }: { readonly retention: Retention }) {
  const t = useTexts(recordTexts);
  const said = useSaid();
  const format = useFormat();
  const day = (moment: string | null): string => (moment === null ? t("never") : format.day(moment));
  return (
    <Stack gap="lg">
      <Section title={t("retention")} lead={t("retentionLead")}>
        <Facts
          facts={[
            { name: t("kept"), value: t("months", { count: retention.months }) },
            { name: t("oldest"), value: day(retention.oldest) },
            { name: t("removed"), value: t("entries", { count: retention.removed }) },
            { name: t("lastRun"), value: day(retention.lastRun) },
            { name: t("nextRun"), value: retention.nextRun === null ? t("notPlanned") : format.day(retention.nextRun) },
          ]}
        />
      </Section>
      <Section title={t("policy")} lead={t("policyLead")}>
        <Prose text={said(retention.policy)} />
      </Section>
    </Stack>
  );
}
