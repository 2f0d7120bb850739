import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { CompactSign, type JWK } from "jose";
import { expect, it } from "vitest";
import { decisionRecord } from "../../src/consent/record.js";
import { checkReceipt, receiptType, signReceipt } from "../../src/consent/receipt.js";
import { given, source } from "./decided.js";

interface Pair {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly jwk: JWK;
}

function pair(name: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { name, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid: name } };
}

const old = pair("rivemont-receipts-1");
const current = pair("rivemont-receipts-2");
const keys = [current.jwk, old.jwk];
const at = new Date("2026-11-20T08:31:00Z");
const record = decisionRecord(given, source, "2026-11-20");
const receipt = (by: Pair): Promise<string> => signReceipt(record, source.tenant, by, at);

const signed = (payload: unknown, header: Record<string, string>, by: Pair): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "EdDSA", kid: by.name, typ: receiptType, ...header })
    .sign(by.privateKey);

it("is checked with the town's public key alone, and gives back the record as it was signed", async () => {
  const text = await receipt(current);
  const checked = await checkReceipt(`\n ${text}\n`, keys);
  expect(checked).toMatchObject({ good: true, older: false, key: { kid: "rivemont-receipts-2" } });
  expect(checked.good && checked.receipt["dpv:hasRecordOfActivity"]).toEqual([record]);
});

it("that an older key signed is good, and said to be of an older key", async () => {
  expect(await checkReceipt(await receipt(old), keys)).toMatchObject({ good: true, older: true });
});

it("of a key that is not in the set is not called forged: nothing is known about it", async () => {
  expect(await checkReceipt(await receipt(pair("elsewhere-receipts-1")), keys)).toEqual({
    good: false,
    why: "unknown-key",
    named: "elsewhere-receipts-1",
  });
});

it("with one character changed anywhere in it is never good", async () => {
  const text = await receipt(current);
  const [header = "", payload = ""] = text.split(".");
  const places = [0, 7, header.length + 1, header.length + payload.length - 3, header.length + payload.length + 10];
  for (const place of places) {
    const other = text[place] === "A" ? "B" : "A";
    const altered = text.slice(0, place) + other + text.slice(place + 1);
    expect((await checkReceipt(altered, keys)).good, `character ${String(place)}`).toBe(false);
  }
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...claims, "dct:created": "2020-01-01T00:00:00Z" })).toString(
    "base64url",
  );
  expect(await checkReceipt(text.replace(payload, forged), keys)).toMatchObject({ good: false, why: "tampered" });
});

it("signed by somebody who calls their key as the town does is not good", async () => {
  const impostor = pair("rivemont-receipts-2");
  expect(await checkReceipt(await receipt(impostor), keys)).toMatchObject({ good: false, why: "tampered" });
});

it("is nothing but a receipt: no other text of that key, no other algorithm, no key of its own", async () => {
  const claims = { "@type": "dpv:ConsentReceipt" };
  expect(await checkReceipt(await signed(claims, {}, current), keys)).toMatchObject({ why: "not-a-receipt" });
  const text = await signed(claims, { typ: "JWT" }, current);
  expect(await checkReceipt(text, keys)).toMatchObject({ why: "not-a-receipt" });
  const none = `${Buffer.from('{"alg":"none","kid":"rivemont-receipts-2","typ":"consent-receipt+jws"}').toString("base64url")}.e30.`;
  expect(await checkReceipt(none, keys)).toMatchObject({ good: false, why: "not-a-receipt" });
  for (const rubbish of ["", "hello", "{}", "a.b.c", "x".repeat(600_000)])
    expect(await checkReceipt(rubbish, keys)).toMatchObject({ why: "not-a-receipt" });
});
