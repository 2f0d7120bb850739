// RFC 3161 timestamps against openssl's own authority: what holds, and every way in which one does not.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import * as asn1js from "asn1js";
import fc from "fast-check";
import { ContentInfo, SignedData, TSTInfo } from "pkijs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkToken,
  timestampRequest,
  TimestampRefused,
  tokenOfResponse,
} from "../../../src/accesslog/timestamp/token.js";
import { hasOpenssl, MadeAuthority } from "./authority.js";

const hash = createHash("sha256").update("a signed note").digest();
const nonce = Buffer.from("41a1b2c3d4e5f60718293a4b5c6d7e8f", "hex");

describe.skipIf(!hasOpenssl)("a timestamp", () => {
  let tsa: MadeAuthority;
  let reply: Buffer;
  let token: Buffer;
  /** The TSTInfo in it. */
  let content: Buffer;

  beforeAll(() => {
    tsa = new MadeAuthority();
    reply = tsa.reply(timestampRequest(hash, nonce));
    token = tokenOfResponse(reply);
    const signed = new SignedData({ schema: ContentInfo.fromBER(token).content as asn1js.AsnType });
    content = Buffer.from(signed.encapContentInfo.eContent?.getValue() ?? new ArrayBuffer(0));
  });
  afterAll(() => tsa.close());

  const roots = () => [tsa.certificate("root")];
  const check = (given = token, changes: object = {}) => checkToken(given, { hash, nonce, roots: roots(), ...changes });
  const why = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof TimestampRefused) return error.message;
      throw error;
    }
    return "it was taken";
  };

  it("of openssl holds, under a curve and under RSA, and openssl finds the request in order", () => {
    writeFileSync(tsa.path("asked"), timestampRequest(hash, nonce));
    const asked = tsa.openssl("ts", "-query", "-in", "asked", "-text").toString();
    expect(asked).toMatch(/Hash Algorithm: sha256[\s\S]*Nonce: 0x41A1B2C3[\s\S]*Certificate required: yes/);
    expect(Math.abs(check().getTime() - Date.now())).toBeLessThan(600_000);
    tsa.issue("rsa", "good", { rsa: true });
    expect(check(tokenOfResponse(tsa.reply(timestampRequest(hash, nonce), "rsa")))).toBeInstanceOf(Date);
    // What openssl itself verifies.
    writeFileSync(tsa.path("reply"), reply);
    expect(tsa.openssl("ts", "-verify", "-in", "reply", "-digest", hash.toString("hex"), "-CAfile", "root.crt").toString()).toContain("Verification: OK"); // prettier-ignore
  });

  it("does not hold over another hash, for another request, or under another town's certificate", () => {
    expect(why(() => check(token, { hash: createHash("sha256").update("another").digest() }))).toContain("something else than was sent"); // prettier-ignore
    expect(why(() => check(token, { nonce: Buffer.from("41", "hex") }))).toContain("(nonce)");
    expect(why(() => check(token, { roots: [tsa.certificate("another-root")] }))).toContain("does not lead to one");
    expect(why(() => check(token, { roots: [] }))).toContain("does not lead to one");
    // Without a nonce in the answer.
    const bare = new TSTInfo({ schema: asn1js.fromBER(new Uint8Array(content)).result });
    delete (bare as { nonce?: unknown }).nonce;
    expect(why(() => check(tsa.sign(Buffer.from(bare.toSchema().toBER()), "good")))).toContain("(nonce)");
  });

  it("does not hold with SHA-512, which was not asked for", () => {
    const digest = createHash("sha512").update("a signed note").digest("hex");
    const query = tsa.openssl("ts", "-query", "-digest", digest, "-sha512", "-cert");
    expect(why(() => check(tokenOfResponse(tsa.reply(query))))).toContain("something else than was sent");
  });

  it("holds only under a certificate for timestamps, critical and for nothing else", () => {
    // The way of signing is right: with a good certificate it holds.
    expect(check(tsa.sign(content, "good"))).toBeInstanceOf(Date);
    for (const kind of ["other-purpose", "two-purposes", "not-critical", "no-purpose"]) {
      tsa.issue(kind, kind);
      expect(
        why(() => check(tsa.sign(content, kind))),
        kind,
      ).toContain("not one for timestamps");
    }
  });

  it("holds only where the certificate was valid at the time it says", () => {
    tsa.issue("expired", "good", { from: -100, until: -1 });
    expect(why(() => check(tsa.sign(content, "expired")))).toContain("not valid at the time");
    tsa.issue("not-yet", "good", { from: 1, until: 100 });
    expect(why(() => check(tsa.sign(content, "not-yet")))).toContain("not valid at the time");
  });

  it("holds over an authority between, which must be one, and be valid", () => {
    tsa.issue("between", "between");
    tsa.issue("below", "good", { by: "between" });
    expect(
      why(() => check(tsa.sign(content, "below"))),
      "not brought",
    ).toContain("does not lead to one");
    const between = () => [tsa.certificate("between"), tsa.certificate("root")];
    expect(check(tsa.sign(content, "below"), { roots: between() })).toBeInstanceOf(Date);
    tsa.issue("between-expired", "between", { from: -100, until: -1 });
    tsa.issue("below-expired", "good", { by: "between-expired" });
    // The expired one is trusted by itself; where it is only on the way, it is not.
    writeFileSync(tsa.path("chain.pem"), ["between", "between-expired", "root", "good"].map((name) => tsa.certificate(name).toString()).join("")); // prettier-ignore
    expect(check(tsa.sign(content, "below"))).toBeInstanceOf(Date);
    expect(why(() => check(tsa.sign(content, "below-expired")))).toContain("does not lead to one");
    tsa.issue("below-no-authority", "good", { by: "good" });
    expect(why(() => check(tsa.sign(content, "below-no-authority")))).toContain("does not lead to one");
  });

  it("that was refused by the authority is told as that", () => {
    const query = tsa.openssl("ts", "-query", "-digest", hash.toString("hex"), "-tspolicy", "1.9.9.9", "-cert");
    expect(why(() => tokenOfResponse(tsa.reply(query)))).toContain("PKIStatus 2");
  });

  it("with any byte changed is refused, or still says the same of the same; nothing else is ever thrown", () => {
    const at = check().getTime();
    fc.assert(
      fc.property(fc.nat({ max: reply.length - 1 }), fc.integer({ min: 1, max: 255 }), (place, flip) => {
        const bent = Buffer.from(reply);
        bent[place] = (bent[place] ?? 0) ^ flip;
        let said: Date;
        try {
          said = check(tokenOfResponse(bent));
        } catch (error) {
          expect(error).toBeInstanceOf(TimestampRefused);
          return;
        }
        expect(said.getTime()).toBe(at);
      }),
      { numRuns: 40 },
    );
  });

  it("is nothing that is cut, goes on, or is no timestamp at all", () => {
    for (const bad of [
      reply.subarray(0, -1),
      Buffer.concat([reply, Buffer.of(0)]),
      Buffer.alloc(0),
      Buffer.from("<html>"),
      Buffer.from("30023000", "hex"),
    ])
      // prettier-ignore
      expect(why(() => check(tokenOfResponse(bad)))).toContain("it");
    expect(why(() => check(tsa.openssl("cms", "-sign", "-binary", "-nodetach", "-in", "content", "-outform", "DER", "-signer", "good.crt", "-inkey", "good.key")))).toContain("not a timestamp"); // prettier-ignore
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(() => tokenOfResponse(Buffer.from(noise))).toThrow(TimestampRefused);
        expect(() => check(Buffer.from(noise))).toThrow(TimestampRefused);
      }),
    );
  });
});
