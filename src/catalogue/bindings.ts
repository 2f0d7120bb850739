// What a coordinate stands for. An agreement's fields are approved as what they were bound to, not as names: a line of
// schema.graphql that binds an agreed name to another column must not widen what the DPO has read.
import { createHash } from "node:crypto";
import type { Coordinate } from "../terms/index.js";
import type { Catalogue, Dataset, Link, Member } from "./catalogue.js";

const known = new WeakMap<Catalogue, ReadonlyMap<Coordinate, string>>();

/**
 * For each coordinate 32 hex digits over its source, place, column and type, and whose data it is; of a derived field also
 * its form; for a link, where it leads.
 */
export function bindingsOf(catalogue: Catalogue): ReadonlyMap<Coordinate, string> {
  const made = known.get(catalogue);
  if (made) return made;
  const bindings = new Map<Coordinate, string>();
  for (const dataset of catalogue.datasets.values())
    for (const member of dataset.members.values()) bindings.set(member.coordinate, digest(catalogue, dataset, member));
  known.set(catalogue, bindings);
  return bindings;
}

function digest(catalogue: Catalogue, dataset: Dataset, member: Member): string {
  const place = [dataset.source, dataset.from, dataset.key.map((field) => field.column), dataset.subjects];
  return createHash("sha256")
    .update(JSON.stringify([place, boundOf(catalogue, member)]))
    .digest("hex")
    .slice(0, 32);
}

function boundOf(catalogue: Catalogue, member: Member): readonly unknown[] {
  switch (member.kind) {
    case "field":
      return ["field", member.column, member.personal, member.subjects];
    case "derived":
      // A band of ten years in place of five, or of another column, is another form than the one approved.
      return ["derived", member.from.column, member.form, member.personal, member.subjects];
    case "link":
      return ["link", member.many, member.on, member.target, targetPlace(catalogue, member)];
  }
}

function targetPlace(catalogue: Catalogue, link: Link): readonly (string | undefined)[] {
  const target = catalogue.datasets.get(link.target);
  return [target?.source, target?.from];
}
