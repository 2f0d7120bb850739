import { randomFillSync } from "node:crypto";
import { saltBytes } from "./entry-format.js";

/** Asking the system for 32 bytes costs as much as for thousands. */
const pool = Buffer.alloc(256 * saltBytes);
let used = pool.length;

/**
 * Hands 32 random bytes to `work`, once, and keeps no copy: who erases the personal part of an entry must leave none of its
 * salt anywhere.
 */
export function withSalt<T>(work: (salt: Buffer) => T): T {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = pool.subarray(used, (used += saltBytes));
  try {
    return work(salt);
  } finally {
    salt.fill(0);
  }
}
