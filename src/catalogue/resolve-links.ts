// Second reading: where links lead, by which columns.
import { nearest } from "../terms/index.js";
import type { SourceColumn } from "./catalogue.js";
import type { Directive, GivenText } from "./directives.js";
import type { FaultList } from "./fault-list.js";
import type { FieldDraft, LinkDraft, TypeDraft } from "./read-types.js";

export type LinkPair = { readonly from: SourceColumn; readonly to: SourceColumn };
/** By draft; a link that is wrong has no pairs. */
export type LinkPairs = ReadonlyMap<LinkDraft, readonly LinkPair[]>;

export function resolveLinks(types: ReadonlyMap<string, TypeDraft>, faults: FaultList): LinkPairs {
  const pairs = new Map<LinkDraft, readonly LinkPair[]>();
  for (const type of types.values()) {
    for (const member of type.members.values()) {
      if (member.kind !== "link") continue;
      const directive = member.directives.one("link");
      const target = types.get(member.target);
      if (directive !== null && target !== undefined) {
        pairs.set(member, resolveLink(type, target, directive, faults));
      }
    }
  }
  return pairs;
}

function resolveLink(type: TypeDraft, target: TypeDraft, link: Directive, faults: FaultList): readonly LinkPair[] {
  const from = link.texts("from");
  const to = link.texts("to");
  if (from.length === 0 || to.length === 0) return [];
  if (from.length !== to.length) {
    const message = `"from" names ${String(from.length)} and "to" names ${String(to.length)}: they are matched one to one`;
    faults.add(link.node, "link-lengths", message);
    return [];
  }
  return from.flatMap((name, index) => {
    const other = to[index];
    if (other === undefined) return [];
    const pair = resolvePair(link, [type, name], [target, other], faults);
    return pair === null ? [] : [pair];
  });
}

type End = readonly [type: TypeDraft, name: GivenText];

function resolvePair(link: Directive, fromEnd: End, toEnd: End, faults: FaultList): LinkPair | null {
  const from = resolveEnd(...fromEnd, faults);
  const to = resolveEnd(...toEnd, faults);
  if (from === null || to === null) return null;
  // A hidden column has no type of its own: it takes that of the field at the other end.
  const type = from.type ?? to.type;
  if (type === null) {
    const message = `neither "${from.name}" nor "${to.name}" is a field: one end must be, it gives the type`;
    faults.add(link.node, "link-untyped", message);
    return null;
  }
  if (from.type !== null && to.type !== null && from.type !== to.type) {
    const message = `"${fromEnd[0].name}.${fromEnd[1].text}" is ${from.type}, "${toEnd[0].name}.${toEnd[1].text}" is ${to.type}: linked fields have one type`;
    faults.add(toEnd[1].node, "link-types", message);
    return null;
  }
  if (type === "GeoJSON") {
    faults.add(link.node, "link-on-geometry", "a link needs values that can be equal, and geometries are not compared");
    return null;
  }
  return { from: { name: from.name, type }, to: { name: to.name, type } };
}

type ColumnEnd = { readonly name: string; readonly type: SourceColumn["type"] | null };

/** A name at an end of a link: first a field, else a column of the source that the schema does not show. */
function resolveEnd(type: TypeDraft, given: GivenText, faults: FaultList): ColumnEnd | null {
  const member = type.members.get(given.text);
  if (member?.kind === "field") return member.column;
  if (member?.kind === "broken") return null;
  if (member?.kind === "derived") {
    const message = `"${type.name}.${given.text}" is derived: no row is found by it`;
    faults.add(given.node, "link-on-derived", message);
    return null;
  }
  if (member?.kind === "link") {
    faults.add(given.node, "link-to-link", `"${type.name}.${given.text}" is itself a link: name a field or a column`);
    return null;
  }
  const fields = [...type.members.values()].filter((other): other is FieldDraft => other.kind === "field");
  const shown = fields.find((field) => field.column.name === given.text);
  if (shown !== undefined) return shown.column;
  // `district_id` beside a field `district` is a column's usual name, not a slip.
  const candidates = fields.map((field) => field.name).filter((name) => !given.text.startsWith(`${name}_`));
  const meant = nearest(given.text, candidates);
  if (meant === undefined) return { name: given.text, type: null };
  faults.add(given.node, "unknown-field", `"${type.name}" has no field "${given.text}"`, meant);
  return null;
}

/** Warns where the shape written is not what key and columns say. */
export function checkShapes(
  pairs: LinkPairs,
  keys: ReadonlyMap<string, readonly FieldDraft[]>,
  faults: FaultList,
): void {
  for (const [link, on] of pairs) {
    const key = keys.get(link.target);
    if (key === undefined || key.length === 0 || on.length === 0) continue;
    const leadsToKey = key.every((field) => on.some((pair) => pair.to.name === field.column.name));
    const { target } = link;
    if (!link.many && !leadsToKey) {
      const message = `"${link.name}" is one ${target}, but "to" is not the key of ${target}: when several rows match, it cannot be answered`;
      faults.warn(link.node.type, "link-may-be-many", message);
    } else if (link.many && leadsToKey) {
      faults.warn(
        link.node.type,
        "link-is-one",
        `"to" is the key of ${target}: at most one row can match, write ${target}`,
      );
    }
  }
}
