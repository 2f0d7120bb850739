// What a coordinate stands for. An agreement's fields are approved as what they were bound to, not as names: a line of
// schema.graphql that binds an agreed name to another column must not widen what the DPO has read.
import { createHash } from "node:crypto";
import type { Coordinate } from "../terms/index.js";
import type { Catalogue, Dataset, Field, Link } from "./catalogue.js";

const known = new WeakMap<Catalogue, ReadonlyMap<Coordinate, string>>();

/** For each coordinate 32 hex digits over its source, place, column and type, and whose data it is; for a link, where it leads. */
export function bindingsOf(catalogue: Catalogue): ReadonlyMap<Coordinate, string> {
  const made = known.get(catalogue);
  if (made) return made;
  const bindings = new Map<Coordinate, string>();
  for (const dataset of catalogue.datasets.values())
    for (const member of dataset.members.values()) bindings.set(member.coordinate, digest(catalogue, dataset, member));
  known.set(catalogue, bindings);
  return bindings;
}

function digest(catalogue: Catalogue, dataset: Dataset, member: Field | Link): string {
  const place = [dataset.source, dataset.from, dataset.key.map((field) => field.column), dataset.subjects];
  const bound =
    member.kind === "field"
      ? ["field", member.column, member.personal, member.subjects]
      : ["link", member.many, member.on, member.target, targetPlace(catalogue, member)];
  return createHash("sha256")
    .update(JSON.stringify([place, bound]))
    .digest("hex")
    .slice(0, 32);
}

function targetPlace(catalogue: Catalogue, link: Link): readonly (string | undefined)[] {
  const target = catalogue.datasets.get(link.target);
  return [target?.source, target?.from];
}
