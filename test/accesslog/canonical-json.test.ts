import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/accesslog/index.js";
import type { Json } from "../../src/accesslog/index.js";

describe("RFC 8785", { timeout: 60_000 }, () => {
  test("names are sorted by UTF-16 units, at every depth", () => {
    expect(
      canonicalJson({ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }),
    ).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: {} })).toBe('{"a":{},"b":[{"c":2,"d":1}]}');
  });

  test("numbers and strings as in section 3.2.2", () => {
    expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0, 1e21])).toBe(
      "[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21]",
    );
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
  });

  test("what JSON cannot hold is a fault, never left out in silence", () => {
    const faults: unknown[] = [undefined, NaN, Infinity, { a: undefined }, [undefined], () => 1, 1n, Symbol("s")];
    faults.push(new Date(0), { toJSON: () => 1 }, "\ud800", { "\udc00": 1 }, new Map());
    for (const fault of faults) expect(() => canonicalJson(fault as Json)).toThrow(TypeError);
  });

  test("one value has one form, whatever order its names were written in, and reads back as itself", () => {
    const value = fc.jsonValue({ noUnicodeString: false, depthSize: "medium" }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(value, (json) => {
        const text = canonicalJson(json);
        expect(canonicalJson(reversed(json))).toBe(text);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(json)));
      }),
    );
  });
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => reversed(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]: [string, Json]) => [name, reversed(member)]),
  );
}
