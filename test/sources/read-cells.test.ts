// The quick reading of a cell means what the plain one means: law 14 holds its forms.
import fc from "fast-check";
import { expect, it } from "vitest";
import { mayStay, Piece, readCell } from "../../src/sources/postgres/read-cells.js";
import { readValue } from "../../src/sources/postgres/read-value.js";
import type { ScalarType } from "../../src/terms/index.js";

const types = ["String", "Int", "SafeInt", "Float", "Boolean", "Date", "DateTime", "GeoJSON"] as const;

/** As it stands between other cells. */
function quick(type: ScalarType, text: string) {
  const bytes = Buffer.from(`9é${text}é9`);
  const start = Buffer.byteLength("9é");
  return readCell(type, new Piece(bytes), start, start + Buffer.byteLength(text));
}

const awkward = [
  ...["", "-", "0", "-0", "00", "7", "-12", "2147483647", "2147483648", "-2147483648", "-2147483649", "12.0", "12.50"],
  ...["999999999999999", "9007199254740991", "9007199254740992", "1e5", "NaN", "Infinity", "1 ", " 1", "+1", "١"],
  ...["t", "f", "true", "tt", "2026-11-22", "2024-02-29", "2023-02-29", "0001-01-01", "0000-01-01", "2026-13-01"],
  ...["2026-04-31", "2026-11-22 BC", "10000-01-01", "infinity", "2026-11-22 09:00:00", "2026-11-22 09:00:00+00"],
  ...["2026-11-22 09:00:00.1+00", "2026-11-22 09:00:00.12", "2026-11-22 09:00:00.123456+00", "2026-11-22 24:00:00+00"],
  ...["2026-11-22 09:00:00.1234567+00", "2026-11-22 09:00:00.+00", "2026-11-22 09:00:00+01", "2026-11-22T09:00:00+00"],
  ...[
    "2026-11-22 09:60:00",
    "2026-11-22 09:00:60",
    "2026-02-30 09:00:00",
    "2026-11-22 09:00:00.1x",
    "é",
    "🚲",
    "a\u0000b",
  ],
  '{"type":"Point","coordinates":[1,2]}',
];

it.each(types)("of type %s", (type) => {
  for (const text of awkward) expect(quick(type, text), text).toEqual(readValue(type, text));
  const digits = fc.stringMatching(/^-?\d{1,18}(\.\d{1,3})?$/);
  const dates = fc.stringMatching(/^\d{4}-[01]\d-[0-3]\d( [0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,7})?(\+0[01])?)?$/);
  fc.assert(
    fc.property(fc.oneof(digits, dates, fc.string({ unit: "grapheme" })), (text) => {
      expect(quick(type, text)).toEqual(readValue(type, text));
    }),
    { numRuns: 2_000 },
  );
});

it("of every day that there is, and of none that there is not", () => {
  const two = (n: number) => String(n).padStart(2, "0");
  for (const year of ["1900", "2000", "2024", "2026"])
    for (let month = 0; month <= 13; month++)
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${two(month)}-${two(day)}`;
        expect(quick("Date", text), text).toEqual(readValue("Date", text));
        expect(quick("DateTime", `${text} 09:00:00+00`), text).toEqual(readValue("DateTime", `${text} 09:00:00+00`));
      }
});

// Law 14: the replacement character would stand for both, and what one person allowed would hold for the other.
it("that is not UTF-8 is none, and U+FFFD itself is a text", () => {
  for (const broken of [[0xe9], [0x41, 0xe8], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
    const bytes = Buffer.from(broken);
    for (const type of types) {
      expect(readCell(type, new Piece(bytes), 0, bytes.length)).toBeUndefined();
      expect(mayStay(type, new Piece(bytes).view, 0, bytes.length)).toBe(false);
    }
  }
  // A character begun by the cell's last byte is not ended by what stands behind the cell.
  expect(mayStay("String", new Piece(Buffer.from("aé")).view, 0, 2)).toBe(false);
  expect(quick("String", "a\uFFFDb")).toBe("a\uFFFDb");
});
