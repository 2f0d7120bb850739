// "A page until N visible rows, bounded" (laws 13 and 15): rows that a guard hides are counted nowhere, so a list reads on
// until it has as many visible rows as were asked for, or the end, or the bound.
import type { Row, Value } from "../terms/index.js";
import { picker } from "./row-order.js";
import type { ByKeysRequest, FetchBounds, PageRequest, Source } from "./source.js";

/** For each row whether it may be seen, in the same sequence; null: all of them. */
type Verdicts = readonly boolean[] | null;

/** It sees the columns of the request. */
export type Guard = (rows: readonly Row[]) => Verdicts | Promise<Verdicts>;

export interface ScanBounds extends FetchBounds {
  /** Rows that may be looked at to fill one list (for keys: the lists of all keys together). */
  readonly scanRows: number;
  /**
   * Rows read beyond those asked for where rows may be hidden: so many hidden ones cost no further call, and calls do not
   * tell a hidden row from one that is not there. Unset: none.
   */
  readonly spare?: number;
}

/** The visible rows cannot be found within `scanRows`: answered as `PAGE_NOT_AVAILABLE`, never as a shorter list. */
export class PageNotAvailable extends Error {
  override readonly name = "PageNotAvailable";
  constructor(readonly scanRows: number) {
    super(`the visible rows of this page were not found within ${scanRows} rows`);
  }
}

/** Those of the rows that the guard lets be seen: at once, where it does not have to ask somebody. */
export function seen(guard: Guard | null, rows: readonly Row[]): readonly Row[] | Promise<readonly Row[]> {
  if (guard === null || rows.length === 0) return rows;
  const judging = guard(rows);
  return judging instanceof Promise ? judging.then((verdicts) => judged(rows, verdicts)) : judged(rows, judging);
}

function judged(rows: readonly Row[], verdicts: Verdicts): readonly Row[] {
  if (verdicts === null) return rows;
  if (verdicts.length !== rows.length) throw new Error("a guard must judge every row");
  return rows.filter((_, i) => verdicts[i] === true);
}

/**
 * The first `request.limit` visible rows. To know whether there is a next page, ask for one row more. One call to the
 * source when every row is visible. `reachedEnd`: no row of the list, visible or not, comes after the ones looked at.
 * @throws SourceFailure, PageNotAvailable
 */
export async function visiblePage(
  source: Source,
  request: PageRequest,
  guard: Guard | null,
  bounds: ScanBounds,
): Promise<{ readonly rows: readonly Row[]; readonly reachedEnd: boolean }> {
  let visible: readonly Row[] = [];
  let after = request.after;
  let scanned = 0;
  let calls = 0;
  let step = request.limit + spareOf(guard, bounds);
  for (;;) {
    const most = guard === null ? step : Math.min(step, bounds.scanRows - scanned, bounds.maxRows);
    if (most <= 0) throw new PageNotAvailable(bounds.scanRows);
    const rows = await source.page({ ...request, after, limit: most }, bounds);
    const judging = seen(guard, rows);
    const more = judging instanceof Promise ? await judging : judging;
    visible = visible.length === 0 ? more : [...visible, ...more];
    const ended = rows.length < most;
    if (ended || guard === null || visible.length >= request.limit) {
      const shown = visible.length > request.limit ? visible.slice(0, request.limit) : visible;
      return { rows: shown, reachedEnd: ended && visible.length <= request.limit };
    }
    scanned += rows.length;
    const last = rows.at(-1);
    if (last !== undefined) after = positionOf(request, last);
    const missing = request.limit - visible.length;
    step = nextStep(missing, visible.length / scanned, spareOf(guard, bounds), step, (calls += 1));
  }
}

/** What stands in the row's cells that the list is ordered by. */
const positionOf = ({ columns, order }: PageRequest, row: Row): readonly Value[] =>
  picker(
    columns,
    order.map((part) => part.column),
  )(row);

const spareOf = (guard: Guard | null, { spare = 0 }: ScanBounds): number => (guard === null ? 0 : spare);

/** Fewer visible rows than one in so many are not reckoned with: the rest is found by doubling. */
const leastShare = 1 / 16;

/** What will probably hold the missing rows, a quarter more and what is spare; from the fourth time on, twice as many. */
const nextStep = (missing: number, share: number, spare: number, step: number, calls: number): number =>
  Math.max(Math.ceil((missing / Math.max(share, leastShare)) * 1.25) + spare, calls > 3 ? step * 2 : 1);

/** Rows of one key so far: all that were looked at, and of these the visible ones. */
interface KeyRows {
  readonly depth: number;
  readonly visible: readonly Row[];
}

/**
 * As `byKeys`, each key having its first `limitPerKey` visible rows. Keys whose rows were hidden are asked again
 * together, deeper each time: a handful of calls however many keys there are. `scanRows` bounds the rows looked at,
 * each counted once.
 * @throws SourceFailure, PageNotAvailable
 */
export function visibleByKeys(
  source: Source,
  request: ByKeysRequest,
  guard: Guard | null,
  bounds: ScanBounds,
): Promise<readonly Row[]> {
  const { limitPerKey } = request;
  if (guard === null) return source.byKeys(request, bounds);
  if (limitPerKey === null) return source.byKeys(request, bounds).then((rows) => seen(guard, rows));
  return visibleOfEach(source, request, limitPerKey, guard, bounds);
}

async function visibleOfEach(
  source: Source,
  request: ByKeysRequest,
  limit: number,
  guard: Guard,
  bounds: ScanBounds,
): Promise<readonly Row[]> {
  const done: Row[] = [];
  let open = request.keys;
  let budget = bounds.scanRows;
  let depth = limit + Math.max(0, Math.min(spareOf(guard, bounds), Math.floor(bounds.maxRows / open.length) - limit));
  while (open.length > 0) {
    const found = await rowsOfKeys(source, { ...request, keys: open, limitPerKey: depth }, guard, bounds);
    const unfilled: (typeof open)[number][] = [];
    for (const key of open) {
      const rows = found.get(markOf(key)) ?? { depth: 0, visible: [] };
      if (rows.visible.length >= limit || rows.depth < depth) {
        done.push(...rows.visible.slice(0, limit));
        budget -= rows.depth;
      } else unfilled.push(key);
    }
    open = unfilled;
    if (open.length > 0) depth = deeper(depth, open.length, budget, bounds);
  }
  return done;
}

/** Stands for a key in a Map: of one column the value itself, of several their JSON. */
const markOf = (key: readonly Value[]): Value => (key.length === 1 ? (key[0] ?? null) : JSON.stringify(key));

/** How deep to look next; what the finished keys have used is already off the budget. */
function deeper(depth: number, keys: number, budget: number, bounds: ScanBounds): number {
  const next = Math.min(depth * 4, Math.floor(Math.min(budget, bounds.maxRows) / keys));
  if (next <= depth) throw new PageNotAvailable(bounds.scanRows);
  return next;
}

async function rowsOfKeys(
  source: Source,
  request: ByKeysRequest,
  guard: Guard,
  bounds: FetchBounds,
): Promise<ReadonlyMap<Value, KeyRows>> {
  const keyOf = picker(request.columns, request.match);
  const rows = await source.byKeys(request, bounds);
  const judging = seen(guard, rows);
  const shown = judging instanceof Promise ? await judging : judging;
  const visible = shown === rows ? null : new Set(shown);
  const groups = new Map<Value, { depth: number; visible: Row[] }>();
  for (const row of rows) {
    const key = markOf(keyOf(row));
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { depth: 0, visible: [] }));
    group.depth += 1;
    if (visible === null || visible.has(row)) group.visible.push(row);
  }
  return groups;
}
