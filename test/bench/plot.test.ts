import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plotted, roundTicks, type Plot } from "../../bench/svg/plot.js";
import { openTags } from "./open-tags.js";

const plot: Plot = {
  title: "Rules <and> throughput",
  note: "two of a kind",
  x: { label: "rules", scale: "logarithmic", ticks: [100, 1_000, 10_000] },
  y: { label: "requests/s", from: 0, to: 2 },
  series: [
    {
      name: "Q1",
      marks: true,
      points: [
        { x: 100, y: 1 },
        { x: 1_000, y: 0.5, range: [0, 2] },
        { x: 10_000, y: 2 },
      ],
    },
    {
      name: "Q2",
      points: [
        { x: 100, y: 0 },
        { x: 10_000, y: 1 },
      ],
    },
  ],
  levels: [{ name: "goal", y: 1.5 }],
  phases: [{ name: "warm & up", from: 100, to: 1_000 }],
};

describe("a plot", () => {
  const picture = plotted(plot);
  it("puts each point where its figures say: from the left, and up from the bottom", () => {
    const [first, second] = [...picture.matchAll(/<polyline class="l\d" points="([^"]*)"/g)].map(([, points]) =>
      (points ?? "").split(" ").map((pair) => pair.split(",").map(Number)),
    );
    expect(first).toEqual([
      [76, 230],
      [476, 297],
      [876, 96],
    ]);
    expect(second).toEqual([
      [76, 364],
      [876, 230],
    ]);
    expect(picture).toContain('<line class="range l0" x1="476" y1="364" x2="476" y2="96"/>');
    expect(picture).toContain('<line class="goal" x1="76" y1="163" x2="876" y2="163"/>');
  });

  it("is whole, needs nothing beside it, and says its axes, series, goals and spans", () => {
    expect(openTags(picture)).toEqual([]);
    expect(picture).not.toMatch(/<script|href=|url\(|@import/);
    for (const word of [
      "Rules &#60;and&#62; throughput",
      ">rules<",
      ">two of a kind<",
      ">requests/s<",
      ">Q1<",
      ">Q2<",
      ">goal<",
      ">10,000<",
      ">warm &#38; up<",
    ])
      expect(picture).toContain(word);
    expect(picture).toContain("prefers-color-scheme: dark");
  });

  it("has round values on an axis, few and within it", () => {
    expect(roundTicks(0, 300)).toEqual([0, 50, 100, 150, 200, 250, 300]);
    expect(roundTicks(0.9, 1.1)).toEqual([0.9, 0.95, 1, 1.05, 1.1]);
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 100_000 }), (from, span) => {
        const ticks = roundTicks(from, from + span);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(10);
        expect(Math.min(...ticks)).toBeGreaterThanOrEqual(from - 1e-6);
        expect(Math.max(...ticks)).toBeLessThanOrEqual(from + span + 1e-6);
      }),
    );
  });
});
