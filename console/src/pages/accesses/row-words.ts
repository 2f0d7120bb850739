// What a row of the record says in each column, for the eye and for the ear.
import type { Row } from "./questions.js";
import type { accessesTexts } from "./texts.js";
import type { Translate } from "../../app/language.js";
import type { Texts } from "../../app/texts.js";

type Key<T> = T extends Texts<infer K> ? K : never;
export type AccessesTranslate = Translate<Key<typeof accessesTexts>>;

/** What everybody may ask without a key is an agreement of its own, of this name. */
const openData = "open-data";

/** Who asked: an application, nobody known (open data), or one of the town's people. */
export function whoOf(row: Row, t: AccessesTranslate): string {
  if (row.staff !== null) return row.staff.who ?? t("staffErased");
  return row.application === null || row.application === openData ? t("openData") : row.application;
}

/** What for: the purpose by its title; of a member of staff what they did. */
export function purposeOf(row: Row, t: AccessesTranslate, titleOf: (purpose: string) => string): string {
  if (row.staff !== null) return actWords(row.staff.command, t);
  if (row.purpose === openData) return t("openDataPurpose");
  return row.purpose === null ? "–" : titleOf(row.purpose);
}

const acts = [
  "act_sign_in",
  "act_overview",
  "act_accesses",
  "act_accesses_next_page",
  "act_access",
  "act_agreements",
  "act_register",
  "act_find_people",
  "act_people_found",
  "act_retention",
  "act_export_search",
  "act_export_person",
  "act_export_register",
] as const;

/** `console: accesses, next page` in words; a command of the terminal as it was typed. */
export function actWords(command: string, t: (key: (typeof acts)[number]) => string): string {
  const [, what] = /^console: (.+)$/.exec(command) ?? [];
  const act = acts.find((each) => each === `act_${(what ?? "").replaceAll(/\W+/g, "_")}`);
  return act === undefined ? command : t(act);
}

/** Of staff: what they looked for. How they signed in is told where the entry is opened. */
export const filtersOf = (row: Row): string =>
  (row.staff?.filters ?? [])
    .filter(({ name }) => name !== "way")
    .map(({ name, value }) => (/^query( \d+)?$/.test(name) ? value : `${name}: ${value}`))
    .join("  ");

/** The fields that have a place in one line, and how many have not. */
export function fieldsShown(row: Row, most: number): { readonly shown: readonly string[]; readonly more: number } {
  const shown = row.fields.slice(0, most);
  return { shown, more: Math.max(row.fieldCount - shown.length, 0) };
}

/** Below the figures of a card: those that are not nothing. */
export function figuresOf(row: Row, t: AccessesTranslate): string[] {
  const { rows, people, withheld, refusedCount } = row;
  return [
    ...(rows > 0 ? [t("rowsOf", { count: rows })] : []),
    ...(people > 0 ? [t("peopleOf", { count: people })] : []),
    ...(withheld > 0 ? [t("withheldOf", { count: withheld })] : []),
    ...(refusedCount > 0 ? [t("refusedOf", { count: refusedCount })] : []),
  ];
}
