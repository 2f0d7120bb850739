// Third reading: what a derived field is made of, `@derived(from:)`; it may be written above it.
import { nearest } from "../terms/index.js";
import type { FaultList } from "./fault-list.js";
import type { DerivedDraft, FieldDraft, TypeDraft } from "./read-types.js";

/** By draft, the field that it is made of; one that is wrong is not there. */
export type DerivedSources = ReadonlyMap<DerivedDraft, FieldDraft>;

export function resolveDerived(types: ReadonlyMap<string, TypeDraft>, faults: FaultList): DerivedSources {
  const sources = new Map<DerivedDraft, FieldDraft>();
  for (const type of types.values())
    for (const member of type.members.values()) {
      const source = member.kind === "derived" ? resolveOne(member, type, faults) : null;
      if (member.kind === "derived" && source !== null) sources.set(member, source);
    }
  return sources;
}

function resolveOne(draft: DerivedDraft, type: TypeDraft, faults: FaultList): FieldDraft | null {
  const from = draft.directives.one("derived")?.text("from") ?? null;
  if (from === null) return null;
  const source = type.members.get(from.text);
  if (source?.kind === "broken") return null;
  if (source === undefined) {
    const names = [...type.members.values()].filter(({ kind }) => kind === "field").map(({ name }) => name);
    faults.add(from.node, "unknown-field", `"${type.name}" has no field "${from.text}"`, nearest(from.text, names));
    return null;
  }
  if (source.kind !== "field") {
    const is = source.kind === "link" ? "a link" : "derived itself";
    const message = `"${type.name}.${from.text}" is ${is}: a derived field is made of a value of the service`;
    faults.add(from.node, "derived-from", message);
    return null;
  }
  const isDate = source.column.type === "Date" || source.column.type === "DateTime";
  if (draft.form.kind === "age-band" && !isDate) {
    const message = `an age is reckoned from a Date or a DateTime; "${type.name}.${from.text}" is of type ${source.column.type}`;
    faults.add(from.node, "derived-from", message);
    return null;
  }
  return source;
}
