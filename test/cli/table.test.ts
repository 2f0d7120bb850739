import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, firstFew, labelled, tableLines, widthOf } from "../../src/cli/table.js";

describe("a table", () => {
  it("puts every column at its place", () => {
    const columns = [{ title: "name" }, { title: "rows", align: "right" as const }, { title: "why", max: 6 }];
    expect(
      tableLines(columns, [
        ["École", "7", "because"],
        ["B", "1200", ""],
      ]),
    ).toEqual(["name   rows  why", "École     7  becau…", "B      1200"]);
  });

  it("names what is beside its text", () => {
    expect(
      labelled([
        ["Who", "an app"],
        ["Fields", "a\nb"],
      ]),
    ).toEqual(["Who:     an app", "Fields:  a", "         b"]);
    expect(
      labelled([
        ["Shown", "fr"],
        ["", "its text"],
      ]),
    ).toEqual(["Shown:  fr", "        its text"]);
  });
});

describe("a list that is cut", () => {
  it("says how many more there are", () => {
    const parts = ["Resident.number", "Resident.birthDate", "Resident.email"];
    expect(firstFew(parts, 100)).toBe(parts.join(", "));
    expect(firstFew(parts, 40)).toBe("Resident.number, Resident.birthDate, +1");
    expect(firstFew(parts, 39)).toBe("Resident.number, Resident.birthDate, +1");
    expect(firstFew(parts, 38)).toBe("Resident.number, +2");
    expect(firstFew(parts, 10)).toBe("Resid…, +2");
  });

  it("never exceeds its width, and never hides that it is cut", () => {
    const words = fc.array(fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 120 }), (parts, width) => {
        const text = firstFew(parts, width);
        expect(widthOf(text)).toBeLessThanOrEqual(width);
        if (text !== parts.join(", ")) expect(text).toMatch(/…|, \+\d+$/);
        expect(widthOf(cut(parts.join(), width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});
