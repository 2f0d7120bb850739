// What `@cost` and `@listSize` say, in the descriptions of the API: an introspection cannot carry applied directives
// (GraphQL specification, section 4), and a builder reads descriptions. What is usual is not said.
import type { Dataset, DerivedField, Field, Link } from "./catalogue.js";
import { usualWeights } from "./read-cost.js";

const told = (description: string | null, ...lines: readonly (string | null)[]): string | null => {
  const all = [description, ...lines].filter((line) => line !== null);
  return all.length === 0 ? null : all.join("\n\n");
};
const costOf = (weight: number, usual: number, each: string): string | null =>
  weight === usual ? null : `Cost: ${String(weight)} for each ${each}.`;
const sizeOf = (size: number | null): string | null =>
  size === null ? null : `Without \`first\` or \`last\` its cost is estimated for ${String(size)} rows.`;

export const costed = {
  object: (dataset: Dataset): string | null =>
    told(dataset.description, costOf(dataset.cost, usualWeights.object, "object")),
  field: (field: Field | DerivedField): string | null =>
    told(field.description, costOf(field.cost, usualWeights.value, "value")),
  link: (link: Link): string | null =>
    told(link.description, costOf(link.cost, usualWeights.link, "time it is followed"), sizeOf(link.assumedSize)),
  list: (description: string, assumedSize: number | null): string | null => told(description, sizeOf(assumedSize)),
  totalCount: `How many rows the list has in all, \`where\` applied. Cost: ${String(usualWeights.totalCount)}.`,
} as const;
