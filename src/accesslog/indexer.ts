// The search index, built behind the appends: it follows each tenant's leaves from its watermark to the head.
import type { Queryable, SearchPool } from "./append-connection.js";
import { readBody, readPersonal } from "./stored-entry.js";
import { countInto } from "./rollups.js";
import { insertSummaries, type FreshEntry } from "./summaries-written.js";
import { indexTerms } from "./terms-written.js";

/** One node indexes at a time, and none while a personal part is erased (see the migration). */
const indexLock = 7_276_116;
const maxEntries = 400;
/** While requests come: a long round is a long time in which database and processors are not all theirs. */
const maxEntriesBeside = 64;
/** A round holds all of it in memory, many times as large as it is written; and it is done in some tenths of a second. */
const maxBytes = 512 * 1024;
/** While requests come, it rests so many times as long as it worked. */
export const restsBeside = 9;
export const longestRestMs = 5_000;
/** Entries a second from which on requests "come". Below it, nothing is gained by waiting. */
const coming = 50;

export class Indexer {
  private lastTick: { readonly at: number; readonly appended: number } | null = null;
  /** Whether requests came when it was last looked. */
  beside = false;

  /** @param appended how many entries this node has appended so far */
  constructor(
    private readonly pool: SearchPool,
    private readonly appended: () => number = () => 0,
  ) {}

  /**
   * One round for whoever is behind; leaves at once where another node is at it. While requests come it leaves the database
   * to them for nine tenths of the time: the index falls behind, and catches up when somebody searches or requests ebb.
   * @returns true: there is more to do; a number: in so many milliseconds
   */
  async tick(): Promise<boolean | number> {
    const beside = (this.beside = this.requestsCome());
    const began = performance.now();
    const more = await this.round(beside ? maxEntriesBeside : maxEntries);
    return more && beside ? Math.min(longestRestMs, restsBeside * (performance.now() - began)) : more;
  }

  private requestsCome(): boolean {
    const [last, at, appended] = [this.lastTick, performance.now(), this.appended()];
    this.lastTick = { at, appended };
    return last !== null && (1000 * (appended - last.appended)) / (at - last.at) > coming;
  }

  private round(entries: number): Promise<boolean> {
    return this.pool.transaction(async (on) => {
      const { rows } = await on.query<{ free: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS free", [indexLock]);
      if (rows[0]?.free !== true) return false;
      let more = false;
      for (const tenant of await behind(on)) more = (await indexSome(on, tenant, entries)) || more;
      return more;
    });
  }

  /**
   * Until everything up to these heads can be found.
   * @returns false when `until` (Date.now()) came first.
   */
  async reach(heads: readonly LogHead[], until: number): Promise<boolean> {
    for (let left = await notReached(this.pool, heads); left.length > 0; left = await notReached(this.pool, left)) {
      if (Date.now() >= until) return false;
      const [next] = left;
      if (next === undefined) break;
      await this.pool.transaction(async (on) => {
        await on.query("SELECT pg_advisory_xact_lock($1)", [indexLock]);
        await indexSome(on, next.tenant, maxEntries);
      });
    }
    return true;
  }
}

/** A tenant's log as it was committed at some moment. */
export interface LogHead {
  readonly tenant: string;
  readonly size: number;
}

/** Heads, as committed now, that the index has not reached. */
export async function headsNotReached(on: Pick<Queryable, "query">, tenant: string | null): Promise<LogHead[]> {
  const { rows } = await on.query<{ tenant: string; size: string }>(
    `SELECT h.tenant, h.size FROM access_head h LEFT JOIN access_watermark w USING (tenant)
      WHERE h.size > coalesce(w.indexed, 0) AND ($1::text IS NULL OR h.tenant = $1)`,
    [tenant],
  );
  return rows.map(({ tenant: of, size }) => ({ tenant: of, size: Number(size) }));
}

/** Of these heads, those that the index has not reached yet. */
export async function notReached(on: Pick<Queryable, "query">, heads: readonly LogHead[]): Promise<LogHead[]> {
  const { rows } = await on.query<{ tenant: string; size: string }>(
    `SELECT h.tenant, h.size FROM unnest($1::text[], $2::bigint[]) AS h(tenant, size)
       LEFT JOIN access_watermark w USING (tenant) WHERE h.size > coalesce(w.indexed, 0)`,
    [heads.map((head) => head.tenant), heads.map((head) => head.size)],
  );
  return rows.map(({ tenant, size }) => ({ tenant, size: Number(size) }));
}

async function behind(on: Queryable): Promise<string[]> {
  const { rows } = await on.query<{ tenant: string }>(
    `SELECT h.tenant FROM access_head h LEFT JOIN access_watermark w USING (tenant)
      WHERE h.size > coalesce(w.indexed, 0) ORDER BY h.tenant`,
  );
  return rows.map(({ tenant }) => tenant);
}

/** Under the lock. Entries that retention removed before they were indexed are passed over. @returns more to do */
async function indexSome(on: Queryable, tenant: string, most: number): Promise<boolean> {
  const { from, size } = await position(on, tenant);
  if (from >= size) return false;
  const to = Math.min(size, from + most);
  const entries = await fresh(on, tenant, from, to);
  const last = entries.at(-1);
  // The byte bound may have ended it early; without any entry the whole stretch was removed.
  const whole = last === undefined || entries.length === (await countBetween(on, tenant, from, to));
  const indexed = whole ? to : Number(last.index) + 1;
  await insertSubjects(on, tenant, entries);
  await indexTerms(on, tenant, entries);
  await countInto(on, tenant, await insertSummaries(on, tenant, entries));
  await on.query(
    `INSERT INTO access_watermark (tenant, indexed) VALUES ($1, $2)
     ON CONFLICT (tenant) DO UPDATE SET indexed = greatest(access_watermark.indexed, excluded.indexed)`,
    [tenant, indexed],
  );
  return indexed < size;
}

async function position(on: Queryable, tenant: string): Promise<{ from: number; size: number }> {
  const { rows } = await on.query<{ indexed: string; size: string }>(
    `SELECT coalesce(w.indexed, 0) AS indexed, h.size FROM access_head h LEFT JOIN access_watermark w USING (tenant)
      WHERE h.tenant = $1`,
    [tenant],
  );
  return { from: Number(rows[0]?.indexed ?? 0), size: Number(rows[0]?.size ?? 0) };
}

async function fresh(on: Queryable, tenant: string, from: number, to: number): Promise<FreshEntry[]> {
  const { rows } = await on.query<Omit<FreshEntry, "body" | "personal"> & { body: string; personal: string | null }>(
    `SELECT index, at, id, body, personal FROM (
       SELECT e.index, e.at, e.id, e.body, p.body AS personal,
              sum(octet_length(e.body) + coalesce(octet_length(p.body), 0)) OVER (ORDER BY e.index) AS bytes,
              row_number() OVER (ORDER BY e.index) AS nth
         FROM access_entry e LEFT JOIN access_personal p ON p.tenant = e.tenant AND p.entry_id = e.id
        WHERE e.tenant = $1 AND e.index >= $2 AND e.index < $3) AS stretch
      WHERE nth = 1 OR bytes <= $4 ORDER BY index`,
    [tenant, from, to, maxBytes],
  );
  return rows.map((row) => ({
    ...row,
    body: readBody(row.body),
    personal: row.personal === null ? null : readPersonal(row.personal),
  }));
}

async function countBetween(on: Queryable, tenant: string, from: number, to: number): Promise<number> {
  const { rows } = await on.query<{ n: string }>(
    "SELECT count(*) AS n FROM access_entry WHERE tenant = $1 AND index >= $2 AND index < $3",
    [tenant, from, to],
  );
  return Number(rows[0]?.n ?? 0);
}

/** Tokens hold no space (base64url): one text is read by the database faster than a list. */
async function insertSubjects(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  const rows = entries.flatMap(({ index, personal }) =>
    Object.entries(personal?.subjects ?? {}).map(([scheme, tokens]) => ({ index, scheme, tokens: tokens.join(" ") })),
  );
  if (rows.length === 0) return;
  await on.query(
    `INSERT INTO access_subject (tenant, index, scheme, tokens)
     SELECT $1, s.index, s.scheme, string_to_array(s.tokens, ' ')
       FROM json_to_recordset($2::json) AS s(index bigint, scheme text, tokens text) ON CONFLICT DO NOTHING`,
    [tenant, JSON.stringify(rows)],
  );
}
