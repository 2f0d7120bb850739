import { describe, expect, it } from "vitest";
import { heatLevel, heatRows, nextPlace, queryOfDay, queryOfHour } from "../../console/src/pages/overview/heat.js";
import { readLogQuery } from "../../src/terms/log-query/index.js";

const cell = (application: string | null, hour: number, entries: number, refused = 0) => ({
  ...{ application, hour, entries, refused },
  rows: entries * 10,
});

describe("the day by application and hour", () => {
  const rows = heatRows([cell("a", 3, 1), cell("b", 9, 40, 2), cell("a", 23, 5), cell(null, 0, 7)]);

  it("has a row for each application, the busiest first, and a cell for each hour", () => {
    expect(rows.map(({ application, entries, refused }) => [application, entries, refused])).toEqual([
      ["b", 40, 2],
      [null, 7, 0],
      ["a", 6, 0],
    ]);
    for (const { cells } of rows) expect(cells).toHaveLength(24);
    expect(rows[2]?.cells.map((each) => each?.entries ?? 0).filter((entries) => entries > 0)).toEqual([1, 5]);
  });

  it("is shaded by the square root: none is not some, and the most is the darkest", () => {
    expect([0, 1, 4, 25, 49, 100].map((entries) => heatLevel(entries, 100))).toEqual([0, 1, 1, 3, 4, 5]);
    expect(heatLevel(1, 1_000_000)).toBe(1);
    expect(heatLevel(0, 0)).toBe(0);
  });

  it("leads from each cell to a search that the grammar takes", () => {
    for (const [application, hour, line] of [
      ["cantine-plus", 9, "app:cantine-plus after:2026-11-23T09:00 before:2026-11-23T10:00"],
      ["cantine-plus", 23, "app:cantine-plus after:2026-11-23T23:00 before:2026-11-24"],
      [null, 0, "agreement:open-data after:2026-11-23T00:00 before:2026-11-23T01:00"],
    ] as const) {
      expect(queryOfHour(application, "2026-11-23", hour)).toBe(line);
      expect(readLogQuery(line).faults).toEqual([]);
    }
    expect(readLogQuery(queryOfDay("cantine-plus", "2026-11-23")).faults).toEqual([]);
  });

  it("is walked by the arrows from one cell with something in it to the next", () => {
    expect(nextPlace(rows, { row: 2, hour: 3 }, "ArrowRight")).toEqual({ row: 2, hour: 23 });
    expect(nextPlace(rows, { row: 2, hour: 23 }, "ArrowLeft")).toEqual({ row: 2, hour: 3 });
    expect(nextPlace(rows, { row: 2, hour: 23 }, "ArrowRight")).toBeNull();
    expect(nextPlace(rows, { row: 2, hour: 23 }, "Home")).toEqual({ row: 2, hour: 3 });
    expect(nextPlace(rows, { row: 2, hour: 3 }, "End")).toEqual({ row: 2, hour: 23 });
    expect(nextPlace(rows, { row: 2, hour: 3 }, "ArrowUp")).toBeNull();
    expect(nextPlace(heatRows([cell("a", 3, 1), cell("b", 3, 9)]), { row: 0, hour: 3 }, "ArrowDown")).toEqual({ row: 1, hour: 3 }); // prettier-ignore
    expect(nextPlace(rows, { row: 2, hour: 3 }, "Enter")).toBeNull();
  });
});
