import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRate } from "../../src/gateway/rate.js";
import type { TenantName } from "../../src/terms/index.js";

const rivemont = "rivemont" as TenantName;
const other = "vallon" as TenantName;

describe("open data's rate", () => {
  it("never allows more than the burst and the refill, and says truly when to come back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }),
        (perMinute, pauses) => {
          let now = 0;
          const rate = createRate({ perMinute, now: () => now });
          let allowed = 0;
          for (const pause of pauses) {
            now += pause;
            const verdict = rate.take(rivemont);
            if (verdict.allowed) allowed++;
            else {
              now += verdict.retryAfterSeconds * 1000;
              expect(rate.take(rivemont)).toEqual({ allowed: true });
              allowed++;
            }
            expect(allowed).toBeLessThanOrEqual(perMinute + (now * perMinute) / 60_000 + 1e-6);
          }
        },
      ),
    );
  });

  it("allows no more at once after an idle hour than after a minute", () => {
    let now = 0;
    const rate = createRate({ perMinute: 10, now: () => now });
    rate.take(rivemont);
    now += 3_600_000;
    const allowed = Array.from({ length: 50 }, () => rate.take(rivemont)).filter((verdict) => verdict.allowed);
    expect(allowed).toHaveLength(10);
  });

  it("keeps tenants apart", () => {
    const rate = createRate({ perMinute: 1, now: () => 0 });
    expect(rate.take(rivemont).allowed).toBe(true);
    expect(rate.take(rivemont)).toEqual({ allowed: false, retryAfterSeconds: 60 });
    expect(rate.take(other).allowed).toBe(true);
  });

  it("allows none at 0 and refuses a figure that is none", () => {
    expect(createRate({ perMinute: 0 }).take(rivemont)).toEqual({ allowed: false, retryAfterSeconds: 60 });
    expect(() => createRate({ perMinute: Number.NaN })).toThrow(RangeError);
  });
});
