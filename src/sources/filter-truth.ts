// A filter evaluated on one row, to check what a source says (law 14). SQL's three truth values, and with them the
// cases where only the source can tell: lt, lte, gt, gte on texts follow its own collation.
import type { Row, Value } from "../terms/index.js";
import { type GeoFilter, geoHolds, NotPoints } from "./near-and-within.js";
import type { Column, ComparisonOperator, Filter } from "./source.js";

// A set of possible truth values, as bits.
const TRUE = 1;
const FALSE = 2;
const UNKNOWN = 4;
type Possible = number;

export type ReadCell = (column: Column) => Value;

const sets = new WeakMap<readonly NonNullable<Value>[], ReadonlySet<Value>>();

function setOf(values: readonly NonNullable<Value>[]): ReadonlySet<Value> {
  let set = sets.get(values);
  if (set === undefined) sets.set(values, (set = new Set(values)));
  return set;
}

/** Not by looking through the list for every row (law 13): it may hold a thousand values. */
export const isAmong = (values: readonly NonNullable<Value>[], cell: NonNullable<Value>): boolean =>
  setOf(values).has(cell);

const of = (truth: boolean): Possible => (truth ? TRUE : FALSE);

/** Canonical values of one type other than String compare as the source compares them. */
export function compareValues(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function ordered(op: ComparisonOperator, sign: number): boolean {
  if (op === "lt") return sign < 0;
  if (op === "lte") return sign <= 0;
  if (op === "gt") return sign > 0;
  return sign >= 0;
}

function compared(op: ComparisonOperator, column: Column, cell: Value, value: NonNullable<Value>): Possible {
  if (cell === null) return UNKNOWN;
  if (op === "eq") return of(cell === value);
  if (op === "ne") return of(cell !== value);
  if (column.type === "String" && cell !== value) return TRUE | FALSE;
  return of(ordered(op, compareValues(cell, value)));
}

/** A line or an area is neither near nor not near: a source that returns it is not believed. */
function lies(filter: GeoFilter, cell: Value): Possible {
  if (typeof cell !== "string") return UNKNOWN;
  try {
    return of(geoHolds(filter, cell));
  } catch (error) {
    if (error instanceof NotPoints) return UNKNOWN;
    throw error;
  }
}

function negated(possible: Possible): Possible {
  return (possible & TRUE ? FALSE : 0) | (possible & FALSE ? TRUE : 0) | (possible & UNKNOWN);
}

/** Every result that one member of `a` and one of `b` can give under Kleene's AND. */
function both(a: Possible, b: Possible): Possible {
  let result = 0;
  if (a & FALSE || b & FALSE) result |= FALSE;
  if (a & TRUE && b & TRUE) result |= TRUE;
  if ((a & UNKNOWN && b & (TRUE | UNKNOWN)) || (b & UNKNOWN && a & (TRUE | UNKNOWN))) result |= UNKNOWN;
  return result;
}

type Leaf = Extract<Filter, { readonly column: Column }>;

function ofCell(filter: Leaf, cell: Value): Possible {
  switch (filter.op) {
    case "isNull":
      return of((cell === null) === filter.value);
    case "in":
      // As in SQL: `null IN ()` is false, not unknown.
      if (filter.values.length === 0) return FALSE;
      return cell === null ? UNKNOWN : of(isAmong(filter.values, cell));
    case "startsWith":
      return cell === null ? UNKNOWN : of(typeof cell === "string" && cell.startsWith(filter.value));
    case "near":
    case "within":
      return lies(filter, cell);
    default:
      return compared(filter.op, filter.column, cell, filter.value);
  }
}

type RowTruth = (row: Row) => Possible;

/** For many rows: where each cell stands is looked up once. */
function truthOf(filter: Filter, placeOf: (column: Column) => number): RowTruth {
  switch (filter.op) {
    case "and":
    case "or": {
      const parts = filter.filters.map((part) => truthOf(part, placeOf));
      const all = filter.op === "and";
      // De Morgan holds in Kleene's logic.
      return (row) => {
        let sum: Possible = TRUE;
        for (const part of parts) sum = both(sum, all ? part(row) : negated(part(row)));
        return all ? sum : negated(sum);
      };
    }
    case "not": {
      const truth = truthOf(filter.filter, placeOf);
      return (row) => negated(truth(row));
    }
    default: {
      const place = placeOf(filter.column);
      return (row) => ofCell(filter, row[place] ?? null);
    }
  }
}

function possible(filter: Filter, read: ReadCell): Possible {
  switch (filter.op) {
    case "and":
      return filter.filters.reduce<Possible>((sum, part) => both(sum, possible(part, read)), TRUE);
    case "or":
      return negated(filter.filters.reduce<Possible>((sum, part) => both(sum, negated(possible(part, read))), TRUE));
    case "not":
      return negated(possible(filter.filter, read));
    default:
      return ofCell(filter, read(filter.column));
  }
}

/** Of rows: false only of one that certainly does not satisfy the filter. @param placeOf where a column's cell stands */
export function mayHold(filter: Filter, placeOf: (column: Column) => number): (row: Row) => boolean {
  const truth = truthOf(filter, placeOf);
  return (row) => (truth(row) & TRUE) !== 0;
}

/** True only where the row certainly satisfies the filter: what decides whether a row may leave. */
export const certainlyHolds = (filter: Filter, read: ReadCell): boolean => possible(filter, read) === TRUE;

/** The columns that a filter reads, each once. */
export function filterColumns(filter: Filter | null): readonly Column[] {
  const found = new Map<string, Column>();
  const walk = (part: Filter): void => {
    if ("filters" in part) part.filters.forEach(walk);
    else if ("filter" in part) walk(part.filter);
    else found.set(part.column.name, part.column);
  };
  if (filter !== null) walk(filter);
  return [...found.values()];
}
