import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startWords } from "../../bench/processes.js";
import { home } from "../house/tracked-files.js";

const text = (name: string): string => readFileSync(join(home, name), "utf8");

describe("the words of `npm start`", () => {
  const words = startWords(text("package.json"));

  it("are the bench's, and README's for a town in a folder of its own", () => {
    expect(words.length).toBeGreaterThan(0);
    expect(text("README.md")).toContain(`$ node ${words.join(" ")} ~/passerelle/dist/main.js\n`);
  });

  it("set no end to the memory: ten million consents take more of it than ten thousand", () => {
    const limit = "console.log(require('node:v8').getHeapStatistics().heap_size_limit)";
    const limitWith = (given: readonly string[]): number =>
      Number(spawnSync(process.execPath, [...given, "-e", limit], { encoding: "utf8" }).stdout);
    // Less new space: V8 counts it to the whole.
    const newSpace = 3 * 64 * 1024 * 1024;
    expect(limitWith(words)).toBeGreaterThanOrEqual(limitWith([]) - newSpace);
  });

  it("are refused where npm start does something else first", () => {
    const starting = (start: string) => () => startWords(JSON.stringify({ scripts: { start } }));
    expect(starting("node scripts/run.mjs dist/main.js --now")).toThrow("no plain start");
    expect(starting("npx node dist/main.js")).toThrow("no plain start");
  });
});
