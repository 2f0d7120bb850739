// Cells that stay the bytes that came leave as their values would: byte for byte, whatever stands in them and around them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonBytes } from "../../src/gateway/json-bytes.js";
import { CellsInPlace } from "../../src/sources/index.js";
import { mayStay, Piece } from "../../src/sources/postgres/read-cells.js";
import { readValue } from "../../src/sources/postgres/read-value.js";
import type { ScalarType } from "../../src/terms/index.js";

const json = new JsonBytes();

/** A cell with its length before it, at the very end of what came or among other cells. */
function received(text: string, around: string): { piece: Piece; at: number; end: number } {
  const cell = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeInt32BE(cell.length);
  const before = Buffer.from(around);
  const at = before.length;
  return { piece: new Piece(Buffer.concat([before, head, cell, before])), at, end: at + 4 + cell.length };
}

/** Null: it does not stay. */
function writtenInPlace(type: ScalarType, text: string, around: string): string | null {
  const { piece, at, end } = received(text, around);
  if (!mayStay(type, piece.view, at + 4, end)) return null;
  const cells = new CellsInPlace();
  cells.hold(new DataView(new ArrayBuffer(around.length)));
  cells.find(cells.hold(piece.view) + at);
  if (type === "DateTime") json.instant(cells.view, cells.from, cells.to);
  else json.copied(cells.view, cells.from, cells.to);
  const written = json.take().toString("utf8");
  json.clear();
  return written;
}

const asValue = (type: ScalarType, text: string): string | undefined => {
  const value = readValue(type, text);
  return value === undefined ? undefined : JSON.stringify(value);
};

const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.toWellFormed()),
  fc.array(fc.constantFrom("é", "É", "œ", "’", "🚲", '"', "\\", "\u0001", "\u007f", "\u0085", "a", "Z9"), {
    maxLength: 90,
  }),
);
const dates = fc.stringMatching(/^\d{4,5}-[01]\d-[0-3]\d( BC)?$/);
const instants = fc.stringMatching(
  /^\d{4}-[01]\d-[0-3]\d[ T][0-2]\d:[0-6]\d:[0-6]\d(\.\d{0,7})?(\+0[0-2]|-05:30|\+01)?( BC)?$/,
);
const plainInstants = fc.stringMatching(/^(19|20)\d{2}-0[1-9]-[01][1-8] [01]\d:[0-5]\d:[0-5]\d(\.\d{1,6})?(\+00)?$/);
const cell = fc.oneof(
  fc.oneof(
    texts.map((text) => (typeof text === "string" ? text : text.join(""))),
    dates,
    instants,
    plainInstants,
  ),
  fc.constantFrom("", "infinity", "-infinity", "2026-11-22", "0001-01-01", "2024-02-29", "2026-02-30"),
);

describe("a cell in place", () => {
  it.each(["String", "Date", "DateTime"] as const)("of type %s leaves as its value would", (type) => {
    fc.assert(
      fc.property(cell, fc.constantFrom("", "é", "0123", '"'), (text, around) => {
        const written = writtenInPlace(type, text, around);
        if (written !== null) expect(written).toBe(asValue(type, text));
      }),
      { numRuns: 3_000 },
    );
  });

  // Were none to stay, all of the above would hold.
  it.each<[ScalarType, string]>([
    ["String", ""],
    ["String", "3 bis, rue de l'Église"],
    ["String", "Zoé".repeat(100)],
    ["String", "a\u007f\u0085"],
    ["Date", "2026-11-22"],
    ["DateTime", "2026-11-22 09:00:00"],
    ["DateTime", "2026-11-22 09:00:00+00"],
    ["DateTime", "2026-11-22 09:00:00.1"],
    ["DateTime", "2026-11-22 09:00:00.12+00"],
    ["DateTime", "2026-11-22 23:59:59.999999+00"],
  ])("is every plain %s: %s", (type, text) => {
    for (const around of ["", "12345"]) expect(writtenInPlace(type, text, around)).toBe(asValue(type, text));
  });

  it.each<[ScalarType, string]>([
    ["String", 'a "b"'],
    ["String", "a\\"],
    ["String", "a\nb"],
    ["String", "🚲"],
    ["Date", "infinity"],
    ["Date", "0044-03-15 BC"],
    ["DateTime", "infinity"],
    ["DateTime", "2026-11-22 09:00:00+01"],
    ["Int", "1"],
    ["GeoJSON", "{}"],
  ])("is no %s that is to be looked at: %s", (type, text) => {
    expect(writtenInPlace(type, text, "")).toBeNull();
  });
});

describe("the place of a cell", () => {
  const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);

  it("is found in any sequence, in whichever piece it came", () => {
    const cells = new CellsInPlace();
    const places = texts.map((text, i) => {
      const { piece, at } = received(text, "x".repeat(i % 3));
      return cells.hold(piece.view) + at;
    });
    fc.assert(
      fc.property(fc.array(fc.nat(texts.length - 1), { maxLength: 60 }), (sequence) => {
        for (const i of sequence) {
          cells.find(places[i] ?? -1);
          const { view, from, to } = cells;
          expect(Buffer.from(view.buffer, view.byteOffset + from, to - from).toString()).toBe(texts[i]);
        }
      }),
    );
  });

  // Law 13: walked along one by one, these took a second, in which nobody else was answered.
  it("is found among as many pieces as rows, some of them empty, in any sequence", () => {
    const cells = new CellsInPlace();
    const count = 60_000;
    const places = Array.from({ length: count }, (_, i) => {
      if (i % 7 === 0) cells.hold(new DataView(new ArrayBuffer(0)));
      return cells.hold(received(String(i), "").piece.view);
    });
    let wrong = 0;
    for (let i = 0, at = 0; i < count; i++, at = (at + 22_619) % count) {
      cells.find(places[at] ?? -1);
      const { view, from, to } = cells;
      if (Buffer.from(view.buffer, view.byteOffset + from, to - from).toString() !== String(at)) wrong++;
    }
    expect(wrong).toBe(0);
  });

  // Law 10: what no source left there is not looked for elsewhere.
  it.each([-1, -5, 13, 1e9, Number.NaN])("that is none is an error: %d", (place) => {
    const cells = new CellsInPlace();
    expect(() => cells.find(place)).toThrow(RangeError);
    cells.hold(received("only", "").piece.view);
    cells.find(0);
    expect(() => cells.find(place)).toThrow(RangeError);
  });

  it("is none once all is forgotten (law 13)", () => {
    const cells = new CellsInPlace();
    cells.find(cells.hold(received("only", "").piece.view));
    cells.forget();
    expect(cells.view.byteLength).toBe(0);
    expect(() => cells.find(0)).toThrow(RangeError);
    expect(cells.hold(received("next", "").piece.view)).toBe(0);
  });

  it("is given for so many bytes and no more (law 13)", () => {
    const cells = new CellsInPlace();
    const piece = new DataView(new ArrayBuffer(65_536));
    const held = Array.from({ length: 100 }, () => cells.hold(piece));
    expect(held.filter((base) => base >= 0)).toHaveLength(64);
    expect(held.slice(64).every((base) => base === -1)).toBe(true);
  });
});
