// The access log's retention, by the keeper's role: one node at a time looks once a day at what is over, records that it
// goes, and removes it in short steps.
import type { TenantName } from "../../terms/index.js";
import { SearchPool, type Queryable } from "../append-connection.js";
import type { Appended } from "../entry.js";
import { answering } from "../search.js";
import { retentionDue, type RetentionDue, type RetentionTime } from "./due.js";
import { removeCounts, removeOperations, removePolicyVersions, removeTold } from "./remove.js";
import { lookEveryMs } from "./state.js";

export interface RetentionOptions {
  /** As the role `passerelle_keeper`. */
  readonly connectionString: string;
  readonly now?: () => Date;
}

export interface RetentionRun {
  readonly tenant: TenantName;
  readonly time: RetentionTime;
  /** A person has looked at the clock, and at how much goes. */
  readonly confirmed: boolean;
  /** Appends an entry of staff, command `retention`, and waits for its commit. Nothing is removed unless it is on record. */
  readonly record: (filters: Readonly<Record<string, string>>) => Promise<Appended>;
  readonly stop?: AbortSignal;
}

export type RetentionOutcome =
  | { readonly outcome: "done"; readonly due: RetentionDue }
  | { readonly outcome: "hindered"; readonly due: RetentionDue; readonly hindrance: string }
  /** Another node is at it. */
  | { readonly outcome: "busy" };

export interface Retention {
  /** What the next run would remove. @throws AccessLogUnavailable */
  due(tenant: TenantName, time: RetentionTime): Promise<RetentionDue>;
  /** Whether a day has gone by since the last look, or a removal was broken off. @throws AccessLogUnavailable */
  isTime(tenant: TenantName): Promise<boolean>;
  /** @throws AccessLogUnavailable; what was removed until then is told, and the next run goes on there */
  run(run: RetentionRun): Promise<RetentionOutcome>;
  close(): Promise<void>;
}

const retentionLock = 7_276_119;

export function openRetention({ connectionString, now = () => new Date() }: RetentionOptions): Retention {
  const pool = new SearchPool(connectionString);
  return {
    due: (tenant, time) => answering(() => retentionDue(pool, tenant, time, now())),
    isTime: (tenant) => answering(() => isTime(pool, tenant, now())),
    run: (run) => answering(() => alone(pool, () => runNow(pool, run, now))),
    close: () => pool.close(),
  };
}

async function isTime(pool: SearchPool, tenant: TenantName, now: Date): Promise<boolean> {
  const { rows } = await pool.query<{ looked_at: Date | null; hindered: boolean; broken_off: boolean }>(
    `SELECT look.looked_at, look.hindered IS NOT NULL AS hindered,
            coalesce((SELECT max(up_to) FROM log_retention WHERE tenant = $1), 0) > coalesce(look.done_to, 0) AS broken_off
       FROM (SELECT) AS one LEFT JOIN log_retention_look look ON look.tenant = $1`,
    [tenant],
  );
  const row = rows[0];
  if (row?.looked_at == null || row.hindered || row.broken_off) return true;
  // Also a look that lies in the future: the run says that the clock was set back.
  return Math.abs(now.getTime() - row.looked_at.getTime()) >= lookEveryMs;
}

/** The lock is held by a connection that does nothing else: it ends with it, whatever happens to us. */
function alone(pool: SearchPool, work: () => Promise<RetentionOutcome>): Promise<RetentionOutcome> {
  return pool.transaction(async (on) => {
    const { rows } = await on.query<{ free: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS free", [retentionLock]);
    return rows[0]?.free === true ? work() : { outcome: "busy" };
  });
}

async function runNow(pool: SearchPool, run: RetentionRun, now: () => Date): Promise<RetentionOutcome> {
  const { tenant, time, confirmed, stop = new AbortController().signal } = run;
  const due = await retentionDue(pool, tenant, time, now());
  const { hindrance } = due;
  if (hindrance !== null && !(confirmed && due.confirmable)) {
    await note(pool, "hindered = $2, hindered_at = now()", [tenant, hindrance]);
    return { outcome: "hindered", due, hindrance };
  }
  if (due.entries > 0) await tell(pool, run, due);
  await removeTold(pool, tenant, stop);
  await removeCounts(pool, tenant, due.before, stop);
  await removeOperations(pool, stop);
  await removePolicyVersions(pool, tenant, due.before);
  if (!stop.aborted)
    await note(pool, "looked_at = $2, before_day = $3, hindered = NULL, hindered_at = NULL", [
      tenant,
      now(),
      due.beforeDay,
    ]);
  return { outcome: "done", due };
}

/** On record first, for good, and only then in the table that the removal goes by. */
async function tell(pool: SearchPool, { tenant, time, record }: RetentionRun, due: RetentionDue): Promise<void> {
  const { beforeDay, upTo, entries } = due;
  const { id } = await record(retentionFilters({ beforeDay, upTo, entries, months: time.months }));
  await pool.query(
    "INSERT INTO log_retention (tenant, up_to, before_day, entries, record) VALUES ($1, $2, $3, $4, $5)",
    [tenant, upTo, beforeDay, entries, id],
  );
}

/** What the entry of a removal says. `verify` holds log_retention against it. */
const retentionFilters = (told: {
  readonly beforeDay: string;
  readonly upTo: number;
  readonly entries: number;
  readonly months: number;
}): Readonly<Record<string, string>> => ({
  before: told.beforeDay,
  "up-to": String(told.upTo),
  entries: String(told.entries),
  months: String(told.months),
});

async function note(on: Pick<Queryable, "query">, set: string, values: readonly unknown[]): Promise<void> {
  await on.query("INSERT INTO log_retention_look (tenant) VALUES ($1) ON CONFLICT DO NOTHING", [values[0]]);
  await on.query(`UPDATE log_retention_look SET ${set} WHERE tenant = $1`, values);
}
