// Which entries retention removed, as far as it can be believed: log_retention says so, and so does the entry of the log
// that was written for it, whose hash is in the tree.
import type { SearchPool } from "../append-connection.js";
import { leafHash } from "../entry-format.js";
import { readBody } from "../stored-entry.js";

export interface RetentionTold {
  /** Entries with a lower index were removed in their time. */
  readonly upTo: number;
  /** They were of days before this one, `YYYY-MM-DD`; null where nothing was removed. */
  readonly beforeDay: string | null;
}

const nothing: RetentionTold = { upTo: 0, beforeDay: null };

/** The newest removal that its entry confirms. That entry is young enough to be there: the next removal has its own. */
export async function retentionTold(pool: SearchPool, tenant: string): Promise<RetentionTold> {
  const { rows } = await pool.query<{ up_to: string; before_day: string; body: string | null; hash: Buffer | null }>(
    `SELECT r.up_to, r.before_day::text, l.hash, e.body FROM log_retention r
       LEFT JOIN access_leaf l ON l.tenant = r.tenant AND l.entry_id = r.record
       LEFT JOIN access_entry e ON e.tenant = l.tenant AND e.index = l.index AND e.id = l.entry_id
      WHERE r.tenant = $1 ORDER BY r.up_to DESC LIMIT 1000`,
    [tenant],
  );
  for (const { up_to: upTo, before_day: beforeDay, body, hash } of rows) {
    if (body === null || hash === null || !leafHash(body).equals(hash)) continue;
    const staff = readBody(body)?.staff;
    const same = staff?.filters["up-to"] === upTo && staff.filters["before"] === beforeDay;
    if (staff?.command === "retention" && same) return { upTo: Number(upTo), beforeDay };
  }
  return nothing;
}

/**
 * From which index on entries were removed before their time: a checkpoint that does not hold them yet was signed, or
 * seen by a witness, after the day that they are said to be from. Null: none.
 */
export async function removedEarly(
  pool: SearchPool,
  tenant: string,
  { upTo, beforeDay }: RetentionTold,
  seen: readonly { readonly size: number; readonly seenAt?: Date }[],
): Promise<number | null> {
  if (beforeDay === null) return null;
  // A day's beginning lies up to 12 hours behind that of UTC; a day more for clocks.
  const bound = new Date(Date.parse(beforeDay) + 36 * 3_600_000);
  const { rows } = await pool.query<{ size: string | null }>(
    "SELECT min(size) AS size FROM log_checkpoint WHERE tenant = $1 AND size < $2 AND at >= $3",
    [tenant, upTo, bound],
  );
  const signed = rows[0]?.size ?? null;
  const sizes = seen
    .filter(({ size, seenAt }) => size < upTo && seenAt !== undefined && seenAt >= bound)
    .map(({ size }) => size);
  const all = [...(signed === null ? [] : [Number(signed)]), ...sizes];
  return all.length === 0 ? null : Math.min(...all);
}
