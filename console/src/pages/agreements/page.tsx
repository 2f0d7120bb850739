// What was signed beside what was asked: all agreements in a table, or one of them whole.
import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { appTexts } from "../../app/app-texts.js";
import { useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { Page } from "../../app/page.js";
import { Answer, Empty, Needs } from "../../app/states.js";
import { useTown } from "../../app/town.js";
import { AgreementDetail } from "./agreement-detail.js";
import { AgreementTable } from "./agreement-table.js";
import { usesQuery } from "./question.js";
import { agreementsTexts } from "./texts.js";

const route = getRouteApi("/$town/agreements");
const choices = [30, 90, 180] as const;

export function AgreementsPage() {
  const app = useTexts(appTexts);
  const t = useTexts(agreementsTexts);
  const { days = 90, agreement } = route.useSearch();
  return (
    <Page
      title={agreement ?? app("agreements")}
      lead={agreement === undefined ? t("lead") : <Back />}
      actions={<Days days={days} agreement={agreement} />}
    >
      <Needs right="READ_AGREEMENTS">
        <Uses days={days} agreement={agreement} />
      </Needs>
    </Page>
  );
}

function Back() {
  const t = useTexts(agreementsTexts);
  const { name } = useTown();
  const { days } = route.useSearch();
  return (
    <LinkAnchor to="/$town/agreements" params={{ town: name }} search={days === undefined ? {} : { days }}>
      {t("back")}
    </LinkAnchor>
  );
}

function Days({ days, agreement }: { readonly days: 30 | 90 | 180; readonly agreement: string | undefined }) {
  const t = useTexts(agreementsTexts);
  const { name } = useTown();
  const navigate = useNavigate();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("days")}
      value={String(days)}
      data={choices.map((each) => ({ value: String(each), label: t("lastDays", { count: each }) }))}
      onChange={(value) => {
        const chosen = choices.find((each) => String(each) === value) ?? 90;
        void navigate({
          to: "/$town/agreements",
          params: { town: name },
          search: { ...(agreement === undefined ? {} : { agreement }), ...(chosen === 90 ? {} : { days: chosen }) },
        });
      }}
    />
  );
}

function Uses({ days, agreement }: { readonly days: number; readonly agreement: string | undefined }) {
  const t = useTexts(agreementsTexts);
  const { name } = useTown();
  const query = useQuery(usesQuery(name, days));
  return (
    <Answer of={query}>
      {(uses) => {
        if (agreement !== undefined) {
          const one = uses.find((each) => each.agreement === agreement);
          return one === undefined ? (
            <Empty title={t("unknown")}>{t("unknownWhy")}</Empty>
          ) : (
            <AgreementDetail use={one} days={days} />
          );
        }
        return uses.length === 0 ? (
          <Empty title={t("none")}>{t("noneWhy")}</Empty>
        ) : (
          <AgreementTable uses={uses} days={days} />
        );
      }}
    </Answer>
  );
}
