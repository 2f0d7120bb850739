// The keys that sign people's receipts: Ed25519 (RFC 8032), in the key file; their public part is for everybody.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { TenantName } from "../terms/index.js";
import type { KeyFile } from "./key-file.js";

/** A JWK (RFC 7517, RFC 8037). `created` is ours: a reader that does not know it passes over it. */
export interface PublicReceiptKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  /** `rivemont-receipts-1` */
  readonly kid: string;
  readonly use: "sig";
  readonly alg: "EdDSA";
  /** `YYYY-MM-DD` */
  readonly created: string;
}

export interface ReceiptKey {
  readonly number: number;
  /** What a receipt names it by: `rivemont-receipts-1`. */
  readonly name: string;
  readonly created: string;
  readonly privateKey: KeyObject;
  readonly publicKey: PublicReceiptKey;
  /** RFC 7638, SHA-256, base64url: what two people compare when they ask whether they mean one key. */
  readonly thumbprint: string;
}

/** RFC 8410 section 7: what stands before the 32 bytes in PKCS #8. */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

/** The newest first: it signs. Older ones are kept as long as receipts are shown that they signed. */
export function receiptKeys(secrets: Pick<KeyFile, "signing">, tenant: TenantName): readonly ReceiptKey[] {
  return secrets
    .signing(tenant, "receipts")
    .toReversed()
    .map(({ number, secret, created }) => {
      const der = Buffer.concat([pkcs8Head, secret]);
      const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      const { x } = createPublicKey(privateKey).export({ format: "jwk" });
      if (x === undefined) throw new Error("an Ed25519 key has no public part");
      const name = `${tenant}-receipts-${number}`;
      const members = { crv: "Ed25519", kty: "OKP", x } as const;
      const thumbprint = createHash("sha256").update(JSON.stringify(members)).digest("base64url");
      const publicKey = { ...members, kid: name, use: "sig", alg: "EdDSA", created } as const;
      return { number, name, created, privateKey, publicKey, thumbprint };
    });
}

/** What is published: a JWK Set (RFC 7517 section 5), the newest key first. No private part is in it. */
export const receiptJwks = (keys: readonly ReceiptKey[]): { readonly keys: readonly PublicReceiptKey[] } => ({
  keys: keys.map(({ publicKey }) => publicKey),
});
