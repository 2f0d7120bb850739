import { expect, it } from "vitest";
import { FaultList } from "../../src/policy/faults.js";

it("what was meant is looked for in the faults that are listed alone: 500, however many there are (law 13)", () => {
  const faults = new FaultList();
  let looked = 0;
  for (let line = 1; line <= 3000; line += 1) {
    const place = { ref: { file: "a.csv", line, text: "" }, cells: [], end: 1 };
    const cell = { text: "", column: 1, endColumn: 1 };
    faults.at(place, cell, "warning", "unknown-application", "unknown", () => {
      looked += 1;
      return line % 2 === 0 ? "known" : undefined;
    });
  }
  const sorted = faults.sorted();
  expect(looked).toBe(500);
  expect(sorted).toHaveLength(501);
  expect(sorted.slice(0, 2)).toEqual([
    expect.not.objectContaining({ suggestion: expect.anything() }),
    expect.objectContaining({ line: 2, suggestion: "known" }),
  ]);
});
