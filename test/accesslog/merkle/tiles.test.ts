import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leafHash } from "../../../src/accesslog/entry-format.js";
import {
  nodesOfTiles,
  readTilePath,
  rootOfTile,
  tilePath,
  tilesBetween,
  type TileId,
} from "../../../src/accesslog/merkle/tiles.js";
import {
  consistencyProof,
  inclusionProof,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  nodeHash,
  type Hash,
} from "../../../src/accesslog/merkle/tree.js";

const count = 65_800;
const leaves = Array.from({ length: count }, (_, i) => leafHash(String(i)));

/** As a log that grows would make them: a tile of a level from the full ones below. */
class Kept {
  readonly tiles = new Map<string, Buffer>();
  grow(before: number, size: number): void {
    for (const id of tilesBetween(before, size)) this.tiles.set(tilePath(id), this.make(id));
  }
  make({ level, index, width }: TileId): Buffer {
    return Buffer.concat(
      Array.from({ length: width }, (_, i): Hash => {
        const at = index * 256 + i;
        if (level === 0) return leaves[at] ?? Buffer.alloc(0);
        return rootOfTile(this.tiles.get(tilePath({ level: level - 1, index: at, width: 256 })) ?? Buffer.alloc(0));
      }),
    );
  }
  reader = (id: TileId): Buffer => {
    const tile = this.tiles.get(tilePath(id));
    if (tile === undefined) throw new Error(`no tile ${tilePath(id)}`);
    return tile;
  };
}

describe("tiles", () => {
  it("have the paths of C2SP tlog-tiles", () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe("0/x001/x234/067");
    expect(tilePath({ level: 1, index: 0, width: 7 })).toBe("1/000.p/7");
    fc.assert(
      fc.property(fc.nat({ max: 5 }), fc.nat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(readTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
      }),
    );
    for (const bad of ["0/67", "6/067", "0/x01/067", "0/x000/067", "0/067.p/256", "0/067.p/0", "../0/067", "0/067/"])
      expect(readTilePath(bad), bad).toBeNull();
  });

  it("are enough for every root and every proof, however the log grew", async () => {
    const kept = new Kept();
    const grown = [0, 1, 255, 256, 257, 65_536, count];
    for (const [i, size] of grown.entries()) kept.grow(grown[i - 1] ?? 0, size);
    for (const size of grown.slice(1)) {
      const read = nodesOfTiles(kept.reader, size);
      const root = await rootOf(read, size);
      expect(root).toEqual(rebuilt(leaves.slice(0, size)));
      for (const index of [0, Math.floor(size / 2), size - 1]) {
        const proof = await inclusionProof(read, index, size);
        expect(verifyInclusion({ leaf: leaves[index] ?? root, index, size, proof, root })).toBe(true);
      }
      for (const older of grown.filter((each) => each < size)) {
        const olderRoot = await rootOf(nodesOfTiles(kept.reader, older), older);
        const proof = await consistencyProof(read, older, size);
        expect(verifyConsistency({ older, newer: size, olderRoot, newerRoot: root, proof })).toBe(true);
      }
    }
  });

  it("that are too short are refused", async () => {
    const kept = new Kept();
    kept.grow(0, 10);
    const short = nodesOfTiles((id) => kept.reader(id).subarray(32), 10);
    await expect(rootOf(short, 10)).rejects.toThrow(RangeError);
  });
});

function rebuilt(list: readonly Hash[]): Hash {
  const [only] = list;
  if (only !== undefined && list.length === 1) return only;
  let split = 1;
  while (split * 2 < list.length) split *= 2;
  return nodeHash(rebuilt(list.slice(0, split)), rebuilt(list.slice(split)));
}
