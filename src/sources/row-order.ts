// Where a row stands in an order, as far as we can tell without the source's collation.
import type { Row, Value } from "../terms/index.js";
import { compareValues } from "./filter-truth.js";
import type { Order } from "./source.js";

/** Negative, 0, positive: a is before, equal to, after b. `unknown`: two texts differ, whose order is the source's own. */
export type Standing = number | "unknown";

/** Null stands after every value in `asc` and before in `desc`: one is the other reversed. */
function compareCells(order: Order, a: Value, b: Value): Standing {
  if (a === b) return 0;
  const sign = order.direction === "asc" ? 1 : -1;
  if (a === null) return sign;
  if (b === null) return -sign;
  if (order.column.type === "String") return "unknown";
  return sign * compareValues(a, b);
}

/** `a` and `b` hold the cells of the order's columns, in its sequence. */
export function compareUnder(order: readonly Order[], a: readonly Value[], b: readonly Value[]): Standing {
  for (const [i, part] of order.entries()) {
    const standing = compareCells(part, a[i] ?? null, b[i] ?? null);
    if (standing !== 0) return standing;
  }
  return 0;
}

/** Makes a reader of the cells named by `columns` out of rows whose cells are `held`. */
export function picker(
  held: readonly { readonly name: string }[],
  columns: readonly { readonly name: string }[],
): (row: Row) => readonly Value[] {
  const places = columns.map((column) => held.findIndex((other) => other.name === column.name));
  return (row) => places.map((place) => row[place] ?? null);
}
