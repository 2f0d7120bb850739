// Pages and totals of a search: chunks are looked at from the newest on, more of them at a time the longer it takes.
import type { LogFilter } from "../terms/index.js";
import type { Queryable } from "./append-connection.js";
import { foundBits, type Stretch } from "./found-bits.js";
import { outerBounds } from "./search-bounds.js";
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
  const { text, values } = outerBounds(tenant, filter);
  const { rows } = await on.query<{ oldest: number | null; newest: number | null; empty: string }>(text, values);
  const [oldest, newest] = [rows[0]?.oldest ?? null, rows[0]?.newest ?? null];
  if (oldest === null || newest === null || rows[0]?.empty !== "0") return;
  for (let [to, width] = [newest, firstChunks]; to >= oldest; width *= 4) {
    const from = Math.max(oldest, to - width + 1);
    yield { from, to };
    to = from - 1;
  }
}
