import { aessiv } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSiv } from "../../src/identity/siv.js";
import type { Value } from "../../src/terms/index.js";

const blocks = fc.integer({ min: 1, max: 5 }).chain((n) => fc.uint8Array({ minLength: n * 16, maxLength: n * 16 }));
const key = fc.uint8Array({ minLength: 64, maxLength: 64 });

const head = fc.uint8Array({ maxLength: 9 });
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 220 }),
  // Halves of pairs, as `JSON.stringify` escapes them.
  fc.array(fc.integer({ min: 0xd7ff, max: 0xe000 }), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const rows = fc.array(fc.array(value, { maxLength: 4 }), { maxLength: 20 });

/** Text by text, as the library seals it. */
const expectedText = (k: Uint8Array, ad: string, start: Uint8Array, json: string): string => {
  const text = Buffer.from(json, "utf8");
  const padded = Buffer.concat([text, Buffer.alloc((16 - (text.length % 16)) % 16, " ")]);
  const sealed = aessiv(k, Buffer.from(ad, "utf8")).encrypt(padded);
  return Buffer.concat([start, sealed]).toString("base64url");
};

describe("AES-SIV for many values at once", () => {
  it("equals the library on every value", () => {
    fc.assert(
      fc.property(key, fc.array(blocks, { maxLength: 20 }), fc.uint8Array({ maxLength: 40 }), (k, texts, ad) => {
        const sealed = createSiv(k).sealAll(texts, ad);
        texts.forEach((text, i) => {
          expect(sealed[i]?.toString("hex")).toBe(Buffer.from(aessiv(k, ad).encrypt(text)).toString("hex"));
        });
      }),
      { numRuns: 200 },
    );
  });

  it("opens what it sealed, and nothing that was touched", () => {
    fc.assert(
      fc.property(key, blocks, fc.uint8Array({ maxLength: 20 }), fc.nat(), (k, text, ad, where) => {
        const siv = createSiv(k);
        const [sealed] = siv.sealAll([text], ad);
        if (!sealed) throw new Error("nothing sealed");
        expect(siv.open(sealed, ad)).toEqual(Buffer.from(text));
        expect(siv.open(sealed, Buffer.concat([ad, Buffer.from([1])]))).toBeNull();
        const touched = Buffer.from(sealed);
        const at = where % touched.length;
        touched[at] = (touched[at] ?? 0) ^ 1;
        expect(siv.open(touched, ad)).toBeNull();
        expect(siv.open(sealed.subarray(0, 16), ad)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it("opens many at once as it opens each", () => {
    const touch = fc.tuple(blocks, fc.option(fc.nat(), { nil: null }));
    fc.assert(
      fc.property(key, fc.array(touch, { maxLength: 20 }), fc.string({ maxLength: 20 }), (k, texts, ad) => {
        const siv = createSiv(k);
        const sealed = siv.sealAll(texts.map(([text]) => text), Buffer.from(ad, "utf8")); // prettier-ignore
        texts.forEach(([, where], i) => {
          const bytes = sealed[i] ?? Buffer.alloc(0);
          if (where !== null) bytes[where % bytes.length] = (bytes[where % bytes.length] ?? 0) ^ 1;
        });
        const expected = texts.map(([text, where]) => (where === null ? Buffer.from(text) : null));
        const given = [...sealed, Buffer.alloc(17), Buffer.alloc(16)];
        expect(siv.under(ad).openAll(given)).toEqual([...expected, null, null]);
      }),
      { numRuns: 100 },
    );
  });

  it("writes the texts that the library's sealing of JSON.stringify's text gives, whatever came before", () => {
    fc.assert(
      fc.property(key, fc.string({ maxLength: 20 }), head, rows, (k, ad, start, all) => {
        const sealer = createSiv(k).under(ad);
        const sealed = sealer.seal(start, (texts) => all.forEach((row) => texts.addRow(row, null))).strings();
        expect(sealed).toEqual(all.map((row) => expectedText(k, ad, start, JSON.stringify(row))));
        const single = all.map((row) => row[0] ?? null);
        const values = sealer.seal(start, (texts) => single.forEach((each) => texts.addValue(each))).strings();
        expect(values).toEqual(single.map((each) => expectedText(k, ad, start, JSON.stringify(each))));
      }),
      { numRuns: 200 },
    );
  });

  it("seals thousands at once, and a few after them", () => {
    const k = new Uint8Array(64).map((_, i) => i);
    const sealer = createSiv(k).under("a");
    for (const count of [3_000, 2, 40_000, 1]) {
      const all = Array.from({ length: count }, (_, i): Value[] => [i, "x".repeat(i % 5 === 0 ? 40 : 3)]);
      const sealed = sealer.seal(Buffer.of(1), (texts) => all.forEach((row) => texts.addRow(row, [1, 0]))).strings();
      for (const i of [0, count >> 1, count - 1])
        expect(sealed[i]).toBe(expectedText(k, "a", Buffer.of(1), JSON.stringify([all[i]?.[1], all[i]?.[0]])));
      const given = sealed.map((text) => Buffer.from(text, "base64url").subarray(1));
      expect(sealer.openAll(given).map((text) => (JSON.parse(String(text)) as Value[])[1])).toEqual(
        all.map(([i]) => i),
      );
    }
  });

  it("keeps nothing of a call that failed", () => {
    const k = new Uint8Array(64).map((_, i) => i);
    const sealer = createSiv(k).under("a");
    expect(() =>
      sealer.seal(Buffer.of(1), (texts) => {
        texts.addValue("left behind");
        throw new Error("a source that fails");
      }),
    ).toThrow("a source that fails");
    expect(sealer.seal(Buffer.of(1), (texts) => texts.addValue(7)).strings()).toEqual([
      expectedText(k, "a", Buffer.of(1), "7"),
    ]);
  });

  // What an earlier version sealed: applications hold such ids, and the log such tokens.
  it.each([
    [[100123], "526cG14qNp3PVI-HTknw4niJNjVBBgZVGwFFrgE5PXo"],
    [[-2147483648], "58YurEftkhDsrlKI9OvZIUgwRITAd41QuaU6_u_q98Y"],
    [[0.1, -0], "qdOYwTr60JGT-hwnwNGt9ORE8tG57SnkW9Yj83gml0Q"],
    [[9007199254740991], "AWisD1ROje6msRmTLwFSBcMRgDWnP4R2WiHCA1P1f4WgRrYhcLkSAap9HnNZ4H59"],
    [["75-0101"], "0o3_lMJTikcWZ8y9s83RU3f-yLtytxDr5D3smPQ39Tg"],
    [
      ['Équipe 😀 "q" \ud800 \n\u007f'],
      "kZB_LwOxQQYDrxycM9v9xONeKnelFurqNjGNm_Sz08YFUFX9wdUAFHSaYxFO9BJ7FPVDq_LxIdpEe--FDpyIiw",
    ],
    [[true, null], "eo7sNLfu0BwXRJUysbl65WLhPShcZ2pdmWfkkf3ltYg"],
    [42, "NGs5gXXF-Mf80nPjfx4T2BkFP_4y5_feX2JOVX2Ghio"],
    ["plain", "rs8BTNaGu6IiMu5H5-Af2E46zMloLEuhlKuMN8SHcLY"],
  ] as [Value | Value[], string][])("seals %j as ever", (what, text) => {
    const sealer = createSiv(new Uint8Array(64).map((_, i) => i * 7)).under("Resident.id");
    const write = sealer.seal(new Uint8Array(0), (texts) =>
      Array.isArray(what) ? texts.addRow(what, null) : texts.addValue(what),
    );
    expect(write.strings()).toEqual([text]);
    expect(JSON.parse(String(sealer.open(Buffer.from(text, "base64url"))))).toEqual(JSON.parse(JSON.stringify(what)));
  });
});
