// What an agreement lists, held against the map of the data as it is now.
import { bindingsOf, type Catalogue } from "../catalogue/index.js";
import type { Snapshot } from "./agreement.js";
import type { Coordinate } from "../terms/index.js";

const known = new WeakMap<Snapshot, WeakMap<Catalogue, ReadonlySet<Coordinate>>>();

/** Law 1: what was approved, as far as `schema.graphql` still binds it to what it was approved as. */
export function agreedFields(snapshot: Snapshot, catalogue: Catalogue): ReadonlySet<Coordinate> {
  const byCatalogue = known.get(snapshot) ?? new WeakMap<Catalogue, ReadonlySet<Coordinate>>();
  known.set(snapshot, byCatalogue);
  const made = byCatalogue.get(catalogue);
  if (made) return made;
  const changed = new Set(reboundFields(snapshot, catalogue));
  const agreed = new Set(snapshot.fields.filter((field) => !changed.has(field)));
  byCatalogue.set(catalogue, agreed);
  return agreed;
}

/** Listed fields that stand for something else now, or for nothing: a DPO has to approve them again. */
export function reboundFields(snapshot: Snapshot, catalogue: Catalogue): readonly Coordinate[] {
  const { bindings } = snapshot;
  if (bindings === null) return [];
  const bound = bindingsOf(catalogue);
  return snapshot.fields.filter((field) => bindings[field] === undefined || bindings[field] !== bound.get(field));
}

/** Every field of the open datasets: what the built-in agreement lists. Rules open it or not, as for any other. */
export function openFields(catalogue: Catalogue): Coordinate[] {
  return [...catalogue.datasets.values()]
    .filter((dataset) => dataset.open && dataset.status === "SHARED")
    .flatMap((dataset) => [...dataset.members.values()].map((member) => member.coordinate));
}
