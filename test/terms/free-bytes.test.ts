import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freeBytes, ownBytes } from "../../src/terms/index.js";

describe("memory that is given back", () => {
  it("is that of bytes of their own, as soon as they are some", () => {
    for (const length of [4_096, 20_000, 40_000, 100_000]) {
      const bytes = ownBytes(length);
      expect(bytes).toHaveLength(length);
      freeBytes(bytes);
      expect(bytes).toHaveLength(0);
    }
  });

  // Law 1: two requests' bytes can lie side by side.
  it("is never what others lie in", () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 70_000 })));
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0 }), (all, seed) => {
        const held = all.map((length, place) => ({
          bytes: ((place + seed) % 2 === 0 ? ownBytes(length) : Buffer.allocUnsafe(length)).fill(place),
          freed: (place + seed) % 3 === 0,
        }));
        for (const { bytes, freed } of held) if (freed) freeBytes(bytes);
        for (const [place, { bytes, freed }] of held.entries())
          if (!freed) {
            expect(bytes).toHaveLength(all[place] ?? -1);
            expect(bytes.every((byte) => byte === place % 256)).toBe(true);
          }
      }),
    );
  });
});
