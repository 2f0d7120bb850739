// The checks of `checked-source.ts`, row by row and without anything made for a row.
import type { Row, Value } from "../terms/index.js";
import type { RowShape } from "./row-shape.js";
import {
  type ByKeysRequest,
  type FailureReason,
  type FetchBounds,
  type PageRequest,
  type Source,
  SourceFailure,
} from "./source.js";

function misfit(source: string, detail: string, reason: FailureReason = "invalid-answer"): SourceFailure {
  return new SourceFailure(source, reason, detail);
}

/** Unlike `Array.isArray` alone it does not turn the cells into `any`. */
const isList = (value: unknown): boolean => Array.isArray(value);

/** Number of rows, cells and their forms, the filter. @throws SourceFailure */
export function checkRows(
  { name, holds }: Pick<Source, "name" | "holds">,
  rows: readonly Row[],
  shape: RowShape,
  { maxRows }: Pick<FetchBounds, "maxRows">,
): void {
  if (!isList(rows)) throw misfit(name, "not a list of rows");
  if (rows.length > maxRows) throw misfit(name, `more than ${maxRows} rows`, "too-large");
  if (holds?.has("cells") !== true) checkCells(name, rows, shape);
  const { mayHold } = shape;
  if (mayHold === null) return;
  for (const row of rows) if (!mayHold(row)) throw misfit(name, "a row outside the filter");
}

function checkCells(source: string, rows: readonly Row[], { cells, columns }: RowShape): void {
  const { length } = cells;
  for (const row of rows) {
    if (!isList(row) || row.length !== length) throw misfit(source, "a row with another number of cells");
    for (let place = 0; place < length; place++)
      if (cells[place]?.(row[place]) !== true)
        throw misfit(source, `a cell that is not ${columns[place]?.type ?? "known"}`);
  }
}

/** Rows come strictly after the position and after each other. @throws SourceFailure */
export function checkPage(
  { name }: Pick<Source, "name">,
  rows: readonly Row[],
  { order }: RowShape,
  { limit, after }: Pick<PageRequest, "limit" | "after">,
): void {
  if (rows.length > limit) throw misfit(name, "more rows than the page");
  if (order === null) return;
  let before: Row | null = null;
  for (const row of rows) {
    // After the row before, and that after the position; but where texts decide we cannot tell by that.
    if (after !== null && (before === null || order.isTheSources) && order.isBeforeOrAtPosition(row, after))
      throw misfit(name, "rows out of order");
    if (before !== null && order.isBeforeOrAt(row, before)) throw misfit(name, "rows out of order");
    before = row;
  }
  if (order.isTheSources && !order.isWithoutTwins(rows)) throw misfit(name, "a row that comes twice");
}

/** The same for the rows of each key, which may come among each other. */
export class CheckedKeys {
  /** By key: which of the groups. Of one column the value itself, of several their JSON. */
  readonly #groups = new Map<Value, number>();
  readonly #single: number;

  constructor(
    readonly source: string,
    readonly shape: RowShape,
    readonly request: Pick<ByKeysRequest, "keys" | "limitPerKey" | "after">,
  ) {
    const { match } = shape;
    this.#single = match.length === 1 ? (match[0] ?? -1) : -1;
    for (const key of request.keys)
      this.#groups.set(this.#single < 0 ? JSON.stringify(key) : (key[0] ?? null), this.#groups.size);
  }

  /** @throws SourceFailure */
  check(rows: readonly Row[]): void {
    const { limitPerKey, after } = this.request;
    const { order } = this.shape;
    const groups: Row[][] | null = order === null && limitPerKey === null ? null : Array.from(this.#groups, () => []);
    for (const row of rows) {
      const group = this.#groups.get(this.#keyOf(row));
      if (group === undefined) throw misfit(this.source, "a row of a key that was not asked for");
      groups?.[group]?.push(row);
    }
    if (groups === null) return;
    for (const group of groups) {
      if (limitPerKey !== null && group.length > limitPerKey)
        throw misfit(this.source, "more rows than one key may have");
      if (group.length > 0) checkPage({ name: this.source }, group, this.shape, { limit: group.length, after });
    }
  }

  #keyOf(row: Row): Value {
    if (this.#single >= 0) return row[this.#single] ?? null;
    return JSON.stringify(this.shape.match.map((place) => row[place] ?? null));
  }
}
