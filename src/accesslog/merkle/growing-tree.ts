import { emptyRoot, nodeHash, type Hash } from "./tree.js";

/** A tree that leaves are added to one by one; it keeps one hash for each level. */
export class GrowingTree {
  /** By level: the complete subtree that waits for its right neighbour. */
  readonly #waiting: (Hash | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: Hash): void {
    this.#size += 1;
    let hash = leaf;
    for (let level = 0; ; level++) {
      const left = this.#waiting[level];
      if (left === undefined) {
        this.#waiting[level] = hash;
        return;
      }
      this.#waiting[level] = undefined;
      hash = nodeHash(left, hash);
    }
  }

  root(): Hash {
    let root: Hash | undefined;
    for (const left of this.#waiting) if (left !== undefined) root = root === undefined ? left : nodeHash(left, root);
    return root ?? emptyRoot;
  }
}
