// What witnesses have said of this log: each cosignature was verified before it was stored. And how far the signed tree
// is behind the record.
import type { Queryable, SearchPool } from "../append-connection.js";

/** The newest checkpoint that one witness has seen. */
export interface WitnessSight {
  /** As gateway.yaml calls it; a witness that no longer stands there goes by its key's name. */
  readonly name: string;
  readonly size: number;
  /** As the witness says. */
  readonly at: Date;
}

export interface StoredSight extends Omit<WitnessSight, "name"> {
  /** Name and id of its key: two keys may share the name. */
  readonly witness: string;
  readonly keyId: Buffer;
}

/** How far the signed tree is. */
export interface LogLag {
  /** Entries on record. */
  readonly size: number;
  /** Of them, those that a signed checkpoint holds. */
  readonly integrated: number;
  /** Age of the oldest entry that no checkpoint holds yet; 0: none waits. */
  readonly behindMs: number;
}

/** Every key that has ever cosigned, with the newest it saw; the newest sight first. */
export async function sights(on: Pick<Queryable, "query">, tenant: string): Promise<StoredSight[]> {
  // From key to key by the table's own index: a witness has a row for each checkpoint that it saw.
  const { rows } = await on.query<{ witness: string; key_id: Buffer; size: string; at: Date }>(
    `WITH RECURSIVE key AS (
       (SELECT witness, key_id FROM log_cosignature WHERE tenant = $1 ORDER BY witness, key_id LIMIT 1)
       UNION ALL
       SELECT following.* FROM key, LATERAL (
         SELECT witness, key_id FROM log_cosignature
          WHERE tenant = $1 AND (witness, key_id) > (key.witness, key.key_id) ORDER BY witness, key_id LIMIT 1) following
     )
     SELECT key.witness, key.key_id, newest.size, newest.at FROM key, LATERAL (
       SELECT size, at FROM log_cosignature c
        WHERE c.tenant = $1 AND c.witness = key.witness AND c.key_id = key.key_id ORDER BY size DESC LIMIT 1) newest
      ORDER BY newest.at DESC, key.witness`,
    [tenant],
  );
  return rows.map(({ witness, key_id: keyId, size, at }) => ({ witness, keyId, size: Number(size), at }));
}

/** Zeros for a log without entries. */
export async function lagOf(pool: SearchPool, tenant: string): Promise<LogLag> {
  const { rows } = await pool.query<{ size: string; integrated: string; behind: string }>(
    `SELECT h.size, signed.size AS integrated, CASE WHEN h.size <= signed.size THEN 0 ELSE greatest(0, extract(epoch FROM
       now() - coalesce((SELECT e.at FROM access_entry e WHERE e.tenant = h.tenant AND e.index = signed.size), signed.at, now())) * 1000)
       END AS behind
      FROM access_head h LEFT JOIN LATERAL (SELECT coalesce(max(c.size), 0) AS size, max(c.at) AS at FROM (
        SELECT size, at FROM log_checkpoint WHERE tenant = h.tenant ORDER BY size DESC LIMIT 1) c) signed ON true
     WHERE h.tenant = $1`,
    [tenant],
  );
  const [row] = rows;
  if (row === undefined) return { size: 0, integrated: 0, behindMs: 0 };
  return { size: Number(row.size), integrated: Number(row.integrated), behindMs: Math.round(Number(row.behind)) };
}
