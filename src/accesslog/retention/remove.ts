// Removing what is over, in steps that are short, so that neither appends nor the search index wait for long. Leaves,
// tiles and checkpoints stay: what is left of the record proves as before.
import { setTimeout as pause } from "node:timers/promises";
import type { TenantName } from "../../terms/index.js";
import type { Queryable, SearchPool } from "../append-connection.js";
import { removeCounted, removeFromSearch } from "../removed-from-search.js";

/** The search index's own lock: it could otherwise bring back what it had just read. */
const indexLock = 7_276_116;
const entriesAtOnce = 500;
const rowsAtOnce = 2_000;
const pauseMs = 20;

/**
 * Goes on where the last run stopped, up to what log_retention tells. A whole month goes first, where it can, since that
 * gives its room on disk back.
 */
export async function removeTold(pool: SearchPool, tenant: TenantName, stop: AbortSignal): Promise<void> {
  await pool.query("SELECT access_partitions_past()");
  while (!stop.aborted && (await removeSome(pool, tenant))) await pause(pauseMs);
  await pool.query("SELECT access_partitions_past()");
}

function removeSome(pool: SearchPool, tenant: TenantName): Promise<boolean> {
  return pool.transaction(async (on) => {
    await on.query("SELECT pg_advisory_xact_lock($1)", [indexLock]);
    const { rows } = await on.query<{ done: string; told: string }>(
      `SELECT coalesce((SELECT done_to FROM log_retention_look WHERE tenant = $1), 0) AS done,
              coalesce((SELECT max(up_to) FROM log_retention WHERE tenant = $1), 0) AS told`,
      [tenant],
    );
    const from = Number(rows[0]?.done ?? 0);
    const told = Number(rows[0]?.told ?? 0);
    const to = Math.min(from + entriesAtOnce, told);
    if (to <= from) return false;
    await removeBetween(on, tenant, from, to);
    await on.query(
      `INSERT INTO log_retention_look (tenant, done_to) VALUES ($1, $2)
       ON CONFLICT (tenant) DO UPDATE SET done_to = excluded.done_to`,
      [tenant, to],
    );
    return to < told;
  });
}

async function removeBetween(on: Queryable, tenant: TenantName, from: number, to: number): Promise<void> {
  const stretch = [tenant, from, to];
  await on.query(
    `DELETE FROM access_personal p USING access_leaf l
      WHERE l.tenant = $1 AND l.index >= $2 AND l.index < $3 AND p.tenant = l.tenant AND p.entry_id = l.entry_id`,
    stretch,
  );
  await on.query("DELETE FROM access_entry WHERE tenant = $1 AND index >= $2 AND index < $3", stretch);
  await removeFromSearch(on, tenant, from, to);
}

/** What was counted of entries, and of requests that were turned away. */
export async function removeCounts(
  pool: SearchPool,
  tenant: TenantName,
  before: Date,
  stop: AbortSignal,
): Promise<void> {
  await removeCounted(pool, tenant, before.toISOString());
  await batches(pool, stop, "access_counter", "tenant = $1 AND minute < $2", [tenant, before]);
}

/**
 * Texts of operations that no entry of any tenant names: the last day of their use lies before the oldest entry there
 * is. Two days between them, for days of other zones and for clocks.
 */
export async function removeOperations(pool: SearchPool, stop: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ oldest: string | null }>(
    `SELECT (min((SELECT e.at FROM access_entry e WHERE e.tenant = h.tenant ORDER BY e.index LIMIT 1)) - interval '2 days')::date::text
       AS oldest FROM access_head h`,
  );
  const oldest = rows[0]?.oldest ?? null;
  if (oldest === null) return;
  await batches(pool, stop, "operation_text", "used_on < $1 AND used_on < current_date - interval '7 months'", [
    oldest,
  ]);
}

/** The condition stands twice: a row that was changed meanwhile is looked at again by the outer one. */
async function batches(
  pool: SearchPool,
  stop: AbortSignal,
  table: string,
  condition: string,
  values: readonly unknown[],
): Promise<void> {
  while (!stop.aborted) {
    const { rows } = await pool.query<{ n: string }>(
      `WITH gone AS (DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${rowsAtOnce}))
         AND ${condition} RETURNING 1) SELECT count(*) AS n FROM gone`,
      values,
    );
    if (Number(rows[0]?.n ?? 0) < rowsAtOnce) return;
    await pause(pauseMs);
  }
}

/**
 * Contents of policy versions that no entry names: each was replaced before the oldest entry there is. The one in force
 * and the one beside it stay. The revision's row is locked, so that none of them is put in force meanwhile.
 */
export function removePolicyVersions(pool: SearchPool, tenant: TenantName, before: Date): Promise<void> {
  return pool.transaction(async (on) => {
    await on.query("SELECT FROM tenant_revision WHERE tenant = $1 FOR UPDATE", [tenant]);
    await on.query(
      `WITH bound AS (
         SELECT least($2::timestamptz, (SELECT e.at FROM access_entry e WHERE e.tenant = $1 ORDER BY e.index LIMIT 1))
                  - interval '2 days' AS at
       ), span AS (
         SELECT version, lead(applied_at) OVER (ORDER BY revision) AS until FROM policy_application WHERE tenant = $1
       ), replaced AS (
         SELECT version FROM span GROUP BY version HAVING bool_and(until IS NOT NULL) AND max(until) < (SELECT at FROM bound)
       )
       DELETE FROM policy_version v USING replaced
        WHERE v.tenant = $1 AND v.id = replaced.version
          AND NOT EXISTS (SELECT FROM tenant_revision r WHERE r.tenant = $1 AND v.id IN (r.policy_version, r.shadow_version))
          AND NOT EXISTS (SELECT FROM policy_shadow s WHERE s.tenant = $1 AND s.version = v.id
                             AND s.set_at >= (SELECT at FROM bound))`,
      [tenant, before],
    );
  });
}
