// What of the catalogue stands in an API schema: decided here once, for the whole schema and for an agreement's part.
import type { Catalogue, Dataset, Field, Link, ListAbilities, Member, SchemaView } from "./catalogue.js";
import { operatorsOf } from "./api-inputs.js";

export interface DatasetShape {
  readonly dataset: Dataset;
  readonly abilities: ListAbilities;
  /** Fields and links that may be selected, in the order written. */
  readonly members: readonly Member[];
  /** Fields that may stand in `where`; derived ones never do. */
  readonly filters: readonly Field[];
  /** Fields that may stand in `orderBy`. */
  readonly orders: readonly Field[];
  /** Whether there are lists of it: with `orderBy` too, rows that are equal under it follow the key. */
  readonly listed: boolean;
}

export const everything: SchemaView = {
  opened: () => true,
  usable: () => true,
  visible: () => true,
  listable: () => true,
};

/** By dataset name; a dataset that is not there is unknown to the schema. */
export function shapeApi(
  catalogue: Catalogue,
  abilitiesOf: (source: string) => ListAbilities,
  view: SchemaView,
): ReadonlyMap<string, DatasetShape> {
  const shapes = new Map<string, DatasetShape>();
  for (const [name, dataset] of catalogue.datasets) {
    if (dataset.status !== "SHARED" || !view.visible(dataset.name)) continue;
    shapes.set(name, shapeDataset(dataset, abilitiesOf(dataset.source), view));
  }
  // A link needs its target's type, and a list of it where it leads to many.
  const leads = (link: Link): boolean => {
    const target = shapes.get(link.target);
    return target !== undefined && (!link.many || target.listed);
  };
  return new Map(
    [...shapes].map(([name, shape]) => [
      name,
      { ...shape, members: shape.members.filter((member) => member.kind !== "link" || leads(member)) },
    ]),
  );
}

function shapeDataset(dataset: Dataset, abilities: ListAbilities, view: SchemaView): DatasetShape {
  const members = [...dataset.members.values()].filter((member) => view.opened(member.coordinate));
  const usable = members.filter((member) => member.kind === "field").filter((field) => view.usable(field.coordinate));
  // Geometries have no order.
  const orders = abilities.order ? usable.filter((field) => field.column.type !== "GeoJSON") : [];
  return {
    dataset,
    abilities,
    members,
    filters: usable.filter((field) => operatorsOf(field.column.type).some((name) => abilities.filter.has(name))),
    orders,
    listed: view.listable(dataset.name),
  };
}
