// The Merkle tree of RFC 6962 section 2.1 (kept by RFC 9162): its hashes, and what proves that an entry is in it and that
// a later tree holds an earlier one unchanged. Pure; sizes and indexes are whole numbers below 2^53.
import { createHash } from "node:crypto";

/** 32 bytes. */
export type Hash = Buffer;

/** SHA-256 of nothing: the root of the tree without entries. */
export const emptyRoot: Hash = createHash("sha256").digest();

/** SHA-256(0x01 || left || right). A leaf's begins with 0x00, so that neither can stand for the other. */
export const nodeHash = (left: Hash, right: Hash): Hash =>
  createHash("sha256").update(Buffer.of(1)).update(left).update(right).digest();

/**
 * The hash of a complete subtree: the 2^level leaves from index × 2^level on. Asked only for subtrees that are whole
 * in the tree of the size at hand.
 */
export type NodeReader = (level: number, index: number) => Promise<Hash>;

/** One complete subtree. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** The largest power of two below n, for n of 2 or more. */
function splitOf(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

const levelOf = (size: number): number => Math.round(Math.log2(size));

/** The complete subtrees that make up the leaves [from, to), from left to right; `from` divides by each one's size. */
function subtreesOf(from: number, to: number): NodeId[] {
  const nodes: NodeId[] = [];
  let at = from;
  while (at < to) {
    let size = 1;
    while (at % (size * 2) === 0 && at + size * 2 <= to) size *= 2;
    nodes.push({ level: levelOf(size), index: at / size });
    at += size;
  }
  return nodes;
}

/** The hash over the leaves [from, to), where this is a subtree of RFC 6962's recursion. */
async function rangeHash(read: NodeReader, from: number, to: number): Promise<Hash> {
  const hashes = await Promise.all(subtreesOf(from, to).map(({ level, index }) => read(level, index)));
  // From the right: the smaller subtrees join first, as the recursion does.
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The root of the first `size` leaves. */
export const rootOf = async (read: NodeReader, size: number): Promise<Hash> =>
  size === 0 ? emptyRoot : rangeHash(read, 0, size);

/** RFC 6962 section 2.1.1: what leads from the leaf to the root, lowest first. */
export async function inclusionProof(read: NodeReader, index: number, size: number): Promise<Hash[]> {
  if (!(index >= 0 && index < size)) throw new RangeError("no such leaf in a tree of this size");
  const proof: Promise<Hash>[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const split = from + splitOf(to - from);
    if (index < split) {
      proof.unshift(rangeHash(read, split, to));
      to = split;
    } else {
      proof.unshift(rangeHash(read, from, split));
      from = split;
    }
  }
  return Promise.all(proof);
}

/** RFC 6962 section 2.1.2: what shows that the first `older` leaves of the tree of `newer` are the older tree. */
export async function consistencyProof(read: NodeReader, older: number, newer: number): Promise<Hash[]> {
  if (!(older >= 0 && older <= newer)) throw new RangeError("the older tree is the smaller one");
  if (older === 0 || older === newer) return [];
  const proof: Promise<Hash>[] = [];
  let [from, to, whole] = [0, newer, true];
  while (older !== to) {
    const split = from + splitOf(to - from);
    if (older <= split) {
      proof.unshift(rangeHash(read, split, to));
      to = split;
    } else {
      proof.unshift(rangeHash(read, from, split));
      from = split;
      whole = false;
    }
  }
  // Where the older tree is a subtree from the first leaf on, the verifier has its root already.
  if (!whole) proof.unshift(rangeHash(read, from, to));
  return Promise.all(proof);
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(given: {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Hash[];
  readonly root: Hash;
}): boolean {
  const { index, size, proof, root } = given;
  if (!isSize(index) || !isSize(size) || index >= size || !allHashes([given.leaf, root, ...proof])) return false;
  let [node, last, hash] = [index, size - 1, given.leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      if (node % 2 === 0)
        do {
          [node, last] = [half(node), half(last)];
        } while (node % 2 === 0 && node !== 0);
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash.equals(root);
}

/**
 * RFC 9162 section 2.1.4.2. From the empty tree every tree follows, with an empty proof: so the C2SP witness protocol
 * has it (`old 0`).
 */
export function verifyConsistency(given: {
  readonly older: number;
  readonly newer: number;
  readonly olderRoot: Hash;
  readonly newerRoot: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { older, newer, olderRoot, newerRoot, proof } = given;
  if (!isSize(older) || !isSize(newer) || older > newer || !allHashes([olderRoot, newerRoot, ...proof])) return false;
  if (older === newer) return proof.length === 0 && olderRoot.equals(newerRoot);
  if (older === 0) return proof.length === 0 && olderRoot.equals(emptyRoot);
  const path = isPowerOfTwo(older) ? [olderRoot, ...proof] : [...proof];
  const [first, ...siblings] = path;
  if (first === undefined) return false;
  let [node, last] = [older - 1, newer - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [oldHash, newHash] = [first, first];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [oldHash, newHash] = [nodeHash(sibling, oldHash), nodeHash(sibling, newHash)];
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else newHash = nodeHash(newHash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && oldHash.equals(olderRoot) && newHash.equals(newerRoot);
}

// Not by shifts: those cut numbers to 32 bits.
const half = (n: number): number => Math.floor(n / 2);
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
const isPowerOfTwo = (n: number): boolean => 2 ** levelOf(n) === n;
const allHashes = (hashes: readonly Hash[]): boolean => hashes.every((hash) => hash.length === 32);
