// RFC 6962's tree against its own recursive definition, and its proofs against every way to bend them. The verifying
// functions were also run over the published vectors of transparency-dev/merkle (196, all equal but for one, which takes
// roots of 12 bytes: ours refuses what is not 32), and over the log that transparency-dev/tessera publishes for tests: its
// 16 checkpoints, their proofs from tiles, and the inclusion of each of its 15 entries.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  nodeHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type Hash,
  type NodeReader,
} from "../../../src/accesslog/merkle/tree.js";
import { leafHash } from "../../../src/accesslog/entry-format.js";

const leaf = (i: number): Hash => leafHash(`entry ${i}`);
const leaves = Array.from({ length: 300 }, (_, i) => leaf(i));

/** RFC 6962 section 2.1, word for word. */
function naiveRoot(list: readonly Hash[]): Hash {
  const [only] = list;
  if (only === undefined) return createHash("sha256").update("").digest();
  if (list.length === 1) return only;
  let split = 1;
  while (split * 2 < list.length) split *= 2;
  return nodeHash(naiveRoot(list.slice(0, split)), naiveRoot(list.slice(split)));
}

const read: NodeReader = (level, index) =>
  Promise.resolve(naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));

const sizes = fc.integer({ min: 0, max: leaves.length });
const pair = fc.tuple(sizes, sizes).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const place = fc
  .integer({ min: 1, max: leaves.length })
  .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })));

const flipped = (hash: Hash): Hash => {
  const other = Buffer.from(hash);
  other[5] = (other[5] ?? 0) ^ 1;
  return other;
};

describe("the tree", () => {
  it("has RFC 6962's constants", () => {
    expect(emptyRoot.toString("hex")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(leafHash("").toString("hex")).toMatch(/^6e340b9c/);
    expect(leafHash("L123456").toString("hex")).toMatch(/^395aa064/);
  });

  it("is RFC 6962's recursion", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        expect(await rootOf(read, size)).toEqual(naiveRoot(leaves.slice(0, size)));
      }),
    );
  });

  it("proves each of its entries, and nothing else by the same proof", async () => {
    await fc.assert(
      fc.asyncProperty(place, fc.nat(), async ([size, index], at) => {
        const given = {
          leaf: leaf(index),
          index,
          size,
          proof: await inclusionProof(read, index, size),
          root: await rootOf(read, size),
        };
        expect(verifyInclusion(given)).toBe(true);
        expect(verifyInclusion({ ...given, leaf: flipped(given.leaf) })).toBe(false);
        expect(verifyInclusion({ ...given, root: flipped(given.root) })).toBe(false);
        expect(verifyInclusion({ ...given, proof: [...given.proof, emptyRoot] })).toBe(false);
        if (size > 1) {
          expect(verifyInclusion({ ...given, proof: given.proof.slice(1) })).toBe(false);
          expect(verifyInclusion({ ...given, proof: given.proof.with(at % given.proof.length, emptyRoot) })).toBe(
            false,
          );
          expect(verifyInclusion({ ...given, index: (index + 1) % size })).toBe(false);
        }
        expect(verifyInclusion({ ...given, index: size })).toBe(false);
        expect(verifyInclusion({ ...given, index: -1 })).toBe(false);
        expect(verifyInclusion({ ...given, size: 1.5 })).toBe(false);
      }),
    );
  });

  it("proves that it holds every smaller one unchanged", async () => {
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(), async ([older, newer], at) => {
        const proof = await consistencyProof(read, older, newer);
        const given = {
          older,
          newer,
          olderRoot: await rootOf(read, older),
          newerRoot: await rootOf(read, newer),
          proof,
        };
        expect(verifyConsistency(given)).toBe(true);
        expect(verifyConsistency({ ...given, proof: [...proof, emptyRoot] })).toBe(false);
        expect(verifyConsistency({ ...given, olderRoot: flipped(given.olderRoot) })).toBe(false);
        if (older > 0) expect(verifyConsistency({ ...given, newerRoot: flipped(given.newerRoot) })).toBe(false);
        if (proof.length > 0) {
          expect(verifyConsistency({ ...given, proof: proof.slice(1) })).toBe(false);
          expect(verifyConsistency({ ...given, proof: proof.with(at % proof.length, emptyRoot) })).toBe(false);
        }
        if (older < newer) expect(verifyConsistency({ ...given, older: newer, newer: older })).toBe(false);
      }),
    );
  });

  it("does not prove a tree in which one entry was changed", async () => {
    await fc.assert(
      fc.asyncProperty(place, fc.nat({ max: 50 }), async ([older, changed], more) => {
        const newer = Math.min(leaves.length, older + more);
        const rewritten = leaves.with(changed, leaf(-1));
        const other: NodeReader = (level, index) =>
          Promise.resolve(naiveRoot(rewritten.slice(index * 2 ** level, (index + 1) * 2 ** level)));
        const proof = await consistencyProof(other, older, newer);
        const [olderRoot, newerRoot] = [await rootOf(read, older), await rootOf(other, newer)];
        expect(verifyConsistency({ older, newer, olderRoot, newerRoot, proof })).toBe(false);
      }),
    );
  });

  /** As the published vectors bend theirs. */
  const bentProofs = (proof: readonly Hash[], roots: readonly Hash[], at: number): Hash[][] => [
    ...[Buffer.alloc(0), Buffer.from("garbage"), emptyRoot, ...roots].flatMap((hash) => [
      [hash, ...proof],
      [...proof, hash],
    ]),
    ...(proof.length === 0
      ? []
      : [
          [],
          proof.slice(0, -1),
          proof.slice(1),
          proof.with(at % proof.length, flipped(proof[at % proof.length] ?? emptyRoot)),
          [proof[0] ?? emptyRoot, ...proof],
        ]),
  ];

  it("proves nothing by a proof with garbage, a root or itself before or behind it, cut, or with one bit changed", async () => {
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(), async ([older, newer], at) => {
        const [olderRoot, newerRoot] = [await rootOf(read, older), await rootOf(read, newer)];
        const proof = await consistencyProof(read, older, newer);
        for (const bent of bentProofs(proof, [olderRoot, newerRoot], at))
          expect(verifyConsistency({ older, newer, olderRoot, newerRoot, proof: bent })).toBe(false);
        if (!olderRoot.equals(newerRoot))
          expect(verifyConsistency({ older, newer, olderRoot: newerRoot, newerRoot: olderRoot, proof })).toBe(false);
      }),
      { numRuns: 40 },
    );
    await fc.assert(
      fc.asyncProperty(place, fc.nat(), async ([size, index], at) => {
        const [root, proof] = [await rootOf(read, size), await inclusionProof(read, index, size)];
        for (const bent of bentProofs(proof, [root], at))
          expect(verifyInclusion({ leaf: leaf(index), index, size, root, proof: bent })).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it("refuses to prove what it does not hold", async () => {
    await expect(inclusionProof(read, 5, 5)).rejects.toThrow(RangeError);
    await expect(consistencyProof(read, 6, 5)).rejects.toThrow(RangeError);
  });

  it("counts beyond 32 bits", () => {
    const size = 2 ** 40;
    expect(verifyConsistency({ older: size, newer: size, olderRoot: emptyRoot, newerRoot: emptyRoot, proof: [] })).toBe(
      true,
    );
    expect(verifyInclusion({ leaf: leaf(0), index: 2 ** 32, size, proof: [], root: leaf(0) })).toBe(false);
  });
});
