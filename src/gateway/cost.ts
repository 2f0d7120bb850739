// What an operation costs, by IBM's GraphQL Cost Directives: each object its type's weight, each field its own. Estimated
// from the plan before anything is read, and measured from what left after: the same lines, counted otherwise.
// Law 2: the plan holds nothing of what is refused, so neither does its cost. Law 15: what left are visible rows, so the
// measured cost tells of no other.
import type { FieldNode } from "graphql";

/** One share of the cost: `weight` for each object made of a selection, or for each place that a list or link is read for. */
export interface CostLine {
  /** `once`: root fields of introspection. */
  readonly per: "object" | "place" | "once";
  /** Position among the plan's object selections or fetches. */
  readonly index: number;
  readonly weight: number;
  /** How many of them there may be: by `first` and `last`, else by `@listSize`, else whole pages. */
  readonly expected: number;
  /** The list or link that makes them so many. */
  readonly node: FieldNode;
}

/** Objects made of each selection, places answered of each fetch: by position in the plan. */
interface Counts {
  readonly objects: ArrayLike<number>;
  readonly links: ArrayLike<number>;
}

/** Weights have three decimals, and so has their sum: what a sum of binary fractions adds is rounded off. */
const rounded = (sum: number): number => Math.round(sum * 1_000) / 1_000;

export const estimatedCost = (lines: readonly CostLine[]): number =>
  rounded(lines.reduce((sum, { weight, expected }) => sum + weight * expected, 0));

/** At most the estimate, but where a list without `first` has more rows than `@listSize` says. */
export function measuredCost(lines: readonly CostLine[], { objects, links }: Counts): number {
  let sum = 0;
  for (const { per, index, weight } of lines)
    sum += weight * (per === "once" ? 1 : ((per === "object" ? objects[index] : links[index]) ?? 0));
  return rounded(sum);
}

/** Where to begin when it is too much; null where nothing costs anything. */
export function dearest(lines: readonly CostLine[]): { readonly node: FieldNode; readonly cost: number } | null {
  const byNode = new Map<FieldNode, number>();
  for (const { node, weight, expected } of lines) byNode.set(node, (byNode.get(node) ?? 0) + weight * expected);
  const [most] = [...byNode].sort(([, a], [, b]) => b - a);
  return most === undefined ? null : { node: most[0], cost: rounded(most[1]) };
}
