// Reading the record: one indexed query for a page of a search, one for an entry.
import type { TenantName } from "../terms/index.js";
import type { SearchPool } from "./append-connection.js";
import { countPeople, readAsked } from "./asked.js";
import { failureName } from "./append-failure.js";
import { AccessLogUnavailable } from "./entry.js";
import type { CountedEvent } from "./entry.js";
import { commitment, leafHash } from "./entry-format.js";
import type { Indexer } from "./indexer.js";
import { readBody, readPersonal } from "./stored-entry.js";
import type { AccessLogReader, Asked, AskedBounds, CounterRow, EntryFilter, StoredEntry } from "./stored-entry.js";

const maxPage = 1000;

interface EntryRow {
  readonly index: string;
  readonly body: string;
  readonly hash: Buffer;
  readonly salt: Buffer | null;
  readonly personal: string | null;
}

/** Columns of an EntryRow, from what must be joined as `l` (leaf), `e` (entry) and `p` (personal part). */
const entryColumns = "l.index, e.body, l.hash, p.salt, p.body AS personal";
const personalJoin = "LEFT JOIN access_personal p ON p.tenant = l.tenant AND p.entry_id = l.entry_id";

export class Search implements AccessLogReader {
  constructor(
    private readonly pool: SearchPool,
    private readonly indexer: Indexer,
    private readonly catchUpMs: number,
  ) {}

  search(tenant: TenantName, filter: EntryFilter): Promise<{ entries: StoredEntry[]; more: boolean }> {
    return answering(async () => {
      await this.caughtUp(tenant);
      const limit = Math.min(Math.max(1, Math.trunc(filter.limit)), maxPage);
      const { text, values } = searchQuery(tenant, filter, limit + 1);
      const { rows } = await this.pool.query<EntryRow>(text, values);
      return { entries: rows.slice(0, limit).map(storedEntry), more: rows.length > limit };
    });
  }

  asked(tenant: TenantName, bounds: AskedBounds): Promise<Asked> {
    return answering(async () => {
      await this.caughtUp(tenant);
      return readAsked(this.pool, tenant, bounds);
    });
  }

  countPeople(tenant: TenantName, entries: readonly number[]): Promise<number> {
    return answering(() => countPeople(this.pool, tenant, entries));
  }

  read(tenant: TenantName, id: string): Promise<StoredEntry | null> {
    return answering(async () => {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null;
      const { rows } = await this.pool.query<EntryRow>(
        `SELECT ${entryColumns} FROM access_leaf l
           JOIN access_entry e ON e.tenant = l.tenant AND e.index = l.index ${personalJoin}
          WHERE l.tenant = $1 AND l.entry_id = $2`,
        [tenant, id],
      );
      return rows[0] ? storedEntry(rows[0]) : null;
    });
  }

  operationText(hash: string): Promise<string | null> {
    return answering(async () => {
      const { rows } = await this.pool.query<{ text: string }>("SELECT text FROM operation_text WHERE hash = $1", [
        hash,
      ]);
      return rows[0]?.text ?? null;
    });
  }

  private async caughtUp(tenant: TenantName): Promise<void> {
    if (await this.indexer.catchUp(Date.now() + this.catchUpMs, tenant)) return;
    throw new AccessLogUnavailable(
      "The search index has not caught up with the access log, and nothing is left out in silence. Try again in a while.",
    );
  }

  counters(tenant: TenantName, since: string): Promise<CounterRow[]> {
    return answering(async () => {
      const { rows } = await this.pool.query<{ minute: Date; event: CountedEvent; count: string }>(
        `SELECT minute, event, sum(count) AS count FROM access_counter WHERE tenant = $1 AND minute >= $2
          GROUP BY minute, event ORDER BY minute, event`,
        [tenant, since],
      );
      return rows.map(({ minute, event, count }) => ({ minute: minute.toISOString(), event, count: Number(count) }));
    });
  }
}

/** A database that does not answer is one kind of error for who reads, too; its own text may hold values. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AccessLogUnavailable) throw error;
    throw new AccessLogUnavailable(`The access log cannot be read (${failureName(error)}).`);
  }
}

/** Exported for the test that looks at its plan. */
export function searchQuery(tenant: string, filter: EntryFilter, limit: number): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`s.tenant = ${bind(tenant)}`];
  const equal = {
    application: filter.application,
    purpose: filter.purpose,
    agreement: filter.agreement,
    outcome: filter.outcome,
  };
  for (const [column, value] of Object.entries(equal))
    if (value !== undefined) conditions.push(`s.${column} = ${bind(value)}`);
  if (filter.notOutcome !== undefined) conditions.push(`s.outcome <> ${bind(filter.notOutcome)}`);
  if (filter.before !== undefined) conditions.push(`s.index < ${bind(filter.before)}`);
  if (filter.since !== undefined) conditions.push(`s.at >= ${bind(filter.since)}`);
  if (filter.until !== undefined) conditions.push(`s.at < ${bind(filter.until)}`);
  const use = filter.use === undefined ? "" : filter.use === "read" ? " AND f.read" : " AND f.refused";
  for (const name of [filter.dataset, filter.field])
    if (name !== undefined)
      conditions.push(
        `s.index IN (SELECT f.index FROM access_field f WHERE f.tenant = $1 AND f.name = ${bind(name)}${use})`,
      );
  if (filter.subject !== undefined)
    conditions.push(
      `s.index IN (SELECT x.index FROM access_subject x WHERE x.tenant = $1
        AND x.scheme = ${bind(filter.subject.scheme)} AND x.token = ANY(${bind(filter.subject.tokens)}::text[]))`,
    );
  const text = `SELECT ${entryColumns}
      FROM (SELECT s.tenant, s.index, s.at FROM access_summary s
             WHERE ${conditions.join(" AND ")} ORDER BY s.index DESC LIMIT ${limit}) AS found
      JOIN access_leaf l ON l.tenant = found.tenant AND l.index = found.index
      JOIN access_entry e ON e.tenant = found.tenant AND e.index = found.index AND e.at = found.at ${personalJoin}
     ORDER BY l.index DESC`;
  return { text, values };
}

function storedEntry(row: EntryRow): StoredEntry {
  const body = readBody(row.body);
  if (body === null)
    throw new AccessLogUnavailable(
      `The entry with index ${row.index} cannot be read: it was altered, or written by a newer version.`,
    );
  const committed = row.salt === null || row.personal === null ? null : commitment(row.salt, row.personal);
  return {
    index: Number(row.index),
    body,
    canonical: row.body,
    leafHash: row.hash.toString("hex"),
    personal: row.personal === null ? null : readPersonal(row.personal),
    intact: leafHash(row.body).equals(row.hash) && (committed === null || committed === body.personal),
  };
}
