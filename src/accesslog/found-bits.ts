// A filter as SQL over chunks of 4,096 entries: which of them hold it, as bits.
//
// Each condition is a relation (chunk, bits); all of them stand under one another and are put together by chunk. There
// is no join whose order a planner could choose badly: the cost is the number of rows read, some 2,500 for each common
// term in 10 million entries, and less for a rare one.
import { anyStaff } from "../terms/index.js";
import type { LogCondition, LogFilter, LogPeriod, SoughtPerson } from "../terms/index.js";
import { chunkSize, fieldUses, termOf } from "./terms-written.js";

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Chunks to look at, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const none = `0::bit(${chunkSize})`;
const bitsOfRows = (alias: string): string => `bit_or(set_bit(${none}, (${alias}.index % ${chunkSize})::int, 1))`;

/** Relation (chunk, bits): entries that hold the filter, of chunks where there are any. */
export function foundBits(tenant: string, filter: LogFilter, stretch: Stretch): Statement {
  const sql = new Binding();
  const place: Place = {
    tenant: sql.bind(tenant),
    from: sql.bind(stretch.from),
    to: sql.bind(stretch.to),
    bind: (value) => sql.bind(value),
  };
  const parts = [`SELECT k.chunk, k.bits, true AS must FROM access_chunk k WHERE ${within("k", place)}`];
  for (const condition of filter.conditions) parts.push(partOf(condition, place));
  if (filter.before !== undefined) parts.push(below(filter.before, place));
  const must = filter.conditions.filter(({ not }) => !not).length + 1;
  const text = `SELECT chunk, bit_and(bits) AS bits FROM (${parts.join(" UNION ALL ")}) AS parts
    GROUP BY chunk HAVING count(*) FILTER (WHERE must) = ${must} AND bit_count(bit_and(bits)) > 0`;
  return { text, values: sql.values };
}

export class Binding {
  readonly values: unknown[] = [];
  bind(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

interface Place {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
  readonly bind: (value: unknown) => string;
}

const within = (alias: string, { tenant, from, to }: Place): string =>
  `${alias}.tenant = ${tenant} AND ${alias}.chunk BETWEEN ${from}::int AND ${to}::int`;

/** The same stretch, as indexes of entries. */
const indexWithin = (alias: string, { tenant, from, to }: Place): string =>
  `${alias}.tenant = ${tenant} AND ${alias}.index >= ${from}::bigint * ${chunkSize} AND ${alias}.index < (${to}::bigint + 1) * ${chunkSize}`;

/** A chunk without a row of a condition that is turned round keeps all of its entries: such a row must not be there. */
function partOf(condition: LogCondition, place: Place): string {
  const rows = rowsOf(condition, place);
  return condition.not
    ? `SELECT chunk, ~bit_or(bits), false FROM (${rows}) AS n GROUP BY chunk`
    : `SELECT chunk, bit_or(bits), true FROM (${rows}) AS y GROUP BY chunk`;
}

function rowsOf(condition: LogCondition, place: Place): string {
  switch (condition.on) {
    case "person":
      return union(condition.anyOf.map((person) => rowsOfPerson(person, place)));
    case "time":
      return union(condition.anyOf.map((period) => rowsOfPeriod(period, place)));
    case "policy":
      return rowsOfPolicies(condition.anyOf, place);
    default: {
      const terms = termsOfCondition(condition);
      return terms === null ? rowsOfStaff(condition.anyOf, place) : rowsOfTerms(terms, place);
    }
  }
}

/** The terms of which one must be there; null where it is not by whole terms. */
export function termsOfCondition(condition: LogCondition): readonly string[] | null {
  const { on } = condition;
  switch (on) {
    case "person":
    case "time":
    case "policy":
      return null;
    case "staff":
      return condition.anyOf.includes(anyStaff) ? [termOf("outcome", "staff")] : null;
    case "field":
    case "dataset":
      return condition.anyOf.flatMap((name) => fieldUses.map((use) => termOf(use, name)));
    default:
      return condition.anyOf.map((name) => termOf(on, name));
  }
}

const union = (parts: readonly string[]): string =>
  parts.length === 0 ? `SELECT 0 AS chunk, ${none} AS bits WHERE false` : parts.join(" UNION ALL ");

const rowsOfTerms = (terms: readonly string[], place: Place): string =>
  `SELECT t.chunk, t.bits FROM access_term t WHERE ${within("t", place)} AND t.term = ANY(${place.bind(terms)}::text[])`;

/** By the beginnings of versions' hashes: all terms between it and it with a letter that comes after every digit. */
function rowsOfPolicies(beginnings: readonly string[], place: Place): string {
  return union(
    beginnings.map((beginning) => {
      const term = termOf("policy", beginning);
      return `SELECT t.chunk, t.bits FROM access_term t WHERE ${within("t", place)}
        AND t.term >= ${place.bind(term)} AND t.term < ${place.bind(`${term}g`)}`;
    }),
  );
}

const rowsOfPerson = ({ scheme, tokens }: SoughtPerson, place: Place): string =>
  `SELECT (x.index / ${chunkSize})::int AS chunk, ${bitsOfRows("x")} AS bits FROM ${entriesAbout(place.bind(tokens))} AS x
    WHERE ${indexWithin("x", place)} AND x.scheme = ${place.bind(scheme)} GROUP BY 1`;

/**
 * By their tokens, before anything else is asked of them (OFFSET 0: PostgreSQL must not turn it round). It does not know how
 * seldom a token is there, and would rather walk through a stretch of entries, or from their end, and look at each.
 */
export const entriesAbout = (tokens: string): string =>
  `(SELECT s.tenant, s.scheme, s.index FROM access_subject s WHERE s.tokens && ${tokens}::text[] OFFSET 0)`;

function rowsOfStaff(who: readonly string[], place: Place): string {
  return `SELECT (s.index / ${chunkSize})::int AS chunk, ${bitsOfRows("s")} AS bits FROM access_summary s
    WHERE ${indexWithin("s", place)} AND s.staff = ANY(${place.bind(who)}::text[]) GROUP BY 1`;
}

/** A chunk that lies within the period counts as a whole; of one that it cuts through, the entries are looked at. */
function rowsOfPeriod({ since = "-infinity", until = "infinity" }: LogPeriod, place: Place): string {
  const [from, to] = [`${place.bind(since)}::timestamptz`, `${place.bind(until)}::timestamptz`];
  const first = `k.chunk::bigint * ${chunkSize}`;
  return `SELECT k.chunk, CASE WHEN k.from_at >= ${from} AND k.to_at < ${to} THEN k.bits ELSE coalesce(
      (SELECT ${bitsOfRows("s")} FROM access_summary s WHERE s.tenant = ${place.tenant}
          AND s.index >= ${first} AND s.index < ${first} + ${chunkSize} AND s.at >= ${from} AND s.at < ${to}), ${none}) END AS bits
    FROM access_chunk k WHERE ${within("k", place)} AND k.to_at >= ${from} AND k.from_at < ${to}`;
}

/** Of the chunk in which the bound lies, the entries before it. */
function below(before: number, place: Place): string {
  const [chunk, kept] = [Math.floor(before / chunkSize), before % chunkSize];
  return `SELECT ${place.bind(chunk)}::int, ~(~${none} >> ${place.bind(kept)}::int), false`;
}
