// A filter as the broker's `q` (ETSI GS CIM 009, section 4.9), where both mean the same. What leaves may keep more
// entities than the filter, never fewer: the rest is done on the rows at hand. Brokers differ in how they compare texts,
// read quotes and understand dates; whatever could be read in two ways is not asked.
import type { Value } from "../../terms/index.js";
import { type Circle, circleOf } from "../near-and-within.js";
import type { Filter } from "../source.js";

/** Longer, it is not asked: addresses are bounded by servers. */
const longestQuery = 1_500;
const mostValues = 50;

const attributePattern = /^[A-Za-z][A-Za-z0-9_]*$/;
/** No quotes, no character with a meaning in `q`, none that a broker may refuse, nothing composed of two. */
const plainText = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._/-]*[\p{L}\p{N}])?$/u;
const plainNumber = /^-?\d{1,15}(\.\d{1,15})?$/;

/** `operator`s as they stand in `q`. */
const operators = { eq: "==", ne: "!=", lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

/** Null: nothing of the filter can be asked. */
export function queryOf(filter: Filter | null): string | null {
  const query = filter === null ? null : condition(filter);
  return query === null || encodeURIComponent(query).length > longestQuery ? null : query;
}

/**
 * A circle in which every entity lies for which the filter is true, the smallest that it says; null where it says none. A
 * broker is asked by one place at a time.
 */
export function placeOf(filter: Filter | null): Circle | null {
  if (filter?.op === "and") {
    const circles = filter.filters.map(placeOf).filter((circle) => circle !== null);
    return circles.reduce<Circle | null>(
      (best, one) => (best !== null && best.radius <= one.radius ? best : one),
      null,
    );
  }
  if (filter?.op !== "near" && filter?.op !== "within") return null;
  return isAttribute(filter.column.name) ? circleOf(filter) : null;
}

/** What one broker calls a metre is up to 0.6 % less or more to another; beyond this, they do not mean the same. */
export const widened = (radius: number): number => Math.ceil(radius * 1.01) + 1;

/** An entity's id is a URI (RFC 3986). */
const uriPattern = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+$/;

/** What can be asked by `id`; null where any id may matter. What is no URI is no entity's id. */
export function idsOf(values: readonly NonNullable<Value>[] | undefined): readonly string[] | null {
  if (values === undefined) return null;
  const ids = values.filter((value): value is string => typeof value === "string" && uriPattern.test(value));
  // A list is parted by commas, and an id may hold one.
  return ids.some((id) => id.includes(",")) ? null : ids;
}

/** True of every entity for which the filter is true; null where nothing such can be said. */
function condition(filter: Filter): string | null {
  switch (filter.op) {
    case "and": {
      // A part that cannot be asked is left out: more entities come.
      const parts = filter.filters.map(condition).filter((part) => part !== null);
      return parts.length > 1 ? `(${parts.join(";")})` : (parts[0] ?? null);
    }
    case "or":
      return anyOf(filter.filters.map(condition));
    case "in": {
      const { column, values } = filter;
      if (values.length > mostValues) return null;
      return anyOf(values.map((value) => condition({ op: "eq", column, value })));
    }
    case "isNull":
      return filter.value || !isAttribute(filter.column.name) ? null : filter.column.name;
    case "not":
    case "startsWith":
    case "near":
    case "within":
      return null;
    default: {
      const value = isAttribute(filter.column.name) ? valueOf(filter) : null;
      return value === null ? null : `${filter.column.name}${operators[filter.op]}${value}`;
    }
  }
}

/** `id` and `type` are no attributes; a path's meaning differs between brokers. */
const isAttribute = (name: string): boolean => attributePattern.test(name) && name !== "id" && name !== "type";

function anyOf(parts: readonly (string | null)[]): string | null {
  if (parts.length === 0 || parts.includes(null)) return null;
  return parts.length === 1 ? (parts[0] ?? null) : `(${parts.join("|")})`;
}

function valueOf({ op, column, value }: Extract<Filter, { op: keyof typeof operators }>): string | null {
  const exact = op === "eq" || op === "ne";
  if (typeof value === "boolean") return exact ? String(value) : null;
  if (typeof value === "number") return plainNumber.test(String(value)) ? String(value) : null;
  // What looks like a date or a time may be compared as one.
  const safe = exact && column.type === "String" && plainText.test(value) && !/^\d{4}-\d{2}|^\d{2}[-.:/]/.test(value);
  return safe ? `"${value}"` : null;
}
