// `@cost` and `@listSize`: what an operation costs, by IBM's GraphQL Cost Directives (ibm.github.io/graphql-specs).
import type { Directives } from "./directives.js";
import type { FaultList } from "./fault-list.js";

/**
 * What costs what, unless `@cost` says otherwise: the specification's own defaults ("Weight Arguments"), objects and
 * the fields that lead to them 1, values 0. A `totalCount` is a value that takes a statement of its own, over all rows
 * that meet the condition.
 */
export const usualWeights = { object: 1, link: 1, value: 0, totalCount: 10 } as const;

/** A page is never longer. */
const mostRows = 1_000;
const mostWeight = 1_000_000;

/** Up to three decimals, so that sums stay exact to the last that is shown. @returns null where it is not said */
export function readWeight(directives: Directives, faults: FaultList): number | null {
  const weight = directives.one("cost")?.text("weight") ?? null;
  if (weight === null) return null;
  const number = /^\d{1,7}(\.\d{1,3})?$/.test(weight.text) ? Number(weight.text) : NaN;
  if (number <= mostWeight) return number;
  const message = `a weight is a number from 0 to ${mostWeight.toLocaleString("en")} with at most three decimals, like "2.5": "${weight.text}"`;
  faults.add(weight.node, "cost-weight", message);
  return null;
}

/** @returns null where it is not said */
export function readAssumedSize(directives: Directives, faults: FaultList): number | null {
  const size = directives.one("listSize")?.number("assumedSize") ?? null;
  if (size === null) return null;
  if (size.number >= 1 && size.number <= mostRows) return size.number;
  const message = `"assumedSize" is a number of rows from 1 to ${mostRows.toLocaleString("en")}: no page is longer`;
  faults.add(size.node, "list-size", message);
  return null;
}
