// What an agreement means for the people whose data it lists, in words.
import type { Catalogue } from "../catalogue/index.js";
import type { PurposeSettings } from "../config.js";
import { basisMeaning } from "../consent/index.js";
import type { Snapshot } from "../identity/index.js";
import type { Coordinate } from "../terms/index.js";
import { labelled } from "./table.js";

/** Whether anything that people decide changes what is answered under it. */
const isAsked = ({ basis, units }: Snapshot): boolean => units.length > 0 && basisMeaning(basis)?.asks !== "nobody";

/** Whose rows leave, what the people concerned can do about it, and whether they are told. */
function peopleWords(snapshot: Snapshot): string {
  const { basis, units, hidden } = snapshot;
  if (units.length === 0) return "nobody is concerned: no field is about a person";
  const { rows, mayObject } = basisMeaning(basis) ?? { rows: "none", mayObject: "nothing" };
  return [
    `rows that leave: ${rows}`,
    `what people can do: ${mayObject}`,
    ...(isAsked(snapshot) ? [childWords(snapshot)] : []),
    toldWords(hidden),
  ].join("\n");
}

const childWords = ({ informationSociety }: Snapshot): string =>
  informationSociety
    ? "for a child: below 15 the child and a guardian together, from 15 the child alone (RGPD art. 8)"
    : "for a child: a guardian, until the child is 18";

const toldWords = (hidden: string | null): string =>
  hidden === null
    ? "they see on their page who read what, when and why"
    : `they do not see this agreement, nor who read under it (RGPD art. 23): ${hidden}`;

/** Each with its fields: `@contact (2):   Resident.email, Resident.phone`. */
const unitLines = ({ units }: Snapshot): string[] =>
  labelled(units.map(({ name, fields }) => [`${unitWords(name)} (${fields.length})`, fields.join(", ")]));

/** What people can do, and on what they decide at once: names beside their texts. */
export const peopleParts = (snapshot: Snapshot): readonly (readonly [string, string])[] => [
  ["People", peopleWords(snapshot)],
  ...(isAsked(snapshot) ? [["Decide on", unitLines(snapshot).join("\n")] as const] : []),
];

export const peopleLines = (snapshot: Snapshot): readonly string[] => labelled(peopleParts(snapshot));

/** `*` reads as nothing in particular. */
const unitWords = (name: string): string => (name.startsWith("*") ? name.replace("*", "the whole") : name);

/** For a table: `consent in 3 parts`. */
export function peopleInShort(snapshot: Snapshot): string {
  const { basis, units, hidden } = snapshot;
  if (units.length === 0) return "none";
  const parts = units.length === 1 ? "as a whole" : `in ${units.length} parts`;
  if (hidden !== null) return "not told";
  const asks = basisMeaning(basis)?.asks;
  return asks === "consent" ? `consent ${parts}` : asks === "objection" ? `may object ${parts}` : "told";
}

/**
 * What stands before people when they decide, in the words of gateway.yaml and schema.graphql: for a DPO to read it as they will.
 * @param purpose null: gateway.yaml lists it no more
 * @param catalogue null: no map of the data is understood
 */
export function shownToPeople(
  snapshot: Snapshot,
  purpose: PurposeSettings | null,
  catalogue: Catalogue | null,
): readonly string[] {
  if (snapshot.units.length === 0 || snapshot.hidden !== null) return [];
  const titles =
    purpose === null ? ["(gateway.yaml lists this purpose no more)"] : [purpose.title.fr, purpose.title.en];
  const texts = purpose === null ? [] : [purpose.text.fr, purpose.text.en];
  const lines = labelled([
    ["Purpose", titles.join(" / ")],
    ...(texts.length === 0 ? [] : [["What for", texts.join("\n")] as const]),
    ["Received by", `${snapshot.recipient.name}, ${snapshot.recipient.contact}`],
    ["Until", snapshot.until],
    ...snapshot.units.map(({ name, fields }) => [unitWords(name), inWords(fields, catalogue).join("\n")] as const),
  ]);
  const untold = snapshot.units.flatMap(({ fields }) => fields).filter((field) => wordsOf(field, catalogue) === null);
  if (catalogue === null || untold.length === 0) return lines;
  return [
    ...lines,
    `Without @label and description in schema.graphql, so known to people by name only: ${untold.join(", ")}`,
  ];
}

/** As the citizen's page has it: what `@label` says, else the description. */
function wordsOf(field: Coordinate, catalogue: Catalogue | null): string | null {
  const label = catalogue?.labels.get(field);
  if (label !== undefined) return `${label.fr} / ${label.en}`;
  return catalogue?.coordinates.get(field)?.description?.replace(/\s+/g, " ").trim() ?? null;
}

const inWords = (fields: readonly Coordinate[], catalogue: Catalogue | null): string[] =>
  fields.map((field) => {
    const words = wordsOf(field, catalogue);
    return words === null ? field : `${field}: ${words}`;
  });
