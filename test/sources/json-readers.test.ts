// What is worked out once for many rows reads as what it stands for: a difference would let a value through that is no
// cell of its type (law 14), or take an inherited name for a field.
import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonCell, jsonCellOf } from "../../src/sources/json-cell.js";
import { atPath, isObject, pathReader } from "../../src/sources/rest/field-path.js";
import { byKeysAtHand } from "../../src/sources/rows-at-hand.js";
import { RowOrder } from "../../src/sources/row-order.js";
import type { Column } from "../../src/sources/index.js";
import type { ScalarType } from "../../src/terms/index.js";

const types: readonly ScalarType[] = ["String", "Int", "SafeInt", "Float", "Boolean", "Date", "DateTime", "GeoJSON"];
const odd = ["-0", "1e999", "-1e999", "2147483647", "2147483648", "-2147483648", "1.5", '"\\ud800"', '"\\ud83d\\ude00"', '"2024-02-30"', '"2024-02-29"', '"2024-01-01T00:00:00Z"', "null", "[]", "{}", '"7"']; // prettier-ignore

it("a reader of one type's cells reads each as a cell of that type", () => {
  const json = fc.oneof(fc.constantFrom(...odd), fc.json()).map((text) => JSON.parse(text) as unknown);
  const read = (type: ScalarType) => jsonCellOf(type);
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.option(json, { nil: undefined }), (type, value) => {
      expect(Object.is(read(type)(value), jsonCell(type, value))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it("a reader of one path finds what stands at that path, and nothing inherited", () => {
  const name = fc.constantFrom("a", "b", "a.b", "b.a.b", "toString", "constructor", "__proto__", "", "0");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("."));
  const text = fc.letrec<{ value: string; object: string }>((tie) => ({
    object: fc
      .array(fc.tuple(name, tie("value")), { maxLength: 4 })
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`),
    value: fc.oneof({ maxDepth: 3 }, fc.constantFrom("1", "null", '"x"', "[1]"), tie("object")),
  })).object;
  fc.assert(
    fc.property(text, path, (written, at) => {
      const json: unknown = JSON.parse(written);
      if (!isObject(json)) throw new Error("an object was written");
      expect(pathReader(at)(json)).toStrictEqual(atPath(json, at));
    }),
    { numRuns: 3_000 },
  );
});

const code: Column = { name: "code", type: "String" };

it("the rows of each key are its first in order, and the keys in the sequence in which they were asked", () => {
  const district: Column = { name: "district", type: "Int" };
  const rows = [["c", 1], ["a", 2], ["b", 1], ["a", 1], ["x", null], ["z", 3]] as const; // prettier-ignore
  const request = { from: "x", columns: [code], match: [district], filter: null, after: null };
  const order = [{ column: code, direction: "asc" as const }];
  const hand = { columns: [code, district], rows };
  const asked = (limitPerKey: number | null) =>
    byKeysAtHand(hand, { ...request, keys: [[3], [1], [9], [2]], order, limitPerKey });
  expect(asked(null)).toEqual([["z"], ["a"], ["b"], ["c"], ["a"]]);
  expect(asked(2)).toEqual([["z"], ["a"], ["b"], ["a"]]);
});

it("rows that are equal under an order are found wherever they stand", () => {
  const order = new RowOrder([{ column: code, direction: "asc" }], () => 0);
  const cell = fc.constantFrom("a", "b", "c", "é", null);
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 5 }), (cells) => {
      const rows = cells.map((each) => [each]);
      expect(order.isWithoutTwins(rows)).toBe(new Set(cells).size === cells.length);
    }),
  );
});
