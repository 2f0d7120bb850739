import { aessiv } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSiv, padJson } from "../../src/identity/siv.js";

const blocks = fc.integer({ min: 1, max: 5 }).chain((n) => fc.uint8Array({ minLength: n * 16, maxLength: n * 16 }));
const key = fc.uint8Array({ minLength: 64, maxLength: 64 });

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
      fc.property(key, fc.array(touch, { maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (k, texts, ad) => {
        const siv = createSiv(k);
        const sealed = siv.sealAll(texts.map(([text]) => text), ad); // prettier-ignore
        texts.forEach(([, where], i) => {
          const bytes = sealed[i] ?? Buffer.alloc(0);
          if (where !== null) bytes[where % bytes.length] = (bytes[where % bytes.length] ?? 0) ^ 1;
        });
        const expected = texts.map(([text, where]) => (where === null ? Buffer.from(text) : null));
        expect(siv.openAll([...sealed, Buffer.alloc(17), Buffer.alloc(16)], ad)).toEqual([...expected, null, null]);
      }),
      { numRuns: 100 },
    );
  });

  it("pads JSON to whole blocks that read back the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const padded = padJson(value);
        expect(padded.length % 16).toBe(0);
        expect(JSON.parse(padded.toString("utf8"))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
