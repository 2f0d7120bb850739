// Fields, datasets and units in the words of schema.graphql: what `@label` calls them.
import type { Catalogue } from "../../catalogue/index.js";
import { listWords, textsIn } from "./texts.js";
import type { Language } from "./view.js";

/** Null: no version is in force, and names are all there is. */
export type Map = Catalogue | null;

export const fieldWords = (map: Map, coordinate: string, language: Language): string =>
  inWords(map, coordinate, map?.coordinates.get(coordinate), language);

export const datasetWords = (map: Map, name: string, language: Language): string =>
  inWords(map, name, map?.datasets.get(name), language);

/** `@label`, else the description as it is, else the name. */
function inWords(
  map: Map,
  name: string,
  described: { readonly description: string | null } | undefined,
  language: Language,
): string {
  const text = described?.description?.replaceAll(/\s+/g, " ").replaceAll("`", "").trim().replace(/\.$/, "") ?? "";
  return map?.labels.get(name)?.[language] ?? (text === "" ? name : text);
}

/** How many fields name a group by themselves. */
const named = 3;

/** `@contact`, `CanteenAccount`, `*`; with `.2` what a later version of the agreement added. */
export function unitWords(
  map: Map,
  { name, fields }: { readonly name: string; readonly fields: readonly string[] },
  language: Language,
): string {
  const { agreements } = textsIn(language);
  const [, base = name, later] = /^(.*?)(?:\.(\d+))?$/.exec(name) ?? [];
  const added = later === undefined ? "" : ` (${agreements.added})`;
  if (base === "*") return agreements.whole + added;
  if (!base.startsWith("@")) return datasetWords(map, base, language) + added;
  const words = fields.map((field) => fieldWords(map, field, language));
  const first = words.slice(0, words.length > named ? named - 1 : named);
  const rest = words.length - first.length;
  return listWords(rest === 0 ? first : [...first, agreements.others(rest)], language) + added;
}

/** The registers whose people a field is about. */
export function schemesOf(map: Map, coordinate: string): readonly string[] {
  const [dataset = ""] = coordinate.split(".");
  const member = map?.coordinates.get(coordinate);
  const subjects = [
    ...(map?.datasets.get(dataset)?.subjects ?? []),
    ...(member === undefined || member.kind === "link" ? [] : member.subjects),
  ];
  return [...new Set(subjects.map(({ scheme }) => scheme))];
}

export const isSpecial = (map: Map, coordinate: string): boolean => {
  const member = map?.coordinates.get(coordinate);
  return member !== undefined && member.kind !== "link" && member.personal?.special === true;
};
