// A version that is put in force while clients ask: the short form of what reload.long.test.ts runs.
import { describe, expect, it } from "vitest";
import { fire } from "./fire.js";
import { asked, expectedOf, shapes } from "./shapes.js";

describe("reload under fire", () => {
  it("is a test that can tell: the four versions differ in what they answer and record", () => {
    const people = asked.find(({ key, question }) => key === "whole" && question === "people");
    if (people === undefined) throw new Error("nothing is asked");
    expect(new Set(shapes.map((shape) => JSON.stringify(expectedOf(shape, people).data))).size).toBe(shapes.length);
    for (const question of asked.filter((each) => each.question === "people"))
      expect(new Set(shapes.map((shape) => JSON.stringify(expectedOf(shape, question).entry))).size).toBe(
        shapes.length,
      );
  });

  it("answers each of 8 clients by one version, the one its entry names, over 20 changes", async () => {
    const { misfits, answers, entries, versionsSeen, acrossAChange } = await fire(8, 20);
    expect(misfits).toEqual([]);
    expect(entries).toBe(answers);
    expect(versionsSeen).toBeGreaterThan(8);
    expect(acrossAChange).toBeGreaterThan(0);
  });
});
