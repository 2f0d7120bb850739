// What is served of the log's proof: the newest checkpoint and the tiles (C2SP tlog-tiles), and what proves that one entry
// is in it. Of an entry nothing but its hash.
import type { SearchPool } from "../append-connection.js";
import { readTile } from "./integrator.js";
import { nodesOfTiles, type TileId } from "./tiles.js";
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

/** The first `width` hashes of a tile; null where there are not so many. */
export async function publishedTile(pool: SearchPool, tenant: string, tile: TileId): Promise<Buffer | null> {
  const { rows } = await pool.query<{ data: Buffer }>(
    "SELECT substring(data FROM 1 FOR $4) AS data FROM log_tile WHERE tenant = $1 AND level = $2 AND index = $3",
    [tenant, tile.level, tile.index, tile.width * 32],
  );
  const data = rows[0]?.data;
  return data?.length === tile.width * 32 ? data : null;
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
