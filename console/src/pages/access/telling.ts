// An access told in sentences, for people who read no tables.
import type { Format } from "../../app/moments.js";
import type { Texts } from "../../app/texts.js";
import type { Story } from "./story.js";
import type { accessTexts } from "./texts.js";

type Key<T> = T extends Texts<infer K> ? K : never;
export type AccessTranslate = (
  key: Key<typeof accessTexts>,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** What the sentences need of a story. */
export type Told = Pick<Story, "left" | "operation"> & {
  readonly row: Pick<
    Story["row"],
    | "at"
    | "application"
    | "agreement"
    | "people"
    | "rows"
    | "withheld"
    | "refusedCount"
    | "fieldCount"
    | "staff"
    | "purpose"
  >;
};

/** @param purpose the purpose's title in the language spoken; null: none */
export function sentencesOf(
  story: Told,
  purpose: string | null,
  t: AccessTranslate,
  format: Format,
  act?: string,
): string[] {
  const { row } = story;
  const when = { day: format.day(row.at), time: format.clockSeconds(row.at) };
  if (row.staff !== null)
    return [t("tellStaff", { ...when, who: row.staff.who ?? t("staffErased"), command: act ?? row.staff.command })];
  const asked =
    t("tellAsked", { ...when, who: whoAsked(row, t) }) +
    (purpose === null ? "" : t("tellFor", { purpose })) +
    (row.agreement === null ? "" : t("tellUnder", { agreement: row.agreement }));
  return [`${asked}.`, ...whatLeft(story, t, format), ...whatStayed(story, t)];
}

function whoAsked({ application, agreement }: Told["row"], t: AccessTranslate): string {
  if (application !== null && application !== "open-data") return t("application", { name: application });
  return agreement?.startsWith("open-data") === true ? t("somebody") : t("unknownApplication");
}

function whatLeft({ row, left }: Told, t: AccessTranslate, format: Format): string[] {
  const fields = left.filter(({ cells }) => cells > 0).length;
  const parts = [
    ...(fields > 0 ? [t("fieldsOf", { count: fields })] : []),
    ...(row.rows > 0 ? [t("rowsOf", { count: row.rows })] : []),
  ];
  if (parts.length === 0) return [t("tellNothing")];
  return [
    t("tellLeft", { what: format.list(parts) }),
    row.people > 0 ? t("tellPeople", { count: row.people }) : t("tellNobody"),
  ];
}

const whatStayed = ({ row }: Told, t: AccessTranslate): string[] => [
  ...(row.withheld > 0 ? [t("tellWithheld", { count: row.withheld })] : []),
  ...(row.refusedCount > 0 ? [t("tellRefused", { count: row.refusedCount })] : []),
];
