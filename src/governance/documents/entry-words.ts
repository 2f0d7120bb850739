// One entry of the access log as the cells of a table.
import type { Outcome, StoredEntry } from "../../accesslog/index.js";
import { basisTitle } from "../basis-words.js";
import type { Language, Text } from "../text.js";

const outcomes: Readonly<Record<Outcome, Text>> = {
  answered: { fr: "répondu", en: "answered" },
  partial: { fr: "répondu en partie", en: "answered in part" },
  refused: { fr: "refusé", en: "refused" },
  invalid: { fr: "non valide", en: "invalid" },
  failed: { fr: "échoué", en: "failed" },
  staff: { fr: "agent", en: "staff" },
};

/** `known`: of the schema; one that a newer version wrote stands as it is. */
export const outcomeTitle = (outcome: string): Text =>
  (outcomes as Readonly<Record<string, Text>>)[outcome] ?? { fr: outcome, en: outcome };

/** `Resident: familyName, birthDate (year) · School: name`; `id` and counts, which no rule names, are left out. */
export function fieldsLeft({ body }: StoredEntry): string {
  const read = body.fields.filter(({ rule }) => rule !== "");
  return byDataset(read.map(({ coordinate, mask }) => [coordinate, mask === "-" ? "" : ` (${mask})`]));
}

export const fieldsRefused = ({ body }: StoredEntry): string => {
  const cut = body.truncated.refused ?? 0;
  const told = byDataset([...new Set(body.refused.map(({ coordinate }) => coordinate))].map((each) => [each, ""]));
  return cut === 0 ? told : `${told} + ${cut}`;
};

function byDataset(fields: readonly (readonly [coordinate: string, suffix: string])[]): string {
  const found = new Map<string, string[]>();
  for (const [coordinate, suffix] of fields) {
    const dot = coordinate.indexOf(".");
    const [dataset, field] = dot < 0 ? ["", coordinate] : [coordinate.slice(0, dot), coordinate.slice(dot + 1)];
    found.set(dataset, [...(found.get(dataset) ?? []), field + suffix]);
  }
  return [...found]
    .map(([dataset, names]) => (dataset === "" ? names.join(", ") : `${dataset}: ${names.join(", ")}`))
    .join(" · ");
}

export const rowsLeft = ({ body }: StoredEntry): number => body.rows.reduce((sum, { rows }) => sum + rows, 0);

export const cellsWithheld = ({ body }: StoredEntry): number =>
  body.withheld.reduce((sum, { cells }) => sum + cells, 0);

/** `console: accesses query=app:cantine-plus`; empty where it is no entry of staff. */
export const staffAct = ({ body: { staff } }: StoredEntry): string =>
  staff === null
    ? ""
    : [staff.command, ...Object.entries(staff.filters).map(([name, value]) => `${name}=${value}`)].join(" ");

export function staffName({ body, personal }: StoredEntry, language: Language): string {
  if (body.staff === null) return "";
  return personal?.staff ?? (language === "fr" ? "(effacé)" : "(erased)");
}

export const basisWords = (basis: string | null, language: Language): string =>
  basis === null ? "" : basisTitle(basis)[language];
