// Texts that must pass through hands that shall not read or change them: a browser, a database.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** AES-256-GCM under a key derived from `secret` for one use (HKDF-SHA-256): nonce (12 bytes), tag (16), text. */
export function sealText(secret: Uint8Array, use: string, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyFor(secret, use), nonce).setAAD(Buffer.from(use, "utf8"));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Null for whatever was not sealed so. */
export function openText(secret: Uint8Array, use: string, sealed: Uint8Array): string | null {
  if (sealed.length < 28) return null;
  const decipher = createDecipheriv("aes-256-gcm", keyFor(secret, use), sealed.subarray(0, 12))
    .setAAD(Buffer.from(use, "utf8"))
    .setAuthTag(sealed.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

const keyFor = (secret: Uint8Array, use: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "passerelle citizen", use, 32));
