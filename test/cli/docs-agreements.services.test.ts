// docs/agreements.md shows commands and what they print: they are run here, one after another, in a town of their own.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createCliTown, type CliTown } from "./town.js";

const page = readFileSync(new URL("../../docs/agreements.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = ""]) => block);

const wordsOf = (typed: string): string[] =>
  [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

/** `$ npx passerelle …`, several lines joined by `\`, and what it prints; `…` stands for anything. */
const steps = blocks.flatMap((block) =>
  block
    .split(/^\$ npx passerelle /m)
    .slice(1)
    .map((text) => {
      const [, typed = "", printed = ""] = /^((?:.*\\\n)*.*\n)([^]*)$/.exec(text) ?? [];
      return { words: wordsOf(typed.replaceAll("\\\n", " ")), printed: printed.trimEnd() };
    }),
);

const pattern = (printed: string): RegExp =>
  new RegExp(`^${printed.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*?")}$`); // prettier-ignore

let town: CliTown;
beforeAll(async () => {
  town = await createCliTown();
  // The first command of all brings the database up to date, and says so.
  await town.run(["agreement", "list"]);
});
afterAll(() => town.close());

it("holds: every command can be run, and prints what the page shows", async () => {
  expect(steps.length).toBeGreaterThan(5);
  for (const { words, printed } of steps) {
    const { code, out, err } = await town.run(words, { now: new Date("2026-11-23T09:00:00Z"), columns: 200 });
    expect([words.slice(0, 3), code, err]).toEqual([words.slice(0, 3), 0, ""]);
    expect(out.trimEnd()).toMatch(pattern(printed));
  }
});
