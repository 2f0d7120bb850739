import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashKey, makeKey, publicIdOf, sameHash } from "../../src/identity/keys.js";

describe("a key", () => {
  it("has a prefix that scanners know, a public part, and 256 bits that are never the same", () => {
    const keys = Array.from({ length: 200 }, makeKey);
    for (const { key, publicId, hash } of keys) {
      expect(key).toMatch(/^psk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
      expect(publicIdOf(key)).toBe(publicId);
      expect(sameHash(hashKey(key), hash)).toBe(true);
    }
    expect(new Set(keys.map(({ key }) => key.slice(22))).size).toBe(200);
    expect(43 * Math.log2(62)).toBeGreaterThanOrEqual(256);
  });

  it("shows any one slip of the hand without a look-up", () => {
    const { key } = makeKey();
    const characters = [..."09AZaz_-"];
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.constantFrom(...characters), (place, character) => {
        const slip = key.slice(0, place) + character + key.slice(place + 1);
        expect(publicIdOf(slip)).toBe(slip === key ? publicIdOf(key) : null);
      }),
      { numRuns: 1_000 },
    );
    expect(publicIdOf(key.slice(0, -1))).toBeNull();
    expect(publicIdOf(`${key}a`)).toBeNull();
    expect(publicIdOf(`${key}\n`)).toBeNull();
    expect(publicIdOf(` ${key}`)).toBeNull();
  });

  it("is read within a bound, whatever is sent as one", () => {
    const { key } = makeKey();
    expect(publicIdOf(key.replace("psk_live_", "psk_test_"))).toBeNull();
    expect(publicIdOf(key + "\0".repeat(1_000_000))).toBeNull();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(publicIdOf(text)).toBeNull();
        expect(publicIdOf(`psk_live_${text}`)).toBeNull();
        expect(hashKey(text)).toHaveLength(32);
      }),
    );
  });

  it("is another key when anything of it differs", () => {
    const [one, other] = [makeKey(), makeKey()];
    expect(sameHash(one.hash, other.hash)).toBe(false);
    expect(sameHash(one.hash, one.hash.subarray(1))).toBe(false);
  });
});
