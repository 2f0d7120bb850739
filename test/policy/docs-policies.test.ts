// docs/policies.md teaches by examples: each is run here, so that none of them is wrong.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import { maskFunction } from "../../src/gateway/masks.js";
import { checkVersion, loadPolicyVersion, maskKinds, modelText, runPolicyTests } from "../../src/policy/index.js";
import { formatFault } from "../../src/terms/index.js";
import { tenant } from "./town.js";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(resolve(root, "docs/policies.md"), "utf8");
const schema = readFileSync(resolve(root, "schema.graphql"), "utf8");
const sources = new Set([...schema.matchAll(/source: "([^"]+)"/g)].map(([, name = ""]) => name));
const purposes = new Set(["school-meals", "library-statistics", "district-survey"]);
const applications = new Set(["cantine-plus", "biblio-stats", "curieux"]);

const filters = /```yaml filters\.yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

const contentOf = (rules: string) => ({
  tenant,
  schema,
  files: new Map([
    ["policies/model.conf", modelText],
    ["policies/rivemont/example.csv", rules],
    ...(rules.includes("active-accounts") ? [["policies/rivemont/filters.yaml", filters] as const] : []),
  ]),
});
const faultsOf = (rules: string): string[] =>
  checkVersion(contentOf(rules), { sources, purposes, applications }).faults.map(formatFault);

const blocks = [...page.matchAll(/```(csv|yaml)\n([\s\S]*?)```/g)].map(([, kind = "", text = ""]) => ({ kind, text }));

it("every rule of the page is taken without fault or warning", () => {
  const examples = blocks.filter(({ kind }) => kind === "csv");
  expect(examples).toHaveLength(4);
  for (const { text } of examples) expect(faultsOf(text), text).toEqual([]);
});

it("every test of the page holds on the rules above it, and not without them", () => {
  let rules = "";
  let run = 0;
  for (const { kind, text } of blocks) {
    if (kind === "csv") {
      rules = text;
      continue;
    }
    const on = (lines: string) =>
      runPolicyTests(
        loadPolicyVersion(contentOf(lines), sources),
        new Map([["policies/rivemont/tests/t.yaml", text]]),
        {
          purposes,
          applications,
        },
      );
    const report = on(rules);
    expect([report.faults, report.failures]).toEqual([[], []]);
    expect(on("# nothing").passed).toBe(false);
    run += report.tests;
  }
  expect(run).toBe(6);
});

it("every line that the page says is refused is refused so", () => {
  const section = page.slice(page.indexOf("## What is refused"), page.indexOf("## The edit loop"));
  const rows = [...section.matchAll(/^\| `([pg][,;].*?)` +\| (.+?) +\|$/gm)];
  expect(rows).toHaveLength(8);
  for (const [, line = "", said = ""] of rows) {
    const faults = faultsOf(`# a comment\n${line}\n`).filter((fault) => fault.includes(" fault: "));
    expect(faults.join("\n"), line).toContain(said);
    expect(faults[0]).toMatch(/^policies\/rivemont\/example\.csv:2:\d+ /);
  }
});

it("the table of masks is the code's own, and its examples are what the masks do", () => {
  const section = page.slice(page.indexOf("## Masks"), page.indexOf("## Fields made of others"));
  const told = [...section.matchAll(/^\| `(.+?)` +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map((row) => row.slice(1, 5));
  const rows = maskKinds.map(({ name, number, types, words, example }) => [
    number === null ? name : `${name}:n`,
    types === null ? "everything" : types.length > 5 ? "every value" : types.join(", "),
    words("n"),
    `\`${example.mask}\`: ${example.before} → ${example.after}`,
  ]);
  expect(told).toEqual(rows);
  for (const { types, example } of maskKinds) {
    const type = types?.includes("Float") === true ? "Float" : (types?.[0] ?? "String");
    if (example.mask === "aggregate") continue;
    const value = type === "Float" ? Number(example.before) : example.before;
    expect(String(maskFunction(example.mask, type)(value)), example.mask).toBe(example.after);
  }
});

it("the map of the page is read without fault", () => {
  const [, sdl = ""] = /```graphql\n([\s\S]*?)```/.exec(page) ?? [];
  expect(sdl).toContain("@derived");
  expect(readCatalogue(sdl, { file: "schema.graphql", sources }).faults).toEqual([]);
});
