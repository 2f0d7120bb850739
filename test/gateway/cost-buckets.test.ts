import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCostBuckets } from "../../src/gateway/cost-buckets.js";

const budget = { perOperation: 100, maximumAvailable: 100, restoreRate: 10 };

describe("an agreement's bucket", () => {
  it("never lets more be spent than it holds and gets back, and says truly when to come again", () => {
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 5_000 }),
      cost: fc.double({ min: 0, max: 100, noNaN: true }),
      spent: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let now = 0;
        let spent = 0;
        const buckets = createCostBuckets({ now: () => now });
        for (const { pause, cost, spent: share } of steps) {
          now += pause;
          let verdict = buckets.take("a", budget, cost);
          if (!verdict.allowed) {
            // Not a second earlier.
            now += Math.max(0, verdict.retryAfterSeconds - 1) * 1_000;
            if (verdict.retryAfterSeconds > 1) expect(buckets.take("a", budget, cost).allowed).toBe(false);
            now += 1_000;
            verdict = buckets.take("a", budget, cost);
          }
          expect(verdict.allowed).toBe(true);
          const status = buckets.settle("a", budget, cost, cost * share);
          expect(status.currentlyAvailable).toBeLessThanOrEqual(budget.maximumAvailable);
          spent += cost * share;
          expect(spent).toBeLessThanOrEqual(budget.maximumAvailable + (now * budget.restoreRate) / 1_000 + 1e-6);
        }
      }),
    );
  });

  it("holds the estimate until it is settled, and gives back the rest", () => {
    const buckets = createCostBuckets({ now: () => 0 });
    expect(buckets.take("a", budget, 60)).toMatchObject({ allowed: true, status: { currentlyAvailable: 40 } });
    // Two at once cannot both spend what is there for one.
    expect(buckets.take("a", budget, 60)).toMatchObject({ allowed: false, retryAfterSeconds: 2 });
    expect(buckets.settle("a", budget, 60, 5)).toEqual({
      maximumAvailable: 100,
      currentlyAvailable: 95,
      restoreRate: 10,
    });
    expect(buckets.take("a", budget, 60).allowed).toBe(true);
  });

  it("can owe what a list had more than was assumed, and says 0 then", () => {
    let now = 0;
    const buckets = createCostBuckets({ now: () => now });
    buckets.take("a", budget, 100);
    expect(buckets.settle("a", budget, 100, 150)).toMatchObject({ currentlyAvailable: 0 });
    expect(buckets.take("a", budget, 10)).toMatchObject({ allowed: false, retryAfterSeconds: 6 });
    now += 6_000;
    expect(buckets.take("a", budget, 10).allowed).toBe(true);
  });

  it("is nobody else's", () => {
    const buckets = createCostBuckets({ now: () => 0 });
    buckets.take("a", budget, 100);
    expect(buckets.take("a", budget, 1).allowed).toBe(false);
    expect(buckets.take("b", budget, 100).allowed).toBe(true);
  });

  it("is full again after a pause, and no fuller", () => {
    let now = 0;
    const buckets = createCostBuckets({ now: () => now });
    buckets.take("a", budget, 100);
    now += 3_600_000;
    expect(buckets.take("a", budget, 0).status.currentlyAvailable).toBe(100);
  });
});
