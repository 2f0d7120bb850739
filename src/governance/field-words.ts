// Fields and datasets in the words of schema.graphql: what `@label` calls them.
import type { Catalogue } from "../catalogue/index.js";
import type { Text } from "./text.js";

/** `@label`, else the description as it is, else the name. @param catalogue null: names are all there is */
export function wordsFor(catalogue: Catalogue | null, name: string): Text {
  const label = catalogue?.labels.get(name);
  if (label !== undefined) return { fr: label.fr, en: label.en };
  const described = catalogue?.coordinates.get(name) ?? catalogue?.datasets.get(name);
  const text = described?.description?.replaceAll(/\s+/g, " ").replaceAll("`", "").trim().replace(/\.$/, "") ?? "";
  const plain = text === "" ? name : text;
  return { fr: plain, en: plain };
}

/** The registers whose people a field is about; empty where it is about nobody, or no field of that name is left. */
export function schemesOf(catalogue: Catalogue | null, coordinate: string): readonly string[] {
  const member = catalogue?.coordinates.get(coordinate);
  const subjects = [
    ...(catalogue?.datasets.get(coordinate.split(".")[0] ?? "")?.subjects ?? []),
    ...(member === undefined || member.kind === "link" ? [] : member.subjects),
  ];
  return [...new Set(subjects.map(({ scheme }) => scheme))];
}
