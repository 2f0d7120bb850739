import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import { formatFault } from "../../src/terms/index.js";

const sdl = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");

describe("the schema of the town folder at the repository's root", () => {
  const sources = new Set(["families", "education", "territory"]);
  const { catalogue, faults } = readCatalogue(sdl, { file: "schema.graphql", sources });

  test("is read without a fault or a warning", () => {
    expect(faults.map(formatFault)).toEqual([]);
    expect(catalogue).not.toBeNull();
  });

  test("is about the people it says", () => {
    expect(catalogue?.datasets.get("CanteenAccount")?.subjects).toEqual([
      { scheme: "resident", column: { name: "resident_id", type: "Int" } },
    ]);
  });
});
