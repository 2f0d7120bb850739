// Tiles (C2SP tlog-tiles): the tree's hashes in pieces of 256, each of which never changes once it is full. Level L of the
// tiles holds the hashes of complete subtrees of 256^L leaves.
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

/** Reads the nodes of a tree of this size from its tiles; each tile is asked for once. */
export function nodesOfTiles(read: TileReader, size: number): NodeReader {
  const kept = new Map<string, Promise<Buffer>>();
  const tile = (id: TileId): Promise<Buffer> => {
    const path = tilePath(id);
    const known = kept.get(path) ?? Promise.resolve(read(id));
    kept.set(path, known);
    return known;
  };
  return async (level, index) => {
    const tileLevel = Math.floor(level / tileHeight);
    const span = 2 ** (level % tileHeight);
    const first = index * span;
    const tileIndex = Math.floor(first / tileWidth);
    const all = Math.floor(size / tileWidth ** tileLevel);
    const width = Math.min(tileWidth, all - tileIndex * tileWidth);
    const data = await tile({ level: tileLevel, index: tileIndex, width });
    return subtreeHash(data, first % tileWidth, span);
  };
}

/** Over `span` (a power of two) hashes of a tile. @throws RangeError for a tile that is too short */
function subtreeHash(tile: Buffer, from: number, span: number): Hash {
  if (tile.length < (from + span) * hashBytes) throw new RangeError("a tile is shorter than its tree says");
  let hashes = Array.from({ length: span }, (_, i) =>
    tile.subarray((from + i) * hashBytes, (from + i + 1) * hashBytes),
  );
  while (hashes.length > 1)
    hashes = Array.from({ length: hashes.length / 2 }, (_, i) =>
      nodeHash(hashes[2 * i] ?? Buffer.alloc(0), hashes[2 * i + 1] ?? Buffer.alloc(0)),
    );
  return Buffer.from(hashes[0] ?? Buffer.alloc(0));
}

/** The hash that a full tile has one level up. */
export const rootOfTile = (tile: Buffer): Hash => subtreeHash(tile, 0, tileWidth);
