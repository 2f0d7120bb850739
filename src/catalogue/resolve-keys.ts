import { Kind } from "graphql";
import { nearest } from "../terms/index.js";
import type { GivenText } from "./directives.js";
import { spanOf, type FaultList } from "./fault-list.js";
import type { FieldDraft, TypeDraft } from "./read-types.js";

/** `@key(fields: "code year")`: the fields in order, empty where the key is missing or wrong. */
export function resolveKey(type: TypeDraft, faults: FaultList): readonly FieldDraft[] {
  const directive = type.directives.one("key");
  if (directive === null) {
    // Written, but not readable: that fault is told already.
    const tried = type.node.directives?.some((node) => node.name.value === "key") ?? false;
    if (!tried) faults.add(type.node.name, "missing-key", `type "${type.name}" needs @key(fields:)`);
    return [];
  }
  const given = directive.text("fields");
  if (given === null) return [];
  const key: FieldDraft[] = [];
  for (const { name, offset } of keyNames(given.text)) {
    const field = type.members.get(name);
    const span = spanOfName(given, name, offset);
    if (field === undefined) {
      const fields = [...type.members.values()].filter((member) => member.kind === "field");
      const meant = nearest(
        name,
        fields.map((member) => member.name),
      );
      faults.addAt(span, "unknown-field", `"${type.name}" has no field "${name}"`, meant);
    } else if (field.kind === "derived") {
      faults.addAt(
        span,
        "key-on-derived",
        `"${type.name}.${name}" is derived: a key is made of the service's own values`,
      );
    } else if (field.kind === "link") {
      faults.addAt(span, "key-on-link", `"${type.name}.${name}" is a link: a key is made of fields with a value`);
    } else if (field.kind === "field" && field.column.type === "GeoJSON") {
      faults.addAt(span, "key-on-geometry", `"${type.name}.${name}" is a geometry: no row is found by one`);
    } else if (field.kind === "field" && key.includes(field)) {
      faults.addAt(span, "key-repeated", `"${name}" is in the key twice`);
    } else if (field.kind === "field") {
      key.push(field);
    }
  }
  return key;
}

const keyNames = (text: string): readonly { name: string; offset: number }[] =>
  [...text.matchAll(/[^\s,]+/g)].map((match) => ({ name: match[0], offset: match.index }));

function spanOfName(given: GivenText, name: string, offset: number) {
  const whole = spanOf(given.node);
  if (given.node.kind !== Kind.STRING || given.node.block === true || whole.endColumn === undefined) return whole;
  // An escape in the text would shift what follows it: then the whole text is underlined.
  if (whole.endColumn - whole.column !== given.text.length + 2) return whole;
  const column = whole.column + 1 + offset;
  return { line: whole.line, column, endColumn: column + name.length };
}
