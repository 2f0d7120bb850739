import { readFileSync } from "node:fs";
import fc from "fast-check";
import { validateSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { deriveApiSchema, readCatalogue } from "../../src/catalogue/index.js";
import { hasFault } from "../../src/terms/index.js";
import { fullAbilities } from "./reading.js";
import { rivemontSources } from "../support/rivemont.js";

const sdl = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");
const tokens: readonly string[] = sdl.replaceAll(/^#.*$/gm, "").match(/"""[^"]*"""|"[^"]*"|\w+|[^\s\w]/g) ?? [];
const traps = [
  ...["id", "node", "true", "and", "__typename", "constructor", "first", "ResidentWhere", "PageInfo", "Query", "Node"],
  ...["ID", "!", "[", "]", "{", "}", "(", ")", "@", '""', '"Resident"', '"__proto__"', "extend", "interface", ""],
];

/** The town's schema with a few words and signs replaced by others. */
const mangled = fc
  .array(fc.tuple(fc.nat(tokens.length - 1), fc.constantFrom(...traps, ...new Set(tokens))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((changes) => {
    const changed = [...tokens];
    for (const [index, token] of changes) changed[index] = token;
    return changed.join(" ").replaceAll(/ (type|@) /g, "\n$1 ");
  });

const options = { file: "schema.graphql", sources: rivemontSources };

describe("a mangled schema", () => {
  test("is refused with faults inside the file, or read; what is read derives a valid API", () => {
    let read = 0;
    fc.assert(
      fc.property(mangled, (text) => {
        const { catalogue, faults } = readCatalogue(text, options);
        expect(catalogue === null).toBe(hasFault(faults));
        const lines = text.split("\n");
        for (const { line, column, endColumn, message } of faults) {
          expect(message).not.toContain("\n");
          const length = lines[line - 1]?.length ?? -1;
          expect(column).toBeLessThanOrEqual(length + 1);
          if (endColumn !== undefined) expect(endColumn).toBeLessThanOrEqual(length + 1);
        }
        if (catalogue === null) return;
        read += 1;
        expect(validateSchema(deriveApiSchema(catalogue, () => fullAbilities))).toEqual([]);
      }),
      { numRuns: 500 },
    );
    // Both ends are met: not everything is refused.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(500);
  });

  test("of any text at all is refused without a crash", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("utf8")),
          fc.nat(8_000).map((n) => `type A { a: ${"[".repeat(n)}`),
        ),
        (text) => {
          expect(readCatalogue(text, options).catalogue).toBeNull();
        },
      ),
      { numRuns: 30 },
    );
  });
});
