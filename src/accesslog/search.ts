// Reading the record: pages of a search, and one entry.
import type { AgreementRef, LogCondition, LogFilter, TenantName } from "../terms/index.js";
import type { SearchPool } from "./append-connection.js";
import { countPeople, readAsked } from "./asked.js";
import { failureName } from "./append-failure.js";
import { AccessLogUnavailable } from "./entry.js";
import type { CountedEvent } from "./entry.js";
import { commitment, leafHash } from "./entry-format.js";
import { newestFound, totalFound } from "./search-pages.js";
import { readBody, readPersonal } from "./stored-entry.js";
import type { AccessLogReader, Asked, AskedBounds, CounterRow, EntryFilter, StoredEntry } from "./stored-entry.js";
import { readFieldUse, readFirstUses, readHours, readSummaries, volumesOf } from "./summaries-read.js";
import type { DayVolume, FieldUseOf, FirstUse, HourUse, SummaryPage, SummaryTotal } from "./summary.js";

const maxPage = 1000;
const pageOf = (limit: number): number => Math.min(Math.max(1, Math.trunc(limit)), maxPage);

/** No log is longer: chunks of 4,096 entries are numbered by an integer of 32 bits. A bound beyond it bounds nothing. */
const farthest = 2 ** 31 * 4_096 - 1;

const bounded = ({ conditions }: LogFilter, before: number): LogFilter => ({
  conditions,
  ...(before <= farthest && { before }),
});

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
    /** As `catchUp` behind the log. */
    private readonly catchUp: (until: number, tenant: TenantName) => Promise<boolean>,
    private readonly catchUpMs: number,
  ) {}

  search(tenant: TenantName, filter: EntryFilter): Promise<{ entries: StoredEntry[]; more: boolean }> {
    return this.searchEntries(tenant, conditionsOf(filter), { limit: filter.limit });
  }

  searchEntries(
    tenant: TenantName,
    filter: LogFilter,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<{ entries: StoredEntry[]; more: boolean }> {
    return answering(async () => {
      await this.caughtUp(tenant);
      const limit = pageOf(page.limit);
      const before = Math.min(filter.before ?? Infinity, page.before ?? Infinity);
      const found = await newestFound(this.pool, tenant, bounded(filter, before), limit + 1);
      const { rows } = await this.pool.query<EntryRow>(
        `SELECT ${entryColumns} FROM access_summary s
           JOIN access_leaf l ON l.tenant = s.tenant AND l.index = s.index
           JOIN access_entry e ON e.tenant = s.tenant AND e.index = s.index AND e.at = s.at ${personalJoin}
          WHERE s.tenant = $1 AND s.index = ANY($2::bigint[]) ORDER BY l.index DESC`,
        [tenant, found.slice(0, limit)],
      );
      return { entries: rows.map(storedEntry), more: found.length > limit };
    });
  }

  searchSummaries(
    tenant: TenantName,
    filter: LogFilter,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<SummaryPage> {
    return answering(async () => {
      await this.caughtUp(tenant);
      const limit = pageOf(page.limit);
      const before = Math.min(filter.before ?? Infinity, page.before ?? Infinity);
      const found = await newestFound(this.pool, tenant, bounded(filter, before), limit + 1);
      const rows = await readSummaries(this.pool, tenant, found.slice(0, limit));
      return { rows, more: found.length > limit };
    });
  }

  total(tenant: TenantName, filter: LogFilter, bound: number): Promise<SummaryTotal> {
    return answering(async () => {
      await this.caughtUp(tenant);
      return totalFound(this.pool, tenant, filter, bound);
    });
  }

  hours(tenant: TenantName, { since, until }: { since: string; until: string }): Promise<HourUse[]> {
    return answering(async () => {
      await this.caughtUp(tenant);
      return readHours(this.pool, tenant, since, until);
    });
  }

  volumes(
    tenant: TenantName,
    { since, until, timeZone }: { since: string; until: string; timeZone: string },
  ): Promise<DayVolume[]> {
    return answering(async () => volumesOf(await this.hours(tenant, { since, until }), timeZone));
  }

  fieldUse(
    tenant: TenantName,
    asked: { readonly since: string; readonly until?: string; readonly agreement?: AgreementRef },
  ): Promise<FieldUseOf[]> {
    return answering(async () => {
      await this.caughtUp(tenant);
      return readFieldUse(this.pool, tenant, asked);
    });
  }

  firstUses(tenant: TenantName, since: string): Promise<FirstUse[]> {
    return answering(async () => {
      await this.caughtUp(tenant);
      return readFirstUses(this.pool, tenant, since);
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
    if (await this.catchUp(Date.now() + this.catchUpMs, tenant)) return;
    throw new AccessLogUnavailable(
      "The search index has not caught up with the access log, and nothing is left out in silence. Try again in a while.",
    );
  }

  counters(tenant: TenantName, since: string, until = "infinity"): Promise<CounterRow[]> {
    return answering(async () => {
      const { rows } = await this.pool.query<{ minute: Date; event: CountedEvent; count: string }>(
        `SELECT minute, event, sum(count) AS count FROM access_counter WHERE tenant = $1 AND minute >= $2 AND minute < $3
          GROUP BY minute, event ORDER BY minute, event`,
        [tenant, since, until],
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

/** What an EntryFilter says, as conditions. */
function conditionsOf(filter: EntryFilter): LogFilter {
  const conditions: LogCondition[] = [...(filter.also ?? [])];
  const { application, purpose, agreement, outcome, notOutcome, since, until, subject } = filter;
  for (const [on, value] of [
    ["app", application],
    ["purpose", purpose],
    ["agreement", agreement],
    ["outcome", outcome],
  ] as const)
    if (value !== undefined) conditions.push({ on, anyOf: [value], not: false });
  if (notOutcome !== undefined) conditions.push({ on: "outcome", anyOf: [notOutcome], not: true });
  for (const name of [filter.dataset, filter.field])
    if (name !== undefined) conditions.push({ on: filter.use ?? "field", anyOf: [name], not: false });
  if (since !== undefined) conditions.push({ on: "time", anyOf: [{ since }], not: false });
  if (until !== undefined) conditions.push({ on: "time", anyOf: [{ until }], not: false });
  if (subject !== undefined) conditions.push({ on: "person", anyOf: [subject], not: false });
  return { conditions, ...(filter.before !== undefined && { before: filter.before }) };
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
