import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calmest, mostStolen, parseProcessorTimes, stealSentence, watchSteal } from "../../bench/steal.js";

const stat = (ticks: readonly number[]): string => `cpu  ${ticks.join(" ")}\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n`;

/** Measures with these shares stolen, one after the other. */
function measured(shares: readonly (number | null)[]) {
  let at = 0;
  return () => Promise.resolve({ place: at, stolen: shares[at++] ?? null });
}

describe("what the host gave to its other guests", () => {
  it("is read from the line of all processors; what guests of this machine used is not counted twice, idle time not at all", () => {
    expect(parseProcessorTimes(stat([10, 20, 30, 40, 50, 60, 70, 80, 900, 900]))).toEqual({ wanted: 270, stolen: 80 });
  });

  it("is not known where the kernel does not tell it", () => {
    for (const text of ["", "cpu  1 2 3\n", "cpu  a b c d e f g h\n"]) expect(parseProcessorTimes(text)).toBeNull();
    expect(watchSteal(() => null)()).toEqual({ stolen: null });
    expect(watchSteal(() => ({ wanted: 5, stolen: 1 }))()).toEqual({ stolen: null });
  });

  it("is the share of what passed since one began to look", () => {
    const read = [
      { wanted: 1_000, stolen: 100 },
      { wanted: 1_200, stolen: 110 },
    ];
    expect(watchSteal(() => read.shift() ?? null)()).toEqual({ stolen: 0.05 });
  });
});

describe("what was disturbed", () => {
  it("is measured anew, three times at most, and the least disturbed is taken", async () => {
    const share = fc.constantFrom<number | null>(null, 0, 0.05, 0.06, 0.2, 0.9);
    await fc.assert(
      fc.asyncProperty(fc.tuple(share, share, share), async (shares) => {
        const counted = shares.map((each) => each ?? 0);
        const calm = counted.findIndex((each) => each <= mostStolen);
        const expected = calm === -1 ? counted.indexOf(Math.min(...counted)) : calm;
        const taken = await calmest(measured(shares));
        expect(taken).toEqual({ place: expected, stolen: shares[expected], tries: calm === -1 ? 3 : calm + 1 });
      }),
    );
  });

  it("is told to the reader: how much, how many, how many stayed so", () => {
    const told = stealSentence([
      { stolen: 0.01, tries: 1 },
      { stolen: 0.02, tries: 2 },
      { stolen: 0.2, tries: 3 },
    ]);
    expect(told).toContain("2 of 3, of which 1 stayed above");
    expect(told).toContain("2.00 % was stolen in the median, 20.0 % at most");
    expect(stealSentence([{ stolen: null, tries: 1 }])).toContain("does not tell");
  });
});
