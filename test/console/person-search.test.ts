import { describe, expect, it } from "vitest";
import { shortHandle } from "../../console/src/pages/people/short-handle.js";
import { readKeys, waysOf } from "../../console/src/pages/people/ways.js";

const text = (word: string) => ({ fr: word, en: word });
const register = {
  keys: [
    { name: "number", title: text("number"), kind: "NUMBER", alone: true },
    { name: "familyName", title: text("name"), kind: "TEXT", alone: false },
    { name: "givenName", title: text("first name"), kind: "TEXT", alone: false },
    { name: "birthDate", title: text("born"), kind: "DAY", alone: false },
  ],
} as const;
const [byNumber, together] = waysOf(register);
if (byNumber === undefined || together === undefined) throw new Error("two ways");

describe("how a person is looked for", () => {
  it("is by a key that is enough by itself, or by the others together", () => {
    expect(waysOf(register).map(({ keys }) => keys.map(({ name }) => name))).toEqual([
      ["number"],
      ["familyName", "givenName", "birthDate"],
    ]);
    expect(waysOf({ keys: [] })).toEqual([]);
  });

  it("asks for the key, or for two of the others, and takes a number as it stands in a letter", () => {
    expect(readKeys(byNumber, { number: " 103 396 ", familyName: "x" })).toEqual({
      by: [{ name: "number", value: "103396" }],
    });
    expect(readKeys(byNumber, { number: "10a" })).toEqual({ faults: { number: "badNumber" } });
    expect(readKeys(byNumber, {})).toEqual({ faults: { number: "required" } });
    expect(readKeys(together, { familyName: "Martin " })).toEqual({ faults: { givenName: "two", birthDate: "two" } });
    expect(readKeys(together, { familyName: "Martin", givenName: "Inès" })).toEqual({
      by: [
        { name: "familyName", value: "Martin" },
        { name: "givenName", value: "Inès" },
      ],
    });
    expect(readKeys(together, { familyName: " Martin", birthDate: "1984-03-02" })).toEqual({
      by: [
        { name: "familyName", value: "Martin" },
        { name: "birthDate", value: "1984-03-02" },
      ],
    });
  });

  it("shows of a token the beginning, which tells two apart and nobody's name", () => {
    expect(shortHandle("resident~AbCdEfGhIjKl")).toBe("resident ~AbCdEf…");
  });
});
