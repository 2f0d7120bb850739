// What the rows of one question must look like, worked out once for all questions of that form: a plan asks with the same
// columns, order and filter again and again.
import type { Row } from "../terms/index.js";
import { cellCheck } from "./canonical-value.js";
import { filterColumns, mayHold } from "./filter-truth.js";
import { RowOrder } from "./row-order.js";
import type { Column, Filter, Order } from "./source.js";

export interface RowShape {
  /** Those asked for, then those that the checks need. */
  readonly columns: readonly Column[];
  readonly cells: readonly ((value: unknown) => boolean)[];
  /** Null: there is no condition. */
  readonly mayHold: ((row: Row) => boolean) | null;
  /** Null: in any order. */
  readonly order: RowOrder | null;
  /** Where the columns stand that rows are found by. */
  readonly match: readonly number[];
}

interface Kept extends RowShape {
  readonly asked: {
    readonly match: readonly Column[] | null;
    readonly order: readonly Order[];
    readonly filter: Filter | null;
  };
}

/** Shapes of one list of columns; beyond it the oldest is worked out anew when it comes again. */
const mostShapes = 8;
const known = new WeakMap<readonly Column[], Kept[]>();

export function shapeOf(
  asked: readonly Column[],
  match: readonly Column[] | null,
  order: readonly Order[],
  filter: Filter | null,
): RowShape {
  let kept = known.get(asked);
  if (kept === undefined) known.set(asked, (kept = []));
  for (const shape of kept)
    if (shape.asked.match === match && shape.asked.order === order && shape.asked.filter === filter) return shape;
  const shape = made(asked, match, order, filter);
  if (kept.length >= mostShapes) kept.shift();
  kept.push(shape);
  return shape;
}

function made(
  asked: readonly Column[],
  match: readonly Column[] | null,
  order: readonly Order[],
  filter: Filter | null,
): Kept {
  const columns = withColumns(asked, [...(match ?? []), ...order.map((part) => part.column), ...filterColumns(filter)]);
  const places = new Map(columns.map((column, place) => [column.name, place]));
  const placeOf = ({ name }: Column): number => places.get(name) ?? -1;
  return {
    columns,
    cells: columns.map(({ type }) => cellCheck(type)),
    mayHold: filter === null ? null : mayHold(filter, placeOf),
    order: order.length === 0 ? null : new RowOrder(order, placeOf),
    match: (match ?? []).map(placeOf),
    asked: { match, order, filter },
  };
}

/** The list itself where nothing is missing in it. What the checks look at does not only pass (law 14). */
function withColumns(asked: readonly Column[], needed: readonly Column[]): readonly Column[] {
  const all = [...asked];
  for (const { name, type } of needed) {
    const place = all.findIndex((other) => other.name === name);
    if (place < 0) all.push({ name, type });
    else if (all[place]?.passes === true) all[place] = { name, type };
  }
  return all.length === asked.length && all.every((column, i) => column === asked[i]) ? asked : all;
}
