import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTerminal, type Style } from "../../src/cli/terminal.js";

function printed(text: string, style?: Style, colours = false): string {
  let out = "";
  const write = (more: string): void => void (out += more);
  createTerminal({ out: write, err: write, columns: null, outColours: colours, errColours: colours }).out(text, style);
  return out;
}

describe("the terminal", () => {
  it("is never sent what acts on it, whatever the text", () => {
    const acting = fc.constantFrom(
      "\u001b[2J",
      "\u009b31m",
      "\u0007",
      "\r",
      "\b",
      "\u202e",
      "\u2028",
      "\ufeff",
      "\ud800",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(acting, fc.string({ unit: "binary" }))), (parts) => {
        const text = printed(parts.join(""));
        // eslint-disable-next-line no-control-regex -- they are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\ufeff]/);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  it("gets JSON that still says the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(JSON.parse(printed(JSON.stringify({ text })))).toEqual(JSON.parse(JSON.stringify({ text })));
      }),
    );
  });

  it("shows colours only where it can", () => {
    expect(printed("a\nb", "bold")).toBe("a\nb\n");
    expect(printed("a\nb", "bold", true)).toBe("\u001b[1ma\u001b[22m\n\u001b[1mb\u001b[22m\n");
  });

  it("is taken to have 80 to 160 columns", () => {
    const width = (columns: number | null): number =>
      createTerminal({ out: () => undefined, err: () => undefined, columns, outColours: false, errColours: false })
        .columns;
    expect([width(20), width(100), width(400), width(null)]).toEqual([80, 100, 160, 120]);
  });
});
