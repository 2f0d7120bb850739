// How long the record is kept, and what was removed at the end of that time: for whoever wants to know.
import type { TenantName } from "../../terms/index.js";
import type { Queryable } from "../append-connection.js";

/** Moments are RFC 3339 in UTC. */
export interface RetentionState {
  /** The oldest entry that still has its content; null: there is none. */
  readonly oldest: string | null;
  /** Entries whose content was removed at the end of their time. */
  readonly removed: number;
  /** The last look that found nothing in its way; null before the first. */
  readonly lastRun: string | null;
  /** When the next is due; null before the first, which comes soon after a gateway's start. */
  readonly nextRun: string | null;
  /** Why the last look removed nothing, in words for the operator; null: nothing is in the way. */
  readonly hindered: string | null;
}

/** A look a day. */
export const lookEveryMs = 86_400_000;

export async function retentionState(on: Pick<Queryable, "query">, tenant: TenantName): Promise<RetentionState> {
  const { rows } = await on.query<{
    oldest: Date | null;
    removed: string;
    looked_at: Date | null;
    hindered: string | null;
  }>(
    `SELECT (SELECT e.at FROM access_entry e WHERE e.tenant = $1 ORDER BY e.index LIMIT 1) AS oldest,
            (SELECT coalesce(sum(entries), 0) FROM log_retention WHERE tenant = $1) AS removed,
            look.looked_at, look.hindered
       FROM (SELECT) AS one LEFT JOIN log_retention_look look ON look.tenant = $1`,
    [tenant],
  );
  const row = rows[0];
  const looked = row?.looked_at ?? null;
  return {
    oldest: row?.oldest?.toISOString() ?? null,
    removed: Number(row?.removed ?? 0),
    lastRun: looked?.toISOString() ?? null,
    nextRun: looked === null ? null : new Date(looked.getTime() + lookEveryMs).toISOString(),
    hindered: row?.hindered ?? null,
  };
}
