import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { settingsToPaste } from "../../../src/cli/map/show-diff.js";
import { readTextFile, replaceFile } from "../../../src/cli/map/write-file.js";

it("replaces a file that is still what was read, and no other", () => {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-write-"));
  const path = join(folder, "schema.graphql");
  try {
    const none = readTextFile(path);
    if (none === null) throw new Error("no text");
    expect(replaceFile(path, none, "one")).toBe(true);
    const before = readTextFile(path);
    if (before === null) throw new Error("no text");
    writeFileSync(path, "somebody's");
    expect([replaceFile(path, before, "two"), replaceFile(path, none, "two")]).toEqual([false, false]);
    expect(readFileSync(path, "utf8")).toBe("somebody's");
    expect(readdirSync(folder)).toEqual(["schema.graphql"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("prints the settings that are missing, and none that a person has written", () => {
  const proposals = [{ lists: { "/a": { items: "x" } } }, { lists: { "/b": {} } }];
  expect(settingsToPaste(proposals, { lists: { "/b": { items: "own" } } })).toBe("lists:\n  /a:\n    items: x");
  expect(settingsToPaste(proposals, { lists: { "/a": {}, "/b": {} } })).toBeNull();
});
