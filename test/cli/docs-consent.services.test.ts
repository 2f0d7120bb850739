// docs/consent.md shows commands and what they print: they are run here, one after another, in a town of their own.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { advice, createConsentTown, deciding, meals } from "./consent-town.js";
import { tenant, type CliTown } from "./town.js";

const page = readFileSync(new URL("../../docs/consent.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = ""]) => block);

const wordsOf = (typed: string): string[] =>
  [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

/** `$ npx passerelle … [> FILE]`, and what it prints; `…` stands for anything. */
const steps = blocks.flatMap((block) =>
  block
    .split(/^\$ npx passerelle /m)
    .slice(1)
    .map((text) => {
      const [, typed = "", printed = ""] = /^(.*\n)([^]*)$/.exec(text) ?? [];
      const [command = "", file] = typed.trim().split(" > ");
      return { words: wordsOf(command), file, printed: printed.trimEnd() };
    }),
);

const pattern = (printed: string): RegExp =>
  new RegExp(`^${printed.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*?")}$`); // prettier-ignore

let town: CliTown;
beforeAll(async () => {
  town = await createConsentTown();
  mkdirSync(join(town.folder, "forms"));
  writeFileSync(join(town.folder, "forms/form-2025.fr.txt"), "Formulaire de 2025.\n");
  const line = (id: number): string => `${String(id)},resident,${String(300 + id)},given,*,2026-09-01,fr,form-2025`;
  const file = ["id,scheme,key,decision,units,at,language,textVersion", line(1), line(2)].join("\n");
  writeFileSync(join(town.folder, "forms-2025.csv"), file);
  await town.withTown(async (opened) => {
    const reason = "My address has to stay secret.";
    const given = await deciding(opened, { ref: advice, key: 123, decision: "given" });
    const objected = await deciding(opened, { ref: meals, key: 123, decision: "objected", reason });
    await opened.consents.decideAll(tenant, [
      { ...given, id: "7f1c5c44-5b0e-4a43-9a5d-0d6a0b1f8f10" },
      { ...objected, id: "0c8dcf52-8bd4-4b36-8f4c-3d2b1f6a7e01" },
    ]);
  });
});
afterAll(() => town.close());

it("holds: every command can be run, and prints what the page shows", async () => {
  expect(steps.length).toBeGreaterThan(12);
  for (const { words, file, printed } of steps) {
    const { code, out } = await town.run(words, { columns: 160 });
    expect([words.slice(0, 3), code]).toEqual([words.slice(0, 3), 0]);
    if (file === undefined) expect(out.trimEnd()).toMatch(pattern(printed));
    else writeFileSync(join(town.folder, file), out);
  }
});
