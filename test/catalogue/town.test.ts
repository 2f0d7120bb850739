import { describe, expect, test } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import { formatFault } from "../../src/terms/index.js";
import { rivemontSchema, rivemontSources } from "../support/rivemont.js";

describe("the schema of the town folder at the repository's root", () => {
  const { catalogue, faults } = readCatalogue(rivemontSchema(), { file: "schema.graphql", sources: rivemontSources });

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
