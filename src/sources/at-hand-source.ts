// The frame of a connector whose service cannot keep the contract alone: it reads every row that may matter, bounded,
// and the rest (filter, order, position, page) is done on the rows at hand.
import type { Row, Value } from "../terms/index.js";
import { isCanonical } from "./canonical-value.js";
import { filterColumns } from "./filter-truth.js";
import { isAskable } from "./near-and-within.js";
import { byKeysAtHand, countAtHand, pageAtHand } from "./rows-at-hand.js";
import {
  type Abilities,
  type ByKeysRequest,
  type Column,
  type FetchBounds,
  type Filter,
  type PageRequest,
  type Source,
  SourceFailure,
} from "./source.js";

export interface RowsWanted {
  readonly from: string;
  /** What each row holds, in this order. */
  readonly columns: readonly Column[];
  /** Only rows for which it is true matter; others may come too. The keys, if any, are in it as an `in` for each column. */
  readonly filter: Filter | null;
  /** Null where rows of any key matter. */
  readonly keys: Pick<ByKeysRequest, "match" | "keys"> | null;
  /** Of each key, without keys of all rows, only the first so many in order matter; null: all of them. */
  readonly first: Pick<PageRequest, "order" | "after" | "limit"> | null;
  /** The rows are counted: none may come twice, though the key may not be among the columns. */
  readonly counted: boolean;
}

export interface RowReader {
  readonly name: string;
  readonly kind: string;
  /** Every row that may matter, or a failure; never a part. @throws SourceFailure */
  read(wanted: RowsWanted, bounds: FetchBounds): Promise<readonly Row[]>;
  describe: Source["describe"];
}

/** What is done on rows at hand, a service need not do. */
export const abilitiesAtHand: Abilities = {
  filter: new Set(["eq", "ne", "lt", "lte", "gt", "gte", "in", "startsWith", "isNull", "near", "within"]),
  order: true,
  count: true,
  backward: true,
  // What services take in one question: a request each, or parts of an address.
  valuesIn: 50,
};

/** To be used through `checkedSource`. */
export function atHandSource(reader: RowReader): Source {
  const { name, kind } = reader;
  const bounded = (rows: readonly Row[], { maxRows }: FetchBounds): readonly Row[] => {
    if (rows.length > maxRows) throw new SourceFailure(name, "too-large", `more than ${maxRows} rows`);
    return rows;
  };
  const read = async (wanted: RowsWanted, bounds: FetchBounds) => {
    const columns = joined(wanted.columns, filterColumns(wanted.filter));
    checkAskable(name, wanted.filter);
    return { columns, rows: await reader.read({ ...wanted, columns }, bounds) };
  };
  return {
    name,
    kind,
    abilities: abilitiesAtHand,
    async page(request, bounds) {
      if (request.limit <= 0) return [];
      const first = { ...request, limit: Math.min(request.limit, bounds.maxRows + 1) };
      const hand = await read({ ...request, keys: null, first, counted: false }, bounds);
      return bounded(pageAtHand(hand, first), bounds);
    },
    async byKeys(request, bounds) {
      if (request.keys.length === 0) return [];
      const among = request.match.map((column, i): Filter => {
        return { op: "in", column, values: [...new Set(request.keys.flatMap((key) => key[i] ?? []))] };
      });
      const filter: Filter = { op: "and", filters: [...among, ...(request.filter === null ? [] : [request.filter])] };
      const { limitPerKey: limit } = request;
      const first = limit === null ? null : { ...request, limit };
      const hand = await read({ ...request, filter, keys: request, first, counted: false }, bounds);
      return bounded(byKeysAtHand(hand, request), bounds);
    },
    async count({ from, filter, key = [] }, bounds) {
      // Law 2: a service that is told no column sends them all.
      const hand = await read({ from, columns: key, filter, keys: null, first: null, counted: true }, bounds);
      if (key.length > 0 && hasDoubles(hand.rows, key.length))
        throw new SourceFailure(name, "invalid-answer", "a row that comes twice");
      return countAtHand(hand, { from, filter });
    },
    describe: (from, bounds) => reader.describe(from, bounds),
    close: () => Promise.resolve(),
  };
}

/** Rows whose first cells, the key, are those of another. A service that counts by itself sends no cells. */
function hasDoubles(rows: readonly Row[], cells: number): boolean {
  const told = rows.filter((row) => row.length >= cells);
  return new Set(told.map((row) => JSON.stringify(row.slice(0, cells)))).size < told.length;
}

function joined(columns: readonly Column[], more: readonly Column[]): readonly Column[] {
  const missing = more.filter(({ name }) => !columns.some((column) => column.name === name));
  // The list itself where nothing is missing: what is worked out for it is found again by it.
  return missing.length === 0 ? columns : [...columns, ...missing];
}

/** A value that is none of its column's type, or a text that no service could hold, is asked of nobody. @throws SourceFailure */
export function checkAskable(source: string, filter: Filter | null): void {
  if (filter === null) return;
  if ("filters" in filter) filter.filters.forEach((part) => checkAskable(source, part));
  else if ("filter" in filter) checkAskable(source, filter.filter);
  else if (filter.op === "near" || filter.op === "within") {
    if (!isAskable(filter)) throw new SourceFailure(source, "invalid-request", "a place that is none");
  } else if (filter.op !== "isNull") {
    const { column } = filter;
    if (column.type === "GeoJSON") throw new SourceFailure(source, "invalid-request", "geometries are not compared");
    for (const value of filter.op === "in" ? filter.values : [filter.value]) {
      const broken = typeof value === "string" && (value.includes("\0") || !value.isWellFormed());
      if (broken || !isCanonical(column.type, value))
        throw new SourceFailure(
          source,
          "invalid-request",
          broken ? "a text that no service holds" : "a value of another type",
        );
    }
  }
}

/**
 * Columns whose cell must be one of some values wherever the filter is true: what a service can be asked by. A column
 * with several such conditions has the shortest.
 */
export function pinnedValues(filter: Filter | null): ReadonlyMap<string, readonly NonNullable<Value>[]> {
  const pinned = new Map<string, readonly NonNullable<Value>[]>();
  const walk = (part: Filter): void => {
    if (part.op === "and") part.filters.forEach(walk);
    if (part.op !== "eq" && part.op !== "in") return;
    const values = "values" in part ? [...new Set(part.values)] : [part.value];
    const known = pinned.get(part.column.name);
    if (known === undefined || values.length < known.length) pinned.set(part.column.name, values);
  };
  if (filter !== null) walk(filter);
  return pinned;
}
