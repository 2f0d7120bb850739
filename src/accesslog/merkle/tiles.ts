// Tiles (C2SP tlog-tiles): the tree's hashes in pieces of 256, each of which never changes once it is full. Level L of the
// tiles holds the hashes of complete subtrees of 256^L leaves.
import { LRUCache } from "lru-cache";
import { nodeHash, type Hash, type NodeReader } from "./tree.js";

export const tileWidth = 256;
const tileHeight = 8;
const hashBytes = 32;

export interface TileId {
  /** 0 to 5. */
  readonly level: number;
  readonly index: number;
  /** Hashes in it: 256, or fewer at the tree's right edge. */
  readonly width: number;
}

/** `0/x001/x234/067`, at the right edge with `.p/WIDTH`: the path below `tile/`. */
export function tilePath({ level, index, width }: TileId): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0");
  const groups = digits.match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join("/");
  return `${level}/${path}${width === tileWidth ? "" : `.p/${width}`}`;
}

/** Null for what is no tile's path. */
export function readTilePath(path: string): TileId | null {
  const [, level = "", groups = "", width = "256"] =
    /^([0-5])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  if (groups === "") return null;
  const id = { level: Number(level), index: Number(groups.replace(/[x/]/g, "")), width: Number(width) };
  return Number.isSafeInteger(id.index) && tilePath(id) === path ? id : null;
}

/** Every tile of a tree of this size that a tree of the size before did not have as it is now; lowest level first. */
export function tilesBetween(before: number, size: number): TileId[] {
  const tiles: TileId[] = [];
  let [from, to] = [before, size];
  for (let level = 0; to > 0; level++) {
    if (from !== to)
      for (let index = Math.floor(from / tileWidth); index * tileWidth < to; index++)
        tiles.push({ level, index, width: Math.min(tileWidth, to - index * tileWidth) });
    [from, to] = [Math.floor(from / tileWidth), Math.floor(to / tileWidth)];
  }
  return tiles;
}

export type TileReader = (tile: TileId) => Promise<Buffer> | Buffer;

/** Tiles that are held at once, with the hashes above them: some 4 MiB, however long the log is. */
const tilesKept = 256;

/** Reads the nodes of a tree of this size from its tiles; a tile is asked for once, and again only when it was let go. */
export function nodesOfTiles(read: TileReader, size: number): NodeReader {
  const kept = new LRUCache<string, Promise<readonly Buffer[]>>({ max: tilesKept });
  const folded = (id: TileId): Promise<readonly Buffer[]> => {
    const path = tilePath(id);
    const known = kept.get(path) ?? Promise.resolve(read(id)).then(fold);
    kept.set(path, known);
    return known;
  };
  return async (level, index) => {
    const tileLevel = Math.floor(level / tileHeight);
    const above = level % tileHeight;
    const perTile = tileWidth / 2 ** above;
    const tileIndex = Math.floor(index / perTile);
    const all = Math.floor(size / tileWidth ** tileLevel);
    const width = Math.min(tileWidth, all - tileIndex * tileWidth);
    const levels = await folded({ level: tileLevel, index: tileIndex, width });
    return hashAt(levels[above], index % perTile);
  };
}

/** A tile's hashes, and over each two of them the hash of both, up to the one over a full tile. */
function fold(tile: Buffer): readonly Buffer[] {
  const levels = [tile];
  for (let hashes = tile; hashes.length >= 2 * hashBytes; levels.push(hashes)) {
    const pairs = Math.floor(hashes.length / (2 * hashBytes));
    const below = hashes;
    hashes = Buffer.concat(
      Array.from({ length: pairs }, (_, i) => nodeHash(hashAt(below, 2 * i), hashAt(below, 2 * i + 1))),
    );
  }
  return levels;
}

/** @throws RangeError for a tile that is too short */
function hashAt(hashes: Buffer | undefined, index: number): Hash {
  const hash = hashes?.subarray(index * hashBytes, (index + 1) * hashBytes);
  if (hash?.length !== hashBytes) throw new RangeError("a tile is shorter than its tree says");
  return hash;
}

/** The hash that a full tile has one level up. */
export const rootOfTile = (tile: Buffer): Hash => hashAt(fold(tile)[tileHeight], 0);
