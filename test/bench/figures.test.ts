import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparable } from "../../bench/answers.js";
import { markdownTable, median, percentile, replacedBetweenMarks, shown } from "../../bench/figures.js";

describe("figures of the bench", () => {
  it("take percentiles by nearest rank", () => {
    const values = [50, 15, 40, 20, 35];
    expect([0, 0.3, 0.4, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([15, 20, 20, 35, 50, 50]);
    expect(percentile([], 0.5)).toBe(0);
  });

  it("take a median that has as many values below as above", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (values) => {
        const middle = median(values);
        expect(values.filter((v) => v < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((v) => v > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it("are shown with three digits, or whole", () => {
    expect([0.1234, 1.234, 12.34, 123.4, 1234.5].map(shown)).toEqual(["0.123", "1.23", "12.3", "123", "1,235"]);
  });

  it("stand in a table that names come first in", () => {
    expect(markdownTable(["a", "b"], [["x", "1"]])).toBe("| a | b |\n| --- | ---: |\n| x | 1 |");
  });

  it("are written between their marks only, and nowhere without them", () => {
    const page = "before\n<!-- bench:begin (by the bench) -->\nold\n<!-- bench:end -->\nafter\n";
    const once = replacedBetweenMarks(page, "bench", "new $& $1");
    expect(once).toBe("before\n<!-- bench:begin (by the bench) -->\n\nnew $& $1\n\n<!-- bench:end -->\nafter\n");
    expect(replacedBetweenMarks(once, "bench", "new $& $1")).toBe(once);
    expect(() => replacedBetweenMarks("no marks", "bench", "new")).toThrow("no marks bench");
  });
});

describe("the bench's comparison of two answers", () => {
  it("leaves ids and cursors out, and nothing else", () => {
    const answer = (id: string, name: string, id2: string | null = id) => ({
      data: { list: { nodes: [{ id, name, friend: { id: id2 } }], pageInfo: { endCursor: id, hasNextPage: true } } },
    });
    expect(comparable(answer("a", "Zoé"))).toEqual(comparable(answer("b", "Zoé")));
    expect(comparable(answer("a", "Zoé"))).not.toEqual(comparable(answer("a", "Zoe")));
    // An id that is missing is not the same as any id.
    expect(comparable(answer("a", "Zoé"))).not.toEqual(comparable(answer("a", "Zoé", null)));
  });
});
