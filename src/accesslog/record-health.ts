// How far what follows the appends is behind them: for the operator, who must know before somebody misses it.
import type { TenantName } from "../terms/index.js";
import type { Queryable } from "./append-connection.js";
import { lagOf, type LogLag } from "./merkle/lag.js";

export interface RecordHealth extends LogLag {
  /** Entries that the search index knows. */
  readonly indexed: number;
  /** Age of the oldest entry that it does not know yet, in milliseconds; 0: none. */
  readonly indexBehindMs: number;
  /** When an authority has dated the newest checkpoint that one was asked for (RFC 3161); null: never. */
  readonly timestampedAt: Date | null;
  /** Bytes of the whole database. */
  readonly databaseBytes: number;
}

export async function recordHealth(on: Pick<Queryable, "query">, tenant: TenantName): Promise<RecordHealth> {
  const { rows } = await on.query<{ indexed: string; behind: string; stamped: Date | null; bytes: string }>(
    `SELECT coalesce(w.indexed, 0) AS indexed, pg_database_size(current_database()) AS bytes,
            (SELECT at FROM log_timestamp t WHERE t.tenant = $1 ORDER BY size DESC LIMIT 1) AS stamped,
            coalesce(greatest(0, 1000 * extract(epoch FROM now() - (
              SELECT e.at FROM access_entry e WHERE e.tenant = $1 AND e.index >= coalesce(w.indexed, 0) ORDER BY e.index LIMIT 1))), 0) AS behind
       FROM (SELECT) AS one LEFT JOIN access_watermark w ON w.tenant = $1`,
    [tenant],
  );
  const row = rows[0];
  return {
    ...(await lagOf(on, tenant)),
    indexed: Number(row?.indexed ?? 0),
    indexBehindMs: Math.round(Number(row?.behind ?? 0)),
    timestampedAt: row?.stamped ?? null,
    databaseBytes: Number(row?.bytes ?? 0),
  };
}
