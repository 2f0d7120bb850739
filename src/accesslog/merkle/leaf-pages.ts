// Leaves with their entries, a page at a time: bounded in number, and in bytes, for one entry can be 4 MiB (law 13).
import type { SearchPool } from "../append-connection.js";

export interface LeafRow {
  readonly index: string;
  readonly hash: Buffer;
  readonly body: string | null;
  readonly salt: Buffer | null;
  readonly personal: string | null;
}

export interface LeafPage {
  readonly rows: readonly LeafRow[];
  /** There were no more. */
  readonly last: boolean;
  /** How many to ask for next. */
  readonly next: number;
}

export const firstPage = 256;
const largestPage = 2_000;
/** Larger ones were the most of what a look takes of memory. */
const pageBytes = 512 * 1024;

/** Indexes from `from` up to, and without, `to`; `most` at once. At least one, however large it is. */
export async function readLeaves(
  pool: SearchPool,
  tenant: string,
  from: number,
  to: number,
  most: number,
): Promise<LeafPage> {
  const { rows } = await pool.query<LeafRow & { readonly found: number }>(
    `SELECT index, hash, body, salt, personal, found FROM (
       SELECT l.index, l.hash, e.body, p.salt, p.body AS personal, (count(*) OVER ())::int AS found,
              row_number() OVER page AS nth,
              sum(coalesce(octet_length(e.body), 0) + coalesce(octet_length(p.body), 0)) OVER page AS bytes
         FROM (SELECT tenant, index, hash, entry_id FROM access_leaf
                WHERE tenant = $1 AND index >= $2 AND index < $3 ORDER BY index LIMIT $4) AS l
         LEFT JOIN access_entry e ON e.tenant = l.tenant AND e.index = l.index AND e.id = l.entry_id
         LEFT JOIN access_personal p ON p.tenant = l.tenant AND p.entry_id = l.entry_id
       WINDOW page AS (ORDER BY l.index)) AS fitting
      WHERE nth = 1 OR bytes <= $5 ORDER BY index`,
    [tenant, from, to, most, pageBytes],
  );
  const found = rows[0]?.found ?? 0;
  const fits = rows.length === found;
  return {
    rows,
    last: fits && found < most,
    // Where they did not all fit: what did not is not looked up again and again.
    next: fits ? Math.min(largestPage, 2 * most) : Math.max(16, rows.length),
  };
}
