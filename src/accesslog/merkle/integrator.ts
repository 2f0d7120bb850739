// Behind the appends: new leaves become tiles and a signed checkpoint, one node at a time. Nothing is signed over that
// does not hold what was signed before.
import type { Queryable, SearchPool } from "../append-connection.js";
import { checkpointText } from "./checkpoint.js";
import { signNote, type SignerKey } from "./signed-note.js";
import { storedTile } from "./stored-tile.js";
import { nodesOfTiles, rootOfTile, tilePath, tilesBetween, tileWidth, type TileId } from "./tiles.js";
import { consistencyProof, rootOf, verifyConsistency, type Hash } from "./tree.js";

/** The origin and the key of a tenant's log; null: it is not signed here. */
export type LogSigner = (tenant: string) => { readonly origin: string; readonly key: SignerKey } | null;

/** What lies in the tables is not what was signed: somebody changed it. Nothing more is signed until it is looked into. */
export class LogAltered extends Error {
  override readonly name = "LogAltered";
}

const integrationLock = 7_276_118;
const maxLeaves = 32_768;

interface Head {
  readonly size: number;
  readonly root: Hash;
}

export class Integrator {
  constructor(
    private readonly pool: SearchPool,
    private readonly signer: LogSigner,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /**
   * One round for every tenant that has new leaves. @returns true: there is more to do.
   * @throws LogAltered once every tenant had its turn
   */
  async tick(): Promise<boolean> {
    const { rows } = await this.pool.query<{ tenant: string }>(
      `SELECT h.tenant FROM access_head h
        WHERE h.size > coalesce((SELECT max(c.size) FROM log_checkpoint c WHERE c.tenant = h.tenant), 0) ORDER BY h.tenant`,
    );
    let more = false;
    const altered: LogAltered[] = [];
    for (const { tenant } of rows) {
      try {
        more = (await this.#integrate(tenant)) || more;
      } catch (error) {
        if (!(error instanceof LogAltered)) throw error;
        altered.push(error);
      }
    }
    if (altered[0] !== undefined) throw altered[0];
    return more;
  }

  #integrate(tenant: string): Promise<boolean> {
    const signer = this.signer(tenant);
    if (signer === null) return Promise.resolve(false);
    return this.pool.transaction(async (on) => {
      const { rows } = await on.query<{ free: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS free", [
        integrationLock,
      ]);
      if (rows[0]?.free !== true) return false;
      const before = await lastCheckpoint(on, tenant);
      const size = await headSize(on, tenant);
      const to = Math.min(size, before.size + maxLeaves);
      if (to <= before.size) return false;
      const made = await makeTiles(on, tenant, before.size, to);
      const read = nodesOfTiles((id) => made.get(tilePath(id))?.data ?? readTile(on, tenant, id), to);
      const root = await rootOf(read, to);
      const proof = await consistencyProof(read, before.size, to);
      const holds = { older: before.size, newer: to, olderRoot: before.root, newerRoot: root, proof };
      if (before.size > 0 && !verifyConsistency(holds)) throw altered(tenant);
      await storeTiles(on, tenant, made);
      const note = signNote(checkpointText({ origin: signer.origin, size: to, root }), [signer.key]);
      await on.query("INSERT INTO log_checkpoint (tenant, size, root, at, note) VALUES ($1, $2, $3, $4, $5)", [
        tenant,
        to,
        root,
        this.now(),
        note,
      ]);
      return to < size;
    });
  }
}

const altered = (tenant: string): LogAltered =>
  new LogAltered(`the access log of ${tenant} is not what was signed; look into it with: npx passerelle log verify`);

async function lastCheckpoint(on: Queryable, tenant: string): Promise<Head> {
  const { rows } = await on.query<{ size: string; root: Buffer }>(
    "SELECT size, root FROM log_checkpoint WHERE tenant = $1 ORDER BY size DESC LIMIT 1",
    [tenant],
  );
  return { size: Number(rows[0]?.size ?? 0), root: rows[0]?.root ?? Buffer.alloc(0) };
}

async function headSize(on: Queryable, tenant: string): Promise<number> {
  const { rows } = await on.query<{ size: string }>("SELECT size FROM access_head WHERE tenant = $1", [tenant]);
  return Number(rows[0]?.size ?? 0);
}

interface MadeTile {
  readonly level: number;
  readonly index: number;
  readonly data: Buffer;
}

/** New and grown tiles by their path, made from new leaves and from what the tiles held before. */
async function makeTiles(on: Queryable, tenant: string, from: number, to: number): Promise<Map<string, MadeTile>> {
  const leaves = await leavesFrom(on, tenant, from, to);
  const made = new Map<string, MadeTile>();
  for (const { level, index, width } of tilesBetween(from, to)) {
    const span = tileWidth ** level;
    // What the tile held of the tree of `from` leaves; kept as it is.
    const kept = Math.max(0, Math.min(width, Math.floor(from / span) - index * tileWidth));
    const old = kept === 0 ? Buffer.alloc(0) : await readTile(on, tenant, { level, index, width: kept });
    const fresh = Array.from({ length: width - kept }, (_, i): Hash => {
      const at = index * tileWidth + kept + i;
      const below = { level: level - 1, index: at, width: tileWidth };
      const hash = level === 0 ? leaves[at - from] : rootOfTile(made.get(tilePath(below))?.data ?? Buffer.alloc(0));
      if (hash === undefined) throw altered(tenant);
      return hash;
    });
    made.set(tilePath({ level, index, width }), { level, index, data: Buffer.concat([old, ...fresh]) });
  }
  return made;
}

/** @throws LogAltered when one is missing: indexes are gapless */
async function leavesFrom(on: Queryable, tenant: string, from: number, to: number): Promise<readonly Hash[]> {
  const { rows } = await on.query<{ index: string; hash: Buffer }>(
    "SELECT index, hash FROM access_leaf WHERE tenant = $1 AND index >= $2 AND index < $3 ORDER BY index",
    [tenant, from, to],
  );
  if (rows.length !== to - from) throw altered(tenant);
  return rows.map(({ hash }) => hash);
}

/** The beginning of a tile, as long as asked. @throws LogAltered when it is shorter */
export async function readTile(on: Queryable, tenant: string, tile: TileId): Promise<Buffer> {
  const data = await storedTile(on, tenant, tile);
  if (data === null) throw altered(tenant);
  return data;
}

async function storeTiles(on: Queryable, tenant: string, made: ReadonlyMap<string, MadeTile>): Promise<void> {
  const tiles = [...made.values()];
  await on.query(
    `INSERT INTO log_tile AS t (tenant, level, index, data)
     SELECT $1, * FROM unnest($2::smallint[], $3::bigint[], $4::bytea[])
     ON CONFLICT (tenant, level, index) DO UPDATE SET data = excluded.data`,
    [tenant, tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ data }) => data)],
  );
}
