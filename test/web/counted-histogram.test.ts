// prom-client's own histogram is the oracle: what a town's monitoring reads must not tell who counted.
import fc from "fast-check";
import { Histogram, Registry } from "prom-client";
import { expect, it } from "vitest";
import { CountedHistogram, type Series } from "../../src/web/counted-histogram.js";

const buckets = [0.005, 0.01, 0.5, 1, 2.5];
const about = { name: "passerelle_example_seconds", help: "An example, with a \\ in it.", buckets };
const labels = [
  { tenant: "rivemont", source: "civil" },
  { tenant: 'with "quotes"', source: "line\nfeed" },
];

function both() {
  const [theirs, ours] = [new Registry(), new Registry()];
  const oracle = new Histogram({ ...about, labelNames: ["tenant", "source"], registers: [theirs] });
  const counted = new CountedHistogram({ ...about, registry: ours });
  const series: Series[] = labels.map((each) => {
    oracle.zero(each);
    return counted.series(each);
  });
  return { theirs, ours, oracle, series };
}

const seconds = fc.oneof(fc.constantFrom(...buckets, 0), fc.double({ min: -1, max: 10, noNaN: true }));

it("tells what prom-client would, letter by letter", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(labels.length - 1), seconds), { maxLength: 40 }), async (observed) => {
      const { theirs, ours, oracle, series } = both();
      for (const [at, value] of observed) {
        oracle.observe(labels[at] ?? {}, value);
        series[at]?.observe(value);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }),
    { numRuns: 100 },
  );
});

it("has one series without labels too, and goes on after it was asked", async () => {
  const [theirs, ours] = [new Registry(), new Registry()];
  const oracle = new Histogram({ ...about, registers: [theirs] });
  const series = new CountedHistogram({ ...about, registry: ours }).series({});
  for (const value of [0.01, 3]) {
    expect(await ours.metrics()).toBe(await theirs.metrics());
    oracle.observe(value);
    series.observe(value);
  }
  expect(await ours.metrics()).toBe(await theirs.metrics());
});

it("takes nothing that is no number: the sum would be none for ever", async () => {
  const { ours, series } = both();
  const before = await ours.metrics();
  for (const value of [NaN, Infinity]) expect(() => series[0]?.observe(value)).toThrow(TypeError);
  expect(await ours.metrics()).toBe(before);
});
