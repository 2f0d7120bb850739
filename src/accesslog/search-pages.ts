// Pages and totals of a search: chunks are looked at from the newest on, more of them at a time the longer it takes.
import type { LogFilter, LogPeriod } from "../terms/index.js";
import type { Queryable } from "./append-connection.js";
import { foundBits, type Stretch } from "./found-bits.js";
import type { SummaryTotal } from "./summary.js";
import { chunkSize } from "./terms-written.js";

/** A million entries; four times as many with each further look. */
const firstChunks = 256;

type Reading = Pick<Queryable, "query">;

/** Indexes of the newest entries that hold the filter, the newest first, at most `most` of them. */
export async function newestFound(on: Reading, tenant: string, filter: LogFilter, most: number): Promise<number[]> {
  const found: number[] = [];
  for await (const stretch of stretches(on, tenant, filter)) {
    const { text, values } = foundBits(tenant, filter, stretch);
    const { rows } = await on.query<{ chunk: number; bits: string }>(
      // Each chunk that is found has an entry at least.
      `${text} ORDER BY chunk DESC LIMIT ${most - found.length}`,
      values,
    );
    for (const { chunk, bits } of rows)
      for (let bit = bits.lastIndexOf("1"); bit >= 0; bit = bit === 0 ? -1 : bits.lastIndexOf("1", bit - 1)) {
        found.push(chunk * chunkSize + bit);
        if (found.length === most) return found;
      }
  }
  return found;
}

/** Counts on to the end, or beyond the bound. */
export async function totalFound(on: Reading, tenant: string, filter: LogFilter, bound: number): Promise<SummaryTotal> {
  let count = 0;
  for await (const stretch of stretches(on, tenant, filter)) {
    if (count > bound) return { count, exact: false };
    const { text, values } = foundBits(tenant, filter, stretch);
    const { rows } = await on.query<{ count: string }>(
      `SELECT coalesce(sum(bit_count(bits)), 0) AS count FROM (${text}) AS found`,
      values,
    );
    count += Number(rows[0]?.count ?? 0);
  }
  return { count, exact: true };
}

/** From the newest chunk that can hold an entry of the filter to the oldest. */
async function* stretches(on: Reading, tenant: string, filter: LogFilter): AsyncGenerator<Stretch> {
  const period = outerPeriod(filter);
  const { rows } = await on.query<{ oldest: number | null; newest: number | null }>(
    `SELECT min(chunk) AS oldest, max(chunk) AS newest FROM access_chunk
      WHERE tenant = $1 AND to_at >= $2::timestamptz AND from_at < $3::timestamptz AND chunk <= $4::int`,
    [tenant, period.since, period.until, Math.floor(Math.max(0, (filter.before ?? Infinity) - 1) / chunkSize)].map(
      (value) => (value === Infinity ? 2_147_483_647 : value),
    ),
  );
  const [oldest, newest] = [rows[0]?.oldest ?? null, rows[0]?.newest ?? null];
  if (oldest === null || newest === null || filter.before === 0) return;
  for (let [to, width] = [newest, firstChunks]; to >= oldest; width *= 4) {
    const from = Math.max(oldest, to - width + 1);
    yield { from, to };
    to = from - 1;
  }
}

/** What all conditions on time leave, at most. */
function outerPeriod({ conditions }: LogFilter): Required<LogPeriod> {
  let [since, until] = ["-infinity", "infinity"];
  for (const condition of conditions) {
    if (condition.on !== "time" || condition.not) continue;
    const periods: readonly LogPeriod[] = condition.anyOf;
    const first = least(
      periods.map((each) => each.since),
      -1,
    );
    const last = least(
      periods.map((each) => each.until),
      1,
    );
    if (first !== null && (since === "-infinity" || Date.parse(first) > Date.parse(since))) since = first;
    if (last !== null && (until === "infinity" || Date.parse(last) < Date.parse(until))) until = last;
  }
  return { since, until };
}

/** The earliest (sign -1) or latest of the moments; null where one of them is open. */
function least(moments: readonly (string | undefined)[], sign: 1 | -1): string | null {
  let best: string | null = null;
  for (const moment of moments) {
    if (moment === undefined) return null;
    if (best === null || sign * (Date.parse(moment) - Date.parse(best)) > 0) best = moment;
  }
  return best;
}
