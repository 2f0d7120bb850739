// Which time a request is about, as the broker's temporal query may say it (ETSI GS CIM 009, section 4.11). Whether `after`,
// `before` and `between` hold their ends differs between versions of the specification and between brokers, and some read whole
// seconds only: a little more is asked than is meant, and the rest is done on the rows at hand.
import type { RowsWanted } from "../at-hand-source.js";
import type { Column, Filter } from "../source.js";

/** Milliseconds of UNIX time, both ends included; infinite where there is no end. Empty where `from` is after `to`. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const entityColumn = "entity";
export const timeColumn = "observedAt";

const always: TimeRange = { from: -Infinity, to: Infinity };
const never: TimeRange = { from: Infinity, to: -Infinity };

/** Instants of another type than DateTime are not compared as such. */
const isTime = ({ name, type }: Column): boolean => name === timeColumn && type === "DateTime";

const both = (a: TimeRange, b: TimeRange): TimeRange => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });
const either = (a: TimeRange, b: TimeRange): TimeRange => ({
  from: Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
});

/** Every row that matters lies in it; others may too. */
export function timeRangeOf({ filter, first }: Pick<RowsWanted, "filter" | "first">): TimeRange {
  const [order] = first?.order ?? [];
  const position = first?.after?.[0];
  const asked = filter === null ? always : rangeOf(filter);
  if (order === undefined || !isTime(order.column) || typeof position !== "string") return asked;
  // Rows of the position's own instant may follow it by the rest of the order.
  const at = Date.parse(position);
  return both(asked, order.direction === "asc" ? { from: at, to: Infinity } : { from: -Infinity, to: at });
}

function rangeOf(filter: Filter): TimeRange {
  if (filter.op === "and") return filter.filters.map(rangeOf).reduce(both, always);
  if (filter.op === "or") return filter.filters.map(rangeOf).reduce(either, never);
  if (!("column" in filter) || !isTime(filter.column)) return always;
  if (filter.op === "in") return filter.values.map(instant).map(only).reduce(either, never);
  if (!("value" in filter)) return always;
  const at = instant(filter.value);
  switch (filter.op) {
    case "eq":
      return only(at);
    case "lt":
      return { from: -Infinity, to: at - 1 };
    case "lte":
      return { from: -Infinity, to: at };
    case "gt":
      return { from: at + 1, to: Infinity };
    case "gte":
      return { from: at, to: Infinity };
    default:
      return always;
  }
}

const instant = (value: unknown): number => Date.parse(String(value));
const only = (at: number): TimeRange => ({ from: at, to: at });

/**
 * How many of each entity's latest values are enough; null where that cannot be said. The broker must count no value that does
 * not matter: conditions may choose whole entities, and leave out what is earlier, nothing else.
 */
export function latestEnough({ filter, first }: Pick<RowsWanted, "filter" | "first">): number | null {
  const [order] = first?.order ?? [];
  if (first === null || first.after !== null || order?.direction !== "desc" || !isTime(order.column)) return null;
  return first.limit > 0 && (filter === null || keepsLatest(filter)) ? first.limit : null;
}

function keepsLatest(filter: Filter): boolean {
  if (filter.op === "and") return filter.filters.every(keepsLatest);
  if (filter.op === "eq" || filter.op === "in") return filter.column.name === entityColumn;
  return (filter.op === "gt" || filter.op === "gte") && isTime(filter.column);
}
