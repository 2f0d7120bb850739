// The form of a key: `psk_live_<public id>_<secret><checksum>`, all in base62. The prefix lets scanners of published
// code find a leaked one, the checksum shows a slip of the hand without asking the database.
import { hash, randomInt, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import type { KeyId } from "../terms/index.js";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const publicLength = 12;
/** 43 × log2(62) = 256.03 bits. */
const secretLength = 43;
const checksumLength = 6;
/** Longer text is not looked at. */
const maxLength = 200;
const form = new RegExp(`^psk_live_([0-9A-Za-z]{${publicLength}})_[0-9A-Za-z]{${secretLength + checksumLength}}$`);

export interface NewKey {
  /** The whole key, to be shown once. */
  readonly key: string;
  readonly publicId: KeyId;
  readonly hash: Buffer;
}

export function makeKey(): NewKey {
  const publicId = randomText(publicLength) as KeyId;
  const body = `psk_live_${publicId}_${randomText(secretLength)}`;
  const key = body + checksum(body);
  return { key, publicId, hash: hashKey(key) };
}

const randomText = (length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");

/** CRC-32 of all before it. It guards against slips, not against forgers: the hash does that. */
function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let place = 0; place < checksumLength; place += 1) {
    text = alphabet.charAt(rest % alphabet.length) + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}

/** The public part of what has a key's form, else null. `psk_test_` is reserved for a sandbox and no key until then. */
export function publicIdOf(key: string): KeyId | null {
  if (key.length > maxLength) return null;
  const match = form.exec(key);
  if (match === null) return null;
  const body = key.slice(0, -checksumLength);
  return key.slice(-checksumLength) === checksum(body) ? (match[1] as KeyId) : null;
}

/** A key is 256 random bits, so one round of SHA-256 is enough: there is no dictionary to try. */
export const hashKey = (key: string): Buffer => hash("sha256", key.slice(0, maxLength), "buffer");

/** In a time that tells nothing of where the two differ. */
export const sameHash = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
