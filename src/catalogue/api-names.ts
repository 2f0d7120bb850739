// The names of the derived API's types: used to build it, and to refuse datasets that would take one.
import type { FilterOperator } from "./catalogue.js";
import type { ScalarType } from "../terms/index.js";

export const apiNames = (dataset: string) => ({
  connection: `${dataset}Connection`,
  linkConnection: `${dataset}LinkConnection`,
  edge: `${dataset}Edge`,
  where: `${dataset}Where`,
  orderBy: `${dataset}OrderBy`,
  orderField: `${dataset}OrderField`,
});

/** `StringFilter`, or with the operators named where a source lacks some: `StringFilterEqIn`. */
export const filterName = (scalar: ScalarType, operators: readonly FilterOperator[], all: boolean): string =>
  `${scalar}Filter${all ? "" : operators.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join("")}`;

const fixed: ReadonlySet<string> = new Set([
  ...["String", "Int", "SafeInt", "Float", "Boolean", "Date", "DateTime", "GeoJSON", "ID"],
  ...["Query", "Mutation", "Subscription", "Node", "PageInfo", "OrderDirection", "GeoNear"],
]);
const filters = /^(String|Int|SafeInt|Float|Boolean|Date|DateTime|GeoJSON)Filter/;

export const isFixedName = (name: string): boolean => fixed.has(name) || filters.test(name);

/** `Resident` → `resident`, `residents`; a plural that is not made so is written in `@dataset(many:)`. */
export function defaultRoots(type: string): { readonly one: string; readonly many: string } {
  const one = type.charAt(0).toLowerCase() + type.slice(1);
  return { one, many: `${one}s` };
}

/** The root field that finds any object by its id. */
export const nodeRoot = "node";
