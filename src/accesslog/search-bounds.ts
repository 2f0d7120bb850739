// Between which chunks a search can find anything: what is only at the log's beginning, or nowhere, is told by the ends of
// its terms alone.
import type { LogCondition, LogFilter, LogPeriod } from "../terms/index.js";
import { Binding, entriesAbout, termsOfCondition, type Statement } from "./found-bits.js";
import { chunkSize } from "./terms-written.js";

/** One row: `oldest` and `newest` chunk; `empty`: how many of the conditions hold nowhere. */
export function outerBounds(tenant: string, filter: LogFilter): Statement {
  const sql = new Binding();
  const own = sql.bind(tenant);
  const { since, until } = outerPeriod(filter);
  const last = filter.before === undefined ? null : Math.floor((filter.before - 1) / chunkSize);
  const parts = [
    `SELECT min(k.chunk) AS oldest, max(k.chunk) AS newest FROM access_chunk k WHERE k.tenant = ${own}
        AND k.to_at >= ${sql.bind(since)}::timestamptz AND k.from_at < ${sql.bind(until)}::timestamptz
        AND (${sql.bind(last)}::int IS NULL OR k.chunk <= ${sql.bind(last)}::int)`,
    ...filter.conditions.flatMap((condition) => (condition.not ? [] : boundsOf(condition, own, sql))),
  ];
  return {
    text: `SELECT max(oldest) AS oldest, min(newest) AS newest, count(*) FILTER (WHERE oldest IS NULL) AS empty
      FROM (${parts.join(" UNION ALL ")}) AS bounds`,
    values: sql.values,
  };
}

/** Two looks into an index for each term; a person has few rows. */
function boundsOf(condition: LogCondition, tenant: string, sql: Binding): string[] {
  const terms = termsOfCondition(condition);
  if (terms !== null) {
    const end = (direction: string): string =>
      `(SELECT t.chunk FROM access_term t WHERE t.tenant = ${tenant} AND t.term = w.term ORDER BY t.chunk ${direction} LIMIT 1)`;
    return [`SELECT min(${end("ASC")}), max(${end("DESC")}) FROM unnest(${sql.bind(terms)}::text[]) AS w(term)`];
  }
  if (condition.on !== "person" || condition.anyOf.length !== 1) return [];
  return condition.anyOf.map(
    ({ scheme, tokens }) =>
      `SELECT (min(x.index) / ${chunkSize})::int, (max(x.index) / ${chunkSize})::int
         FROM ${entriesAbout(sql.bind(tokens))} AS x WHERE x.tenant = ${tenant} AND x.scheme = ${sql.bind(scheme)}`,
  );
}

/** What all conditions on time leave, at most. */
function outerPeriod({ conditions }: LogFilter): Required<LogPeriod> {
  let [since, until] = ["-infinity", "infinity"];
  for (const condition of conditions) {
    if (condition.on !== "time" || condition.not) continue;
    const periods: readonly LogPeriod[] = condition.anyOf;
    const first = outermost(
      periods.map((each) => each.since),
      -1,
    );
    const last = outermost(
      periods.map((each) => each.until),
      1,
    );
    if (first !== null && (since === "-infinity" || Date.parse(first) > Date.parse(since))) since = first;
    if (last !== null && (until === "infinity" || Date.parse(last) < Date.parse(until))) until = last;
  }
  return { since, until };
}

/** The earliest (sign -1) or latest of the moments; null where one of them is open. */
function outermost(moments: readonly (string | undefined)[], sign: 1 | -1): string | null {
  let best: string | null = null;
  for (const moment of moments) {
    if (moment === undefined) return null;
    if (best === null || sign * (Date.parse(moment) - Date.parse(best)) > 0) best = moment;
  }
  return best;
}
