// A list in the order of a column of which only some keys can be visible, too many of them for one question: the source is
// asked for the next keys, a window at a time, instead of reading on until enough of its rows happen to be visible. Where
// nearly all numbers are among the keys, a stretch of the list is read as it stands, which costs a source far less.
import type { Row, Value } from "../terms/index.js";
import { isCanonical } from "./canonical-value.js";
import { picker } from "./row-order.js";
import type { Column, Filter, PageRequest, Source } from "./source.js";
import { PageNotAvailable, seen, type Guard, type ScanBounds } from "./visible-rows.js";

type Key = NonNullable<Value>;

export interface Walk {
  /** Of whole numbers, so that the source's order is ours. */
  readonly column: Column;
  /** Sorted upwards; every visible row has one of them. */
  readonly keys: readonly Key[];
}

/** A list can be walked where its order begins with the column. */
export const canWalk = ({ order }: Pick<PageRequest, "order">, { column }: Walk): boolean =>
  order[0]?.column.name === column.name && (column.type === "Int" || column.type === "SafeInt");

/** Numbers of a stretch for each key in it: beyond that more is read for nothing than naming the keys would cost. */
const numbersForKey = 1.5;

/** Of so many keys one may have no row any more, and others' rows come in its place. */
const keysForSpare = 32;

/**
 * As `visiblePage`, for a request that `canWalk`. What is asked depends on the keys and on what was found of them, never on
 * rows of other keys: those are not read, but for the few that stand between keys close together.
 * @param most keys in one question
 * @throws SourceFailure, PageNotAvailable
 */
export async function walkedPage(
  source: Source,
  request: PageRequest,
  walk: Walk,
  guard: Guard | null,
  bounds: ScanBounds & { readonly most: number },
): Promise<{ readonly rows: readonly Row[] }> {
  const position = picker(
    request.columns,
    request.order.map((part) => part.column),
  );
  const keys = new KeysAhead(walk.keys, request.order[0]?.direction === "desc");
  // Ordered by this column alone no two rows have one key: an order is total.
  const distinct = request.order.length === 1;
  const visible: Row[] = [];
  let after = request.after;
  let window = request.limit + (bounds.spare ?? 0);
  let looked = 0;
  keys.from(after?.[0] ?? null);
  for (;;) {
    const values = keys.next(Math.min(window, bounds.most));
    if (values.length === 0) return { rows: visible };
    if (looked >= bounds.scanRows) throw new PageNotAvailable(bounds.scanRows);
    const missing = request.limit - visible.length;
    // Law 14: a stretch holds rows of other keys, so that it is read only where every row is judged.
    const stretch = distinct && guard !== null ? stretchOf(values, walk.column, keys.downwards, after, missing) : null;
    const most = Math.min(stretch?.rows ?? missing + (bounds.spare ?? 0), bounds.maxRows);
    const asked = stretch === null ? { filter: among(request, walk, values), after } : { after: stretch.after };
    const rows = await source.page({ ...request, ...asked, limit: most }, bounds);
    visible.push(...(await seen(guard, rows)));
    if (visible.length >= request.limit) return { rows: visible.slice(0, request.limit) };
    const ended = rows.length < most;
    if (ended && stretch !== null) return { rows: visible };
    const last = rows.at(-1);
    if (last !== undefined) after = position(last);
    looked += Math.max(rows.length, values.length);
    // A page that is full may have left rows of this window: the key of its last row is asked for again.
    if (!ended) keys.from(after?.[0] ?? null, distinct);
    else window *= 2;
  }
}

function among({ filter }: PageRequest, { column }: Walk, values: readonly Key[]): Filter {
  // A key of another form than the column's is in no cell of it.
  const asked: Filter = { op: "in", column, values: values.filter((value) => isCanonical(column.type, value)) };
  return filter === null ? asked : { op: "and", filters: [filter, asked] };
}

/** A part of the list, read as it stands: so many rows after a position. */
interface Stretch {
  readonly after: readonly Value[];
  readonly rows: number;
}

/**
 * Where the next keys lie so close together that they are nearly all of the list: as many rows as there are numbers from the
 * first to the last of them hold every row of theirs. Null: they do not. The column's values are whole numbers, each in one row.
 */
function stretchOf(
  values: readonly Key[],
  column: Column,
  downwards: boolean,
  after: readonly Value[] | null,
  missing: number,
): Stretch | null {
  const count = Math.min(values.length, missing + Math.ceil(missing / keysForSpare));
  const from = values[downwards ? values.length - 1 : 0];
  const to = values[downwards ? values.length - count : count - 1];
  const stands = after === null ? null : (after[0] ?? null);
  if (typeof from !== "number" || typeof to !== "number" || (after !== null && typeof stands !== "number")) return null;
  const rows = Math.abs(to - from) + 1;
  if (rows > count * numbersForKey) return null;
  const before = downwards ? from + 1 : from - 1;
  const start = typeof stands !== "number" ? before : downwards ? Math.min(before, stands) : Math.max(before, stands);
  return isCanonical(column.type, start) ? { after: [start], rows } : null;
}

/** The keys in the list's direction, from a place on. */
class KeysAhead {
  #at = 0;

  constructor(
    readonly keys: readonly Key[],
    readonly downwards: boolean,
  ) {}

  /**
   * Goes to the first key that is not before this one; null: the beginning.
   * @param past of this one itself there is nothing more
   */
  from(key: Value, past = false): void {
    let low = 0;
    let high = key === null ? 0 : this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = this.#key(middle);
      if (this.#isBefore(found, key) || (past && found === key)) low = middle + 1;
      else high = middle;
    }
    this.#at = low;
  }

  next(count: number): readonly Key[] {
    const { length } = this.keys;
    const [from, to] = [this.#at, Math.min(length, this.#at + count)];
    this.#at = to;
    return this.downwards ? this.keys.slice(length - to, length - from) : this.keys.slice(from, to);
  }

  #key(place: number): Value {
    return this.keys[this.downwards ? this.keys.length - 1 - place : place] ?? null;
  }

  #isBefore(key: Value, other: Value): boolean {
    if (typeof key !== "number" || typeof other !== "number") return false;
    return this.downwards ? key > other : key < other;
  }
}
