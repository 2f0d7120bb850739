// For services that cannot filter, order or page as the contract asks: all rows that may matter are at hand (bounded by
// the caller, never cut), and the contract is kept here. Texts compare by code point.
import type { Row, Value } from "../terms/index.js";
import { compareValues, isAmong } from "./filter-truth.js";
import { geoHolds } from "./near-and-within.js";
import { picker } from "./row-order.js";
import type { ByKeysRequest, Column, CountRequest, Filter, Order, PageRequest } from "./source.js";

/** Rows with the columns they hold; a request's columns are picked out of them. */
export interface RowsAtHand {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

type Read = (column: Column) => Value;
/** null: unknown, as in SQL. */
type Truth = boolean | null;

/** @throws NotPoints where a geographical condition meets a line or an area */
export function pageAtHand(hand: RowsAtHand, request: PageRequest): readonly Row[] {
  const rows = following(hand, request).slice(0, request.limit);
  const narrow = narrowing(hand.columns, request.columns);
  return narrow === null ? rows : rows.map(narrow);
}

export function byKeysAtHand(hand: RowsAtHand, request: ByKeysRequest): readonly Row[] {
  const most = request.limitPerKey ?? Number.POSITIVE_INFINITY;
  const markedBy = marker(hand.columns, request.match);
  const groups = new Map<Value, Row[]>();
  for (const key of request.keys) groups.set(markOf(key), []);
  for (const row of following(hand, request)) {
    const group = groups.get(markedBy(row));
    if (group !== undefined && group.length < most) group.push(row);
  }
  const narrow = narrowing(hand.columns, request.columns);
  const found: Row[] = [];
  // A Map keeps the keys' sequence.
  for (const group of groups.values()) for (const row of group) found.push(narrow === null ? row : narrow(row));
  return found;
}

/** What stands for the key of a row. */
function marker(held: readonly Column[], match: readonly Column[]): (row: Row) => Value {
  const [only] = match;
  if (match.length === 1 && only !== undefined) {
    const place = held.findIndex(({ name }) => name === only.name);
    return (row) => row[place] ?? null;
  }
  const keyOf = picker(held, match);
  return (row) => markOf(keyOf(row));
}

/** Stands for a key in a Map: of one column the value itself, of several their JSON. */
const markOf = (key: readonly Value[]): Value => (key.length === 1 ? (key[0] ?? null) : JSON.stringify(key));

/** Null where the rows hold just what is asked for. */
function narrowing(held: readonly Column[], asked: readonly Column[]): ((row: Row) => Row) | null {
  const same = held.length === asked.length && held.every(({ name }, i) => asked[i]?.name === name);
  return same ? null : picker(held, asked);
}

export const countAtHand = (hand: RowsAtHand, request: CountRequest): number => kept(hand, request.filter).length;

/** All rows, sorted: a list asked of rows that lie in its order is found without sorting them once more. */
export const sortedAtHand = (hand: RowsAtHand, order: readonly Order[]): readonly Row[] =>
  following(hand, { filter: null, order, after: null });

function following(hand: RowsAtHand, request: Pick<PageRequest, "filter" | "order" | "after">): readonly Row[] {
  const { order, after } = request;
  const places = order.map(({ column }) => hand.columns.findIndex(({ name }) => name === column.name));
  const own = order.map((_, i) => i);
  const rows = kept(hand, request.filter);
  const rest = after === null ? [...rows] : rows.filter((row) => compareUnder(order, row, places, after, own) > 0);
  return order.length === 0 ? rest : rest.sort((a, b) => compareUnder(order, a, places, b, places));
}

function kept(hand: RowsAtHand, filter: Filter | null): readonly Row[] {
  if (filter === null) return hand.rows;
  const places = new Map(hand.columns.map((column, i) => [column.name, i]));
  return hand.rows.filter((row) => truth(filter, (column) => row[places.get(column.name) ?? -1] ?? null) === true);
}

/** @param atA where the order's cells stand in `a` */
function compareUnder(
  order: readonly Order[],
  a: readonly Value[],
  atA: readonly number[],
  b: readonly Value[],
  atB: readonly number[],
): number {
  for (let i = 0; i < order.length; i++) {
    const x = a[atA[i] ?? -1] ?? null;
    const y = b[atB[i] ?? -1] ?? null;
    if (x === y) continue;
    const sign = order[i]?.direction === "asc" ? 1 : -1;
    if (x === null) return sign;
    if (y === null) return -sign;
    return sign * compareCells(x, y);
  }
  return 0;
}

/** JavaScript compares texts by UTF-16 unit, which differs from code points beyond the basic plane. */
function compareCells(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (typeof a !== "string" || typeof b !== "string") return compareValues(a, b);
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return byCodePoint(x) - byCodePoint(y);
  }
  return a.length - b.length;
}

/** Halves of pairs stand for more than all other units. */
const byCodePoint = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

function truth(filter: Filter, read: Read): Truth {
  switch (filter.op) {
    case "and":
      return filter.filters.reduce<Truth>((all, part) => and(all, truth(part, read)), true);
    case "or":
      return not(filter.filters.reduce<Truth>((all, part) => and(all, not(truth(part, read))), true));
    case "not":
      return not(truth(filter.filter, read));
    case "isNull":
      return (read(filter.column) === null) === filter.value;
    default:
      return compared(filter, read(filter.column));
  }
}

type Comparison = Exclude<Filter, { op: "and" | "or" | "not" | "isNull" }>;

function compared(filter: Comparison, cell: Value): Truth {
  if (filter.op === "in" && filter.values.length === 0) return false;
  if (cell === null) return null;
  switch (filter.op) {
    case "near":
    case "within":
      return geoHolds(filter, String(cell));
    case "in":
      return isAmong(filter.values, cell);
    case "startsWith":
      return typeof cell === "string" && cell.startsWith(filter.value);
    case "eq":
      return cell === filter.value;
    case "ne":
      return cell !== filter.value;
    case "lt":
      return compareCells(cell, filter.value) < 0;
    case "lte":
      return compareCells(cell, filter.value) <= 0;
    case "gt":
      return compareCells(cell, filter.value) > 0;
    case "gte":
      return compareCells(cell, filter.value) >= 0;
  }
}

const and = (a: Truth, b: Truth): Truth =>
  a === false || b === false ? false : a === null || b === null ? null : true;
const not = (a: Truth): Truth => (a === null ? null : !a);
