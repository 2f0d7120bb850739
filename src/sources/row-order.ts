// Where a row stands in an order, as far as we can tell without the source's collation.
import type { Row, Value } from "../terms/index.js";
import { compareValues } from "./filter-truth.js";
import type { Column, Order } from "./source.js";

/** Negative, 0, positive: a is before, equal to, after b; NaN: two texts differ, whose order is the source's own. */
type Standing = number;

/** One order over rows whose cells stand where `placeOf` says. */
export class RowOrder {
  /** Where texts decide only the source can tell before from after. */
  readonly isTheSources: boolean;
  readonly #places: readonly number[];
  readonly #signs: readonly (1 | -1)[];
  readonly #texts: readonly boolean[];

  constructor(order: readonly Order[], placeOf: (column: Column) => number) {
    this.#places = order.map(({ column }) => placeOf(column));
    this.#signs = order.map(({ direction }) => (direction === "asc" ? 1 : -1));
    this.#texts = order.map(({ column }) => column.type === "String");
    this.isTheSources = this.#texts.includes(true);
  }

  /** Whether `row` certainly does not come strictly after `before`. */
  isBeforeOrAt(row: Row, before: Row): boolean {
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i] ?? -1;
      const standing = this.#compared(i, before[place] ?? null, row[place] ?? null);
      if (standing !== 0) return standing > 0;
    }
    return true;
  }

  /** As `isBeforeOrAt`, of a position: the cells of the order's columns, in its sequence. */
  isBeforeOrAtPosition(row: Row, position: readonly Value[]): boolean {
    for (let i = 0; i < this.#places.length; i++) {
      const standing = this.#compared(i, position[i] ?? null, row[this.#places[i] ?? -1] ?? null);
      if (standing !== 0) return standing > 0;
    }
    return true;
  }

  /** Whether no two of the rows are equal under it. */
  isWithoutTwins(rows: readonly Row[]): boolean {
    // An order ends with a key: mostly that alone tells them apart.
    const last = this.#places.at(-1) ?? -1;
    if (isRising(rows, last)) return true;
    const seen = new Set<Value>();
    for (const row of rows) seen.add(row[last] ?? null);
    if (seen.size === rows.length) return true;
    const whole = new Set<string>();
    for (const row of rows) whole.add(JSON.stringify(this.#places.map((place) => row[place])));
    return whole.size === rows.length;
  }

  /** Null stands after every value in `asc` and before in `desc`: one is the other reversed. */
  #compared(part: number, a: Value, b: Value): Standing {
    if (a === b) return 0;
    const sign = this.#signs[part] ?? 1;
    if (a === null) return sign;
    if (b === null) return -sign;
    return this.#texts[part] === true ? Number.NaN : sign * compareValues(a, b);
  }
}

/** Whether each cell comes after the one before by the computer's own comparison: then no two of them are equal. */
function isRising(rows: readonly Row[], place: number): boolean {
  let before: Value = null;
  for (const row of rows) {
    const cell = row[place] ?? null;
    if (cell === null || (before !== null && !(before < cell))) return false;
    before = cell;
  }
  return true;
}

/** Makes a reader of the cells named by `columns` out of rows whose cells are `held`. */
export function picker(
  held: readonly { readonly name: string }[],
  columns: readonly { readonly name: string }[],
): (row: Row) => readonly Value[] {
  const places = columns.map((column) => held.findIndex((other) => other.name === column.name));
  return (row) => places.map((place) => row[place] ?? null);
}
