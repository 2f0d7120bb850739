// Proofs of many entries in one tree, newest first: each gives only the hashes that the ones before have not given. What is
// kept between two of them is one hash for each level.
import { nodeHash, verifyInclusion, type Hash } from "../merkle/tree.js";

export type PathVerdict =
  | "proved"
  | /** The hashes do not lead to the root. */ "not-in-tree"
  | /** It leans on one that was not proved. */ "leaning";

/** The level of the smallest complete subtree in whose right half `index` lies and in whose left half `lower` does. */
export function levelBetween(index: number, lower: number): number {
  let level = 0;
  let [a, b] = [half(index), half(lower)];
  while (a !== b) {
    level += 1;
    [a, b] = [half(a), half(b)];
  }
  return level;
}

/** Hashes of a whole proof (RFC 6962 section 2.1.1), and up to which level they are each level's sibling. */
function wholeLength(index: number, size: number): { readonly inner: number; readonly length: number } {
  let [inner, a, b] = [0, index, size - 1];
  for (; a !== b; inner++) [a, b] = [half(a), half(b)];
  let length = inner;
  for (let rest = a; rest > 0; rest = half(rest)) length += rest % 2;
  return { inner, length };
}

export class SharedPath {
  /** By level: the complete subtree to the left of the path to the last proved entry, where one begins there. */
  readonly #left = new Map<number, Hash>();
  #last: number | null = null;
  #broken = false;

  constructor(
    readonly size: number,
    readonly root: Hash,
  ) {}

  /** @param index lower than the one before */
  check(index: number, leaf: Hash, proof: readonly Hash[]): PathVerdict {
    const proved = index < this.size && (this.#whole(index, leaf, proof) || this.#shared(index, leaf, proof));
    if (!proved) {
      const leans = this.#broken && proof.length !== wholeLength(index, this.size).length;
      this.#broken = true;
      return leans ? "leaning" : "not-in-tree";
    }
    this.#broken = false;
    this.#last = index;
    return "proved";
  }

  #whole(index: number, leaf: Hash, proof: readonly Hash[]): boolean {
    const { size, root } = this;
    const { inner, length } = wholeLength(index, size);
    if (proof.length !== length || !verifyInclusion({ leaf, index, size, proof, root })) return false;
    this.#left.clear();
    let at = inner;
    for (let level = 0, rest = index; rest > 0; level++, rest = half(rest)) {
      const hash = rest % 2 === 0 ? undefined : level < inner ? proof[level] : proof[at++];
      if (hash !== undefined) this.#left.set(level, hash);
    }
    return true;
  }

  #shared(index: number, leaf: Hash, proof: readonly Hash[]): boolean {
    if (this.#last === null || index >= this.#last) return false;
    const level = levelBetween(this.#last, index);
    const known = this.#left.get(level);
    if (known === undefined || proof.length !== level) return false;
    let [hash, rest] = [leaf, index];
    for (const sibling of proof) {
      hash = rest % 2 === 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
      rest = half(rest);
    }
    if (!hash.equals(known)) return false;
    this.#left.delete(level);
    proof.forEach((sibling, at) => {
      if (half(index, at) % 2 === 1) this.#left.set(at, sibling);
      else this.#left.delete(at);
    });
    return true;
  }
}

// Not by shifts: those cut numbers to 32 bits.
const half = (n: number, times = 1): number => Math.floor(n / 2 ** times);
