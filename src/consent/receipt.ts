// A receipt: the record of one decision, signed by the town (JWS, RFC 7515; Ed25519, RFC 8037). Whoever has the town's
// public key can check it, for as long as the paper lasts, without asking anybody.
import { createHash, type KeyObject } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader, errors, importJWK, type JWK } from "jose";
import { controller, type RecordSource } from "./record.js";
import { receiptForm, receiptProfile, recordContext, type DecisionRecord, type Receipt } from "./record-form.js";

/** What stands in the header, so that no other signed text of the town can be taken for a receipt. */
export const receiptType = "consent-receipt+jws";

/** A receipt has some 3 kB; nothing larger is looked at (law 13). */
const maxReceipt = 500_000;

export interface SigningKey {
  /** `kid`: `rivemont-receipts-1` */
  readonly name: string;
  readonly privateKey: KeyObject;
}

/**
 * @param at when it is made out. The receipt's id follows from the record's and the moment: no table holds it, for the
 * signature is what proves it.
 * @returns a compact JWS: one line of ASCII
 */
export async function signReceipt(
  record: DecisionRecord,
  tenant: RecordSource["tenant"],
  key: SigningKey,
  at: Date,
): Promise<string> {
  const id = uuidOf(`${record["dpv:hasIdentifier"]} ${at.toISOString()}`);
  const receipt = receiptForm.parse({
    "@context": recordContext,
    "@id": `urn:uuid:${id}`,
    "@type": "dpv:ConsentReceipt",
    "dct:conformsTo": receiptProfile,
    "dpv:hasIdentifier": id,
    "dct:created": at.toISOString(),
    "dpv:hasDataController": controller(tenant),
    "dpv:hasRecordOfActivity": [record],
  });
  return new CompactSign(new TextEncoder().encode(JSON.stringify(receipt)))
    .setProtectedHeader({ alg: "EdDSA", kid: key.name, typ: receiptType, cty: "application/ld+json" })
    .sign(key.privateKey);
}

/** A UUID of version 8 (RFC 9562): of our own making, the same for the same text. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text, "utf8").digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export type CheckedReceipt =
  | {
      readonly good: true;
      readonly receipt: Receipt;
      /** The key that signed it, as it stands in the set. */
      readonly key: JWK;
      /** Another key of the set has a later place: since then the town signs with that one. */
      readonly older: boolean;
    }
  | {
      readonly good: false;
      /** unknown-key: nothing is known about it; tampered: the key is known, and did not sign this text. */
      readonly why: "not-a-receipt" | "unknown-key" | "tampered";
      /** The key that it names; null where it names none. */
      readonly named: string | null;
    };

/**
 * @param text as downloaded; white space around it does not matter
 * @param keys a JWK Set, the newest key first
 */
export async function checkReceipt(text: string, keys: readonly JWK[]): Promise<CheckedReceipt> {
  const jws = text.trim();
  const named = jws.length > maxReceipt ? undefined : keyNamed(jws);
  if (named === undefined) return { good: false, why: "not-a-receipt", named: null };
  const known = keys.filter((key) => key.kid === named && key.kty === "OKP" && key.crv === "Ed25519");
  if (known.length === 0) return { good: false, why: "unknown-key", named };
  // Two towns may call their keys alike: any of them may be the one.
  for (const key of known) {
    const receipt = await signedBy(key, jws);
    if (receipt === null) continue;
    if (receipt === "other") return { good: false, why: "not-a-receipt", named };
    return { good: true, receipt, key, older: keys.indexOf(key) > 0 };
  }
  return { good: false, why: "tampered", named };
}

/** Undefined for whatever is no compact JWS of ours. */
function keyNamed(jws: string): string | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(jws)) return undefined;
  try {
    const { alg, kid, typ } = decodeProtectedHeader(jws);
    return alg === "EdDSA" && typ === receiptType ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** Null: it did not sign this. "other": it did, and this is no receipt. */
async function signedBy(key: JWK, jws: string): Promise<Receipt | "other" | null> {
  try {
    // The public part alone, whatever the set holds.
    const { kty, crv, x } = key;
    if (kty === undefined || crv === undefined || x === undefined) return null;
    const imported = await importJWK({ kty, crv, x }, "EdDSA");
    const { payload } = await compactVerify(jws, imported, { algorithms: ["EdDSA"] });
    const form = receiptForm.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    return form.success ? form.data : "other";
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) return null;
    if (error instanceof SyntaxError) return "other";
    throw error;
  }
}
