import type { SearchPool } from "../append-connection.js";

/** How far the signed tree is behind the record. */
export interface LogLag {
  /** Entries on record. */
  readonly size: number;
  /** Of them, those that a signed checkpoint holds. */
  readonly integrated: number;
  /** Age of the oldest entry that no checkpoint holds yet; 0: none waits. */
  readonly behindMs: number;
}

/** Zeros for a log without entries. */
export async function lagOf(pool: Pick<SearchPool, "query">, tenant: string): Promise<LogLag> {
  const { rows } = await pool.query<{ size: string; integrated: string; behind: string }>(
    `SELECT h.size, coalesce(signed.size, 0) AS integrated,
        CASE WHEN h.size <= coalesce(signed.size, 0) THEN 0 ELSE greatest(0, 1000 * extract(epoch FROM now() - coalesce(
          (SELECT e.at FROM access_entry e WHERE e.tenant = h.tenant AND e.index = coalesce(signed.size, 0)), signed.at, now())))
        END AS behind
       FROM access_head h LEFT JOIN LATERAL (
         SELECT size, at FROM log_checkpoint c WHERE c.tenant = h.tenant ORDER BY size DESC LIMIT 1) signed ON true
      WHERE h.tenant = $1`,
    [tenant],
  );
  const [row] = rows;
  if (row === undefined) return { size: 0, integrated: 0, behindMs: 0 };
  return { size: Number(row.size), integrated: Number(row.integrated), behindMs: Math.round(Number(row.behind)) };
}
