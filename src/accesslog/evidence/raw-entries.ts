// Entries as they were hashed, with what opens their commitments: for evidence, and for nothing that is shown.
import type { SearchPool } from "../append-connection.js";

export interface RawEntry {
  readonly index: number;
  /** The canonical body. */
  readonly body: string;
  /** Null: erased, or not asked for. */
  readonly personal: { readonly salt: Buffer; readonly text: string } | null;
}

/** Newest first. What was removed at the end of its retention is not among them. */
export async function rawEntries(
  pool: SearchPool,
  tenant: string,
  indexes: readonly number[],
  people: boolean,
): Promise<RawEntry[]> {
  const { rows } = await pool.query<{ index: string; body: string; salt: Buffer | null; text: string | null }>(
    people
      ? `SELECT l.index, e.body, p.salt, p.body AS text FROM access_leaf l
           JOIN access_entry e ON e.tenant = l.tenant AND e.index = l.index AND e.id = l.entry_id
           LEFT JOIN access_personal p ON p.tenant = l.tenant AND p.entry_id = l.entry_id
          WHERE l.tenant = $1 AND l.index = ANY($2::bigint[]) ORDER BY l.index DESC`
      : `SELECT e.index, e.body, NULL::bytea AS salt, NULL::text AS text FROM access_entry e
          WHERE e.tenant = $1 AND e.index = ANY($2::bigint[]) ORDER BY e.index DESC`,
    [tenant, indexes],
  );
  return rows.map(({ index, body, salt, text }) => ({
    index: Number(index),
    body,
    personal: salt === null || text === null ? null : { salt, text },
  }));
}
