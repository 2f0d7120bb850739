// Each mask's law, for any value: it keeps the type, gives the same again when it is put on twice, and tells no more
// than it says.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ageBand, deriveAll } from "../../src/gateway/derive.js";
import { maskFunction } from "../../src/gateway/masks.js";
import { maskKinds, type ValueMask } from "../../src/policy/index.js";
import { isCanonical } from "../../src/sources/canonical-value.js";
import { geometryOf, geometryText, type Coordinate, type ScalarType, type Value } from "../../src/terms/index.js";

const date = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
  .map((moment) => moment.toISOString());
const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true }).map((number) => number + 0);
const position = fc.tuple(degrees(180), degrees(90), fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined })); // prettier-ignore
const place = position.map(([x, y, z]) => (z === undefined ? [x, y] : [x, y, z + 0]) as [number, number]);
const geometry = fc.oneof(
  place.map((coordinates) => geometryText({ type: "Point", coordinates })),
  fc
    .array(place, { minLength: 1, maxLength: 4 })
    .map((coordinates) => geometryText({ type: "MultiPoint", coordinates })),
  fc.array(place, { minLength: 3, maxLength: 5 }).map((ring) => geometryText({ type: "Polygon", coordinates: [[...ring, ring[0] ?? [0, 0]]] })), // prettier-ignore
);
const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.constantFrom("", "89100", "d'Artagnan", "E\u0301va", "👨‍👩‍👧 famille", "123", "—")); // prettier-ignore
const int = fc.oneof(fc.integer(), fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 0, 25, -25, 75));
const safe = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER));
const float = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, 2 ** 60 + 256, 12.5, 0.1),
).map((number) => number + 0); // prettier-ignore

const values: Readonly<Record<string, fc.Arbitrary<NonNullable<Value>>>> = {
  Date: date.map((moment) => moment.slice(0, 10)),
  DateTime: date,
  Int: int,
  SafeInt: safe,
  Float: float,
  String: text,
  GeoJSON: geometry,
};
const numbers: Readonly<Record<string, fc.Arbitrary<number>>> = {
  round: fc.oneof(fc.integer({ min: 1, max: 1_000_000_000 }), fc.constantFrom(1, 2, 10, 50, 1000)),
  truncate: fc.integer({ min: 1, max: 12 }),
  geo: fc.integer({ min: 0, max: 6 }),
};

/** Every mask with every type that it stands on. */
const forms = maskKinds
  .filter(({ name }) => name !== "-" && name !== "aggregate")
  .flatMap(({ name, types }) => (types ?? []).map((type) => [name, type] as const));
const maskOf = (name: string): fc.Arbitrary<ValueMask> =>
  numbers[name]?.map((n) => `${name}:${n}` as ValueMask) ?? fc.constant(name as ValueMask);
const valueOf = (type: ScalarType): fc.Arbitrary<NonNullable<Value>> => values[type] ?? fc.constant("");

describe.each(forms)("the mask %s on a %s", (name, type) => {
  it("keeps the type, and put on twice is as put on once", () => {
    fc.assert(
      fc.property(maskOf(name), valueOf(type), (mask, value) => {
        const masked = maskFunction(mask, type)(value);
        expect(isCanonical(type, masked)).toBe(true);
        expect(Object.is(masked, -0)).toBe(false);
        expect(maskFunction(mask, type)(masked)).toBe(masked);
        expect(maskFunction(mask, type)(null)).toBeNull();
      }),
      { numRuns: 200 },
    );
  });
});

describe("what a mask tells", () => {
  const alike = (mask: ValueMask, type: ScalarType, a: Value, b: Value): boolean =>
    maskFunction(mask, type)(a) === maskFunction(mask, type)(b);

  it("is of `year` the year, of `month` the month, and nothing else of a day or moment", () => {
    fc.assert(
      fc.property(date, date, (a, b) => {
        for (const [type, one, other] of [
          ["DateTime", a, b],
          ["Date", a.slice(0, 10), b.slice(0, 10)],
        ] as const) {
          expect(alike("year", type, one, other)).toBe(a.slice(0, 4) === b.slice(0, 4));
          expect(alike("month", type, one, other)).toBe(a.slice(0, 7) === b.slice(0, 7));
        }
      }),
    );
    expect(maskFunction("year", "DateTime")("2026-11-22T09:30:00.000Z")).toBe("2026-01-01T00:00:00.000Z");
    expect(maskFunction("month", "Date")("2026-11-22")).toBe("2026-11-01");
  });

  it("is of `round:n` a multiple of n at most half an n away, and never turns an order round", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), float, float, (n, a, b) => {
        fc.pre(Math.abs(a) < 2 ** 52 && Math.abs(b) < 2 ** 52);
        const round = maskFunction(`round:${n}`, "Float");
        const [x, y] = [Number(round(a)), Number(round(b))];
        expect(x % n).toBe(x % n < 0 ? -0 : 0 * Math.sign(x));
        expect(Math.abs(x - a)).toBeLessThanOrEqual(n / 2);
        if (a <= b) expect(x).toBeLessThanOrEqual(y);
      }),
    );
  });

  it.each([
    [25, 50],
    [-25, -50],
    [24, 0],
    [-24, 0],
    [74.9, 50],
    [75, 100],
    [-75, -100],
  ])("is of round:50 on %d: %d, halves away from zero", (value, rounded) => {
    expect(maskFunction("round:50", "Float")(value)).toBe(rounded);
  });

  it("is of `round:n` at the ends of a type the nearest multiple that it holds", () => {
    expect(maskFunction("round:1000000000", "Int")(2 ** 31 - 1)).toBe(2_000_000_000);
    expect(maskFunction("round:50", "Int")(2 ** 31 - 1)).toBe(2_147_483_600);
    expect(maskFunction("round:50", "Int")(-(2 ** 31))).toBe(-2_147_483_600);
    expect(maskFunction("round:1000", "SafeInt")(Number.MAX_SAFE_INTEGER)).toBe(9_007_199_254_740_000);
    expect(maskFunction("round:10", "Float")(Number.MAX_VALUE)).toBe(Number.MAX_VALUE);
  });

  it("is of `truncate:n` the first n characters and nothing of what follows, never half a character", () => {
    fc.assert(
      fc.property(numbers["truncate"] ?? fc.constant(1), text, text, (n, start, rest) => {
        const head = [...start].slice(0, n).join("");
        fc.pre([...head].length === n);
        const truncate = maskFunction(`truncate:${n}`, "String");
        // Half a pair at the end of one and the start of the other would be one character together.
        fc.pre([...(start + rest)].slice(0, n).join("") === head);
        expect(truncate(start + rest)).toBe(head);
      }),
    );
    expect(maskFunction("truncate:1", "String")("👍🏽 oui")).toBe("👍");
    expect(maskFunction("truncate:5", "String")("89")).toBe("89");
  });

  it.each([
    ["Martin", "M."],
    ["d'Artagnan", "d."],
    ["  le Goff", "l."],
    ["E\u0301va", "É."],
    ["Éva", "É."],
    ["3 rue", "r."],
    ["", "."],
    ["123", "."],
    ["𝒜bc", "𝒜."],
  ])("is of `initial` on %j: %j", (value, initial) => {
    expect(maskFunction("initial", "String")(value)).toBe(initial);
  });

  it("is of `redact` nothing but that there is a text", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(alike("redact", "String", a, b)).toBe(true);
      }),
    );
  });

  it("is of `geo:n` each place to n decimals, without its altitude", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), geometry, (n, value) => {
        const coarse = geometryOf(String(maskFunction(`geo:${n}`, "GeoJSON")(value)));
        const before = geometryOf(value);
        expect(coarse.type).toBe(before.type);
        const flat = (coordinates: unknown): number[][] =>
          Array.isArray(coordinates) && typeof coordinates[0] === "number" ? [coordinates as number[]] : (coordinates as unknown[]).flatMap(flat); // prettier-ignore
        const [was, is] = [flat(before.coordinates), flat(coarse.coordinates)];
        expect(is).toHaveLength(was.length);
        for (const [at, one] of is.entries()) {
          expect(one).toHaveLength(2);
          for (const [axis, number] of one.entries()) {
            expect(Number(number.toFixed(n))).toBe(number);
            expect(Math.abs(number - (was[at]?.[axis] ?? NaN))).toBeLessThanOrEqual(0.5 / 10 ** n + 1e-12);
          }
        }
      }),
    );
    expect(maskFunction("geo:2", "Float")(48.19815)).toBe(48.2);
    expect(maskFunction("geo:0", "Float")(-0.4)).toBe(0);
  });

  it("is never what does not fit: then nothing leaves", () => {
    expect(() => maskFunction("year", "String")).toThrow("does not fit");
    expect(() => maskFunction("round:5", "Int")("5")).toThrow("does not fit");
    expect(() => maskFunction("year", "Date")("soon")).toThrow("does not fit");
    expect(() => maskFunction("truncate:2", "String")(5)).toThrow("does not fit");
  });
});

describe("an age band", () => {
  const today = "2026-11-23";
  it.each([
    ["2026-12-31", 5, "0-4"],
    ["2022-01-01", 5, "0-4"],
    ["2021-12-31", 5, "5-9"],
    ["1990-06-15", 5, "35-39"],
    ["1990-06-15", 10, "30-39"],
    ["1990-06-15", 1, "36"],
    ["1990-06-15T23:59:59.999Z", 5, "35-39"],
    ["2027-01-01", 5, null],
    [null, 5, null],
  ])("of %j in bands of %d is %j", (born, years, band) => {
    expect(ageBand(born, years, today)).toBe(band);
  });

  it("is the same on every day of a year, whatever the birthday: only years meet in it", () => {
    fc.assert(
      fc.property(date, date, fc.integer({ min: 1, max: 100 }), (born, day, years) => {
        const on = (moment: string) => ageBand(born.slice(0, 10), years, moment.slice(0, 10));
        expect(on(day)).toBe(on(`${day.slice(0, 4)}-01-01`));
        expect(on(day)).toBe(ageBand(`${born.slice(0, 4)}-01-01`, years, day));
        const age = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
        const [from = NaN, to = from] = (on(day) ?? "").split("-").map(Number);
        if (age >= 0) expect([from % years, to - from + 1, from <= age && age <= to]).toEqual([0, years, true]);
        else expect(on(day)).toBeNull();
      }),
    );
  });

  it("of what is no day is an error: nothing leaves", () => {
    expect(() => ageBand("soon", 5, today)).toThrow();
    expect(() => ageBand(1990, 5, today)).toThrow();
  });
});

it("pseudonyms are made of a whole column at once, and what is not there has none", () => {
  const asked: Value[][] = [];
  const seals = {
    pseudonyms: (_: Coordinate, present: readonly NonNullable<Value>[]) => {
      asked.push([...present]);
      return present.map((value) => `p${String(value)}`);
    },
  };
  const derived = deriveAll({ kind: "pseudonym" }, "A.b" as Coordinate, [1, null, 2], { seals, today: "2026-01-01" });
  expect(derived).toEqual(["p1", null, "p2"]);
  expect(asked).toEqual([[1, 2]]);
});
