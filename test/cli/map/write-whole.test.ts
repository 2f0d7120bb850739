// A disk that is nearly full takes a part of what it is given and says so by a number: a schema cut in half would be the
// town's whole policy gone. So what is written is written whole, or the file stays as it is.
import type * as fs from "node:fs";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { readTextFile, replaceFile } from "../../../src/cli/map/write-file.js";

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  const part = (file: number, text: string): number => real.writeSync(file, text.slice(0, 3));
  return { ...real, writeSync: part };
});

it("a write that takes a part only never takes the schema's place", () => {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-whole-"));
  const path = join(folder, "schema.graphql");
  try {
    writeFileSync(path, "before");
    const before = readTextFile(path);
    if (before === null) throw new Error("no text");
    expect(replaceFile(path, before, "before and after")).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("before and after");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
