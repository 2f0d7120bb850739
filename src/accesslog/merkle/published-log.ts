// What is served of the log's proof beside its tiles: the newest checkpoint, and what proves that one entry is in it. Of an entry nothing but its hash.
import type { SearchPool } from "../append-connection.js";
import { readTile } from "./integrator.js";
import { nodesOfTiles } from "./tiles.js";
import { inclusionProof, type Hash } from "./tree.js";

export interface InclusionProof {
  readonly index: number;
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  /** The signed note of the checkpoint that the proof leads to. */
  readonly checkpoint: string;
  readonly size: number;
}

/** Null before the first one. */
export async function newestCheckpoint(
  pool: SearchPool,
  tenant: string,
): Promise<{ note: string; size: number } | null> {
  const { rows } = await pool.query<{ note: string; size: string }>(
    "SELECT note, size FROM log_checkpoint WHERE tenant = $1 ORDER BY size DESC LIMIT 1",
    [tenant],
  );
  return rows[0] === undefined ? null : { note: rows[0].note, size: Number(rows[0].size) };
}

/** How far the log and its newest signed head have come. */
export interface LogState {
  readonly entries: number;
  /** Null before the first one. */
  readonly checkpoint: { readonly size: number; readonly at: Date } | null;
}

export async function logState(pool: SearchPool, tenant: string): Promise<LogState> {
  const { rows } = await pool.query<{ entries: string | null; size: string | null; at: Date | null }>(
    `SELECT (SELECT size FROM access_head WHERE tenant = $1) AS entries, c.size, c.at
       FROM (VALUES (0)) AS one LEFT JOIN LATERAL (
         SELECT size, at FROM log_checkpoint WHERE tenant = $1 ORDER BY size DESC LIMIT 1
       ) c ON true`,
    [tenant],
  );
  const { entries, size, at } = rows[0] ?? { entries: null, size: null, at: null };
  return {
    entries: Number(entries ?? 0),
    checkpoint: size === null || at === null ? null : { size: Number(size), at },
  };
}

/** Null where there is no such entry, or no checkpoint holds it yet. */
export async function proofOf(pool: SearchPool, tenant: string, entry: string): Promise<InclusionProof | null> {
  const newest = await newestCheckpoint(pool, tenant);
  const { rows } = await pool.query<{ index: string; hash: Buffer }>(
    "SELECT index, hash FROM access_leaf WHERE tenant = $1 AND entry_id = $2",
    [tenant, entry],
  );
  const leaf = rows[0];
  if (newest === null || leaf === undefined || Number(leaf.index) >= newest.size) return null;
  const index = Number(leaf.index);
  const read = nodesOfTiles((tile) => readTile(pool, tenant, tile), newest.size);
  const proof = await inclusionProof(read, index, newest.size);
  return { index, leaf: leaf.hash, proof, checkpoint: newest.note, size: newest.size };
}
