// Law 14: sources are not trusted. Whatever a connector brings back is compared with what was asked; one cell, row or
// order that does not fit fails the whole fetch, so that a service that ignores a filter cannot widen an answer.
import type { Row } from "../terms/index.js";
import { cellCheck } from "./canonical-value.js";
import { filterColumns, mayHold } from "./filter-truth.js";
import { orCancelled } from "./or-cancelled.js";
import { NotPoints } from "./near-and-within.js";
import { compareUnder, picker } from "./row-order.js";
import {
  type ByKeysRequest,
  type Column,
  type FailureReason,
  type FetchBounds,
  type Filter,
  type Order,
  type PageRequest,
  type Source,
  SourceFailure,
} from "./source.js";

type Fail = (detail: string, reason?: FailureReason) => SourceFailure;

/**
 * Wraps a connector: same contract, every answer verified. A connector that ignores the signal is abandoned when it is
 * aborted. @throws SourceFailure and nothing else
 */
export function checkedSource(source: Source): Source {
  const fail: Fail = (detail, reason = "invalid-answer") => new SourceFailure(source.name, reason, detail);
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) => checkedPage(source, request, bounds, fail),
    byKeys: (request, bounds) => checkedByKeys(source, request, bounds, fail),
    count: async (request, bounds) => {
      const counted = await abandonable(source, bounds.signal, () => source.count(request, bounds));
      if (!Number.isSafeInteger(counted) || counted < 0) throw fail("the count is not a whole number");
      return counted;
    },
    describe: (from, bounds) => abandonable(source, bounds.signal, () => source.describe(from, bounds)),
    problems: () => source.problems?.() ?? [],
    close: () => source.close(),
  };
}

async function checkedPage(source: Source, request: PageRequest, bounds: FetchBounds, fail: Fail) {
  if (request.limit <= 0) return [];
  const orderColumns = request.order.map((part) => part.column);
  const columns = withColumns(request.columns, orderColumns, filterColumns(request.filter));
  const rows = await abandonable(source, bounds.signal, () => source.page({ ...request, columns }, bounds));
  checkRows(rows, columns, request.filter, bounds, fail);
  if (rows.length > request.limit) throw fail("more rows than the page");
  const sequence = sequenceCheck(columns, request.order, request.after, fail);
  for (const row of rows) sequence(row);
  return narrowed(rows, columns, request.columns);
}

async function checkedByKeys(source: Source, request: ByKeysRequest, bounds: FetchBounds, fail: Fail) {
  if (request.keys.length === 0 || (request.limitPerKey !== null && request.limitPerKey <= 0)) return [];
  const orderColumns = request.order.map((part) => part.column);
  const columns = withColumns(request.columns, request.match, orderColumns, filterColumns(request.filter));
  const rows = await abandonable(source, bounds.signal, () => source.byKeys({ ...request, columns }, bounds));
  checkRows(rows, columns, request.filter, bounds, fail);
  const keyOf = picker(columns, request.match);
  const asked = new Set(request.keys.map((key) => JSON.stringify(key)));
  const groups = new Map<string, { count: number; sequence: (row: Row) => void }>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    if (!asked.has(key)) throw fail("a row of a key that was not asked for");
    const group = groups.get(key) ?? {
      count: 0,
      sequence: sequenceCheck(columns, request.order, request.after, fail),
    };
    groups.set(key, group);
    group.count += 1;
    if (request.limitPerKey !== null && group.count > request.limitPerKey)
      throw fail("more rows than one key may have");
    group.sequence(row);
  }
  return narrowed(rows, columns, request.columns);
}

/** The columns asked for, then those that the checks need: they are taken off again before anything leaves. */
function withColumns(asked: readonly Column[], ...needed: readonly (readonly Column[])[]): readonly Column[] {
  const all = [...asked];
  for (const column of needed.flat()) if (!all.some((other) => other.name === column.name)) all.push(column);
  return all;
}

function narrowed(rows: readonly Row[], held: readonly Column[], asked: readonly Column[]): readonly Row[] {
  return held.length === asked.length ? rows : rows.map((row) => row.slice(0, asked.length));
}

/** Unlike `Array.isArray` alone it does not turn the cells into `any`. */
const isList = (value: unknown): boolean => Array.isArray(value);

function checkRows(
  rows: readonly Row[],
  columns: readonly Column[],
  filter: Filter | null,
  bounds: FetchBounds,
  fail: Fail,
): void {
  if (!isList(rows)) throw fail("not a list of rows");
  if (rows.length > bounds.maxRows) throw fail(`more than ${bounds.maxRows} rows`, "too-large");
  const checks = columns.map((column) => cellCheck(column.type));
  const places = new Map(columns.map((column, place) => [column.name, place]));
  for (const row of rows) {
    if (!isList(row) || row.length !== checks.length) throw fail("a row with another number of cells");
    for (const [place, check] of checks.entries()) {
      if (!check(row[place])) throw fail(`a cell that is not ${columns[place]?.type ?? "known"}`);
    }
    const read = (column: Column) => row[places.get(column.name) ?? -1] ?? null;
    if (filter !== null && !mayHold(filter, read)) throw fail("a row outside the filter");
  }
}

/** Rows given one by one must come strictly after `after` and after each other, none twice. */
function sequenceCheck(
  columns: readonly Column[],
  order: readonly Order[],
  after: PageRequest["after"],
  fail: Fail,
): (row: Row) => void {
  if (order.length === 0) return () => undefined;
  const place = picker(
    columns,
    order.map((part) => part.column),
  );
  // Where texts decide the order only the source can tell before from after; that no row comes twice we can always tell.
  const seen = order.some((part) => part.column.type === "String") ? new Set<string>() : null;
  let before = after;
  return (row) => {
    const cells = place(row);
    for (const position of new Set([after, before])) {
      if (position === null) continue;
      const standing = compareUnder(order, position, cells);
      if (standing !== "unknown" && standing >= 0) throw fail("rows out of order");
    }
    if (seen?.has(JSON.stringify(cells))) throw fail("a row that comes twice");
    seen?.add(JSON.stringify(cells));
    before = cells;
  };
}

/** Waits for the connector or for the abort, whichever comes first. */
async function abandonable<T>(source: Source, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    return await orCancelled(source.name, signal, ask);
  } catch (error) {
    if (error instanceof SourceFailure) throw error;
    if (error instanceof NotPoints)
      throw new SourceFailure(source.name, "invalid-answer", "a line or an area, where points are looked for", {
        reach: "condition",
      });
    // Law 11: a connector's own error text may hold values.
    throw new SourceFailure(source.name, "unavailable", "unexpected error in the connector");
  }
}
