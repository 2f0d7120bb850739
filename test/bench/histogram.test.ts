import fc from "fast-check";
import { Histogram as Counting, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { durationIn, parseHistogram, shareWithin } from "../../bench/curves/histogram.js";
import { percentile } from "../../bench/figures.js";

const buckets = [0.001, 0.002, 0.005, 0.01];

/** As the gateway tells it, after so many observations. */
async function told(observed: readonly number[]): Promise<string> {
  const registry = new Registry();
  const counting = new Counting({ name: "wait_seconds", help: "w", buckets, registers: [registry] });
  for (const seconds of observed) counting.observe(seconds);
  return registry.metrics();
}

describe("a histogram that the gateway tells", () => {
  it("says in which bucket a share of the observations lies, and how many are within a bound", async () => {
    const seconds = fc.double({ min: 0, max: 0.0099, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(seconds, { minLength: 1, maxLength: 50 }),
        fc.constantFrom(0.01, 0.5, 0.99, 1),
        async (observed, share) => {
          const histogram = parseHistogram(await told(observed), "wait_seconds");
          const exact = percentile(observed, share);
          const bucket = buckets.findIndex((bound) => exact <= bound);
          const read = durationIn(histogram, share);
          expect(read).toBeGreaterThanOrEqual(buckets[bucket - 1] ?? 0);
          expect(read).toBeLessThanOrEqual(buckets[bucket] ?? 0);
          expect(shareWithin(histogram, 0.002)).toBe(observed.filter((each) => each <= 0.002).length / observed.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("tells what came since, and never less than was waited where that is beyond its bounds", async () => {
    const [before, after] = [await told([0.0015]), await told([0.0015, 0.003, 0.5])].map((text) =>
      parseHistogram(text, "wait_seconds"),
    );
    if (before === undefined || after === undefined) throw new Error("not told");
    const since = after.less(before);
    expect(since.count).toBe(2);
    expect(before.and(since)).toMatchObject({ count: after.count, counts: after.counts });
    expect(shareWithin(since, 0.002)).toBe(0);
    expect(durationIn(since, 0.99)).toBe(Infinity);
    expect(() => shareWithin(since, 0.003)).toThrow("no bound");
    expect(() => parseHistogram("", "wait_seconds")).toThrow("no histogram");
  });
});
