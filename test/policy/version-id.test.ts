import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { versionId, type VersionContent } from "../../src/policy/index.js";
import { tenant } from "./town.js";

const path = fc.constantFrom("a", "b", "ab").map((name) => `policies/rivemont/${name}.csv`);
const text = fc.string({ unit: fc.constantFrom("a", "b", "1", ":", "\n", "é"), maxLength: 6 });
const content: fc.Arbitrary<VersionContent> = fc
  .tuple(text, fc.uniqueArray(fc.tuple(path, text), { selector: ([name]) => name }))
  .map(([schema, files]) => ({ tenant, schema, files: new Map(files) }));

const told = ({ schema, files }: VersionContent): string => JSON.stringify([schema, [...files].sort()]);

describe("versionId", () => {
  it("is one name for one content: no two run together", () => {
    fc.assert(
      fc.property(content, content, (a, b) => {
        expect(versionId(a) === versionId(b)).toBe(told(a) === told(b));
      }),
      { numRuns: 3000 },
    );
  }, 60_000);

  it("does not move text between path and file, or from one file to the next", () => {
    const of = (schema: string, ...files: [string, string][]) => versionId({ tenant, schema, files: new Map(files) });
    const ids = [
      of("s", ["policies/rivemont/a.csv", "xy"]),
      of("s", ["policies/rivemont/a.csv", "x"], ["policies/rivemont/b.csv", "y"]),
      of("s", ["policies/rivemont/a.csvx", "y"]),
      of("sx", ["policies/rivemont/a.csv", "y"]),
      of("s", ["policies/common/a.csv", "xy"]),
      of("s"),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("does not depend on the order in which files were read, and leaves the tenant's tests out", () => {
    const files: [string, string][] = [
      ["policies/model.conf", "m"],
      ["policies/rivemont/b.csv", "2"],
      ["policies/rivemont/a.csv", "1"],
    ];
    const id = versionId({ tenant, schema: "s", files: new Map(files) });
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(versionId({ tenant, schema: "s", files: new Map(files.toReversed()) })).toBe(id);
    const tested: [string, string][] = [...files, ["policies/rivemont/tests/a.yaml", "t"]];
    expect(versionId({ tenant, schema: "s", files: new Map(tested) })).toBe(id);
  });

  it("is what it was: stored versions keep their names", () => {
    const files = new Map([["policies/rivemont/a.csv", "p"]]);
    expect(versionId({ tenant, schema: "é", files })).toBe(
      "f05c0a892d19197c8cdb027216fb087aa69a391eb25395a171c73ba99e03a323",
    );
  });
});
