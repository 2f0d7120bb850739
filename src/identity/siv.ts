// AES-SIV (RFC 5297, AES-256 halves) over whole blocks, for many values at once.
// A page of 1,000 rows has 1,000 ids. The library (@noble/ciphers) seals them one by one, about 20 ms; here each
// step of all values goes through one AES call, in one buffer. The library stays the tests' oracle.
import { createCipheriv } from "node:crypto";
import { BLOCK, type Plaintexts } from "./plaintexts.js";
import { BatchedSealer, type Aes, type Sealer } from "./sealer.js";

export interface Siv {
  /** The same key with this associated data: what is sealed under one is not opened under another. */
  under(associated: string): Sealer;
  /** Seals each plaintext (a multiple of 16 bytes, not empty): 16 bytes longer, deterministic. */
  sealAll(plaintexts: readonly Uint8Array[], associated: Uint8Array): Buffer[];
  /** The plaintext, or null for whatever was not sealed here with the same associated data. */
  open(sealed: Uint8Array, associated: Uint8Array): Buffer | null;
}

/** Lists and orders are the town's and few; applications choose among them (law 13). */
const MOST_SEALERS = 500;

function aesEcb(key: Uint8Array): Aes {
  // ECB has no state between blocks, so one cipher object serves every call.
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
}

/** Doubling in GF(2^128), RFC 5297 section 2.3. */
function double(block: Uint8Array): Buffer {
  const out = Buffer.alloc(BLOCK);
  let carry = 0;
  for (let i = BLOCK - 1; i >= 0; i--) {
    const byte = block[i] ?? 0;
    out[i] = ((byte << 1) | carry) & 0xff;
    carry = byte >>> 7;
  }
  if (carry === 1) out[BLOCK - 1] = (out[BLOCK - 1] ?? 0) ^ 0x87;
  return out;
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  const out = Buffer.alloc(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = (one[i] ?? 0) ^ (other[i] ?? 0);
  return out;
}

/** CMAC of one message of any length (RFC 4493). */
function cmac(aes: Aes, full: Uint8Array, message: Uint8Array): Buffer {
  const blocks = Math.max(1, Math.ceil(message.length / BLOCK));
  const padded = Buffer.alloc(blocks * BLOCK);
  padded.set(message);
  const last = (blocks - 1) * BLOCK;
  const whole = message.length > 0 && message.length % BLOCK === 0;
  if (!whole) padded[message.length] = 0x80;
  padded.set(xor(padded.subarray(last), whole ? full : double(full)), last);
  let state: Buffer = Buffer.alloc(BLOCK);
  for (let at = 0; at < padded.length; at += BLOCK) state = aes(xor(state, padded.subarray(at)));
  return state;
}

/** @param key 64 bytes: the first half for the synthetic IV, the second for the text */
export function createSiv(key: Uint8Array): Siv {
  if (key.length !== 64) throw new Error("AES-SIV needs a key of 64 bytes");
  return new BatchedSiv(aesEcb(key.subarray(0, 32)), aesEcb(key.subarray(32)));
}

class BatchedSiv implements Siv {
  readonly #full: Buffer;
  readonly #zeroMac: Buffer;
  readonly #sealers = new Map<string, Sealer>();

  constructor(
    private readonly mac: Aes,
    private readonly ctr: Aes,
  ) {
    this.#full = double(mac(Buffer.alloc(BLOCK)));
    this.#zeroMac = cmac(mac, this.#full, Buffer.alloc(BLOCK));
  }

  under(associated: string): Sealer {
    const known = this.#sealers.get(associated);
    if (known !== undefined) return known;
    if (this.#sealers.size >= MOST_SEALERS) this.#sealers.clear();
    const made = this.#sealer(Buffer.from(associated, "utf8"));
    this.#sealers.set(associated, made);
    return made;
  }

  sealAll(plaintexts: readonly Uint8Array[], associated: Uint8Array): Buffer[] {
    const write = (into: Plaintexts): void => plaintexts.forEach((text) => into.addBlocks(text));
    const sealed = this.#sealer(associated).seal(new Uint8Array(0), write);
    return sealed.strings().map((text) => Buffer.from(text, "base64url"));
  }

  open(sealed: Uint8Array, associated: Uint8Array): Buffer | null {
    return this.#sealer(associated).open(sealed);
  }

  /** With the state D of S2V after the associated data, equal for all values. */
  #sealer(associated: Uint8Array): Sealer {
    const d = xor(double(this.#zeroMac), cmac(this.mac, this.#full, associated));
    return new BatchedSealer(this.mac, this.ctr, xor(d, this.#full));
  }
}
