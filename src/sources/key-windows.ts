// A list in the order of a column of which only some keys can be visible, too many of them for one question: the source is
// asked for the next keys, a window at a time, instead of reading on until enough of its rows happen to be visible.
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

/**
 * As `visiblePage`, for a request that `canWalk`. What is asked depends on the keys and on what was found of them, never on
 * rows of other keys: those are not read.
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
  const visible: Row[] = [];
  let after = request.after;
  let window = request.limit + (bounds.spare ?? 0);
  let looked = 0;
  keys.from(after?.[0] ?? null);
  for (;;) {
    const values = keys.next(Math.min(window, bounds.most));
    if (values.length === 0) return { rows: visible };
    if (looked >= bounds.scanRows) throw new PageNotAvailable(bounds.scanRows);
    const most = Math.min(request.limit - visible.length + (bounds.spare ?? 0), bounds.maxRows);
    // A key of another form than the column's is in no cell of it.
    const fitting = values.filter((value) => isCanonical(walk.column.type, value));
    const among: Filter = { op: "in", column: walk.column, values: fitting };
    const filter: Filter = request.filter === null ? among : { op: "and", filters: [request.filter, among] };
    const rows = await source.page({ ...request, filter, after, limit: most }, bounds);
    visible.push(...(await seen(guard, rows)));
    if (visible.length >= request.limit) return { rows: visible.slice(0, request.limit) };
    const last = rows.at(-1);
    if (last !== undefined) after = position(last);
    looked += Math.max(rows.length, values.length);
    // A page that is full may have left rows of this window: the key of its last row is asked for again.
    if (rows.length >= most) keys.from(after?.[0] ?? null);
    else window *= 2;
  }
}

/** The keys in the list's direction, from a place on. */
class KeysAhead {
  #at = 0;

  constructor(
    readonly keys: readonly Key[],
    readonly downwards: boolean,
  ) {}

  /** Goes to the first key that is not before this one; null: the beginning. */
  from(key: Value): void {
    let low = 0;
    let high = key === null ? 0 : this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(this.#key(middle), key)) low = middle + 1;
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
