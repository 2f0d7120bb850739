// Places told are places: found by writers that note where they put the cell, and by JSON.parse.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonErrorAt, jsonOffsets } from "../../src/sources/files/json-places.js";
import { readCsv } from "../../src/sources/files/read-csv.js";
import { fileForm } from "../../src/sources/files/settings.js";

const signal = new AbortController().signal;

const cell = fc.record({
  text: fc.string({ unit: fc.constantFrom("a", "é", "𝒳", ";", ",", '"', "\n", "\r\n", "\r", " ", "0") }),
  quoted: fc.boolean(),
});
type Written = readonly { readonly text: string; readonly quoted: boolean }[];

/** The file, and where each cell of each row begins. */
function write(rows: readonly Written[], lineBreak: string, delimiter: string) {
  let text = rows[0]?.map((_, i) => `c${i}`).join(delimiter) ?? "";
  const starts: number[][] = [];
  for (const row of rows) {
    text += lineBreak;
    starts.push([]);
    for (const [i, { text: value, quoted }] of row.entries()) {
      if (i > 0) text += delimiter;
      starts.at(-1)?.push(text.length);
      // A row of nothing is an empty line.
      const needed = /[";,\r\n]/.test(value) || (row.length === 1 && value === "");
      text += quoted || needed ? `"${value.replaceAll('"', '""')}"` : value;
    }
  }
  return { text, starts };
}

const placeOf = (text: string, at: number) => {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
};

describe("a place in a file", () => {
  it("is the cell's, in any CSV", async () => {
    const tables = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      );
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.constantFrom(";", ","),
        fc.boolean(),
        async (rows, lineBreak, delimiter, ended) => {
          const { text, starts } = write(rows, lineBreak, delimiter);
          const form = fileForm("f.csv", {
            kind: "files",
            townFolder: "",
            folder: "",
            files: { "f.csv": { delimiter } },
          });
          const table = await readCsv(ended ? text + lineBreak : text, form as never, signal);
          expect(table.rowCount).toBe(rows.length);
          for (const [r, row] of rows.entries()) {
            for (const [c, { text: value, quoted }] of row.entries()) {
              const empty = value === "" && !quoted && row.length > 1;
              expect(table.columns.get(`c${c}`)?.[r]).toBe(empty ? null : value);
              expect(table.place(r, `c${c}`)).toEqual(placeOf(text, starts[r]?.[c] ?? -1));
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is where JSON stops being JSON, and only there", () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.nat({ max: 2 }), fc.constantFrom("", "{", "]", ",", '"', "\\", "0", "e", "-", ".", " ", "\n", "\u0001", "true", ":"))
      .map(([text, at, cut, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + cut)); // prettier-ignore
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const at = jsonErrorAt(text);
        expect(at === null).toBe(isJson);
        if (at !== null) expect(at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 3_000 },
    );
  });

  it("is the value's, in any JSON", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (before, value) => {
        const text = JSON.stringify({ ...before, a: [0, { b: value }], c: 1 });
        const [at = -1] = jsonOffsets(text, (steps) => JSON.stringify(steps) === '["a",1,"b"]', 1);
        expect(text.slice(at).startsWith(JSON.stringify(value))).toBe(true);
      }),
    );
  });
});
