// docs/policies.md teaches by examples: each is run here, so that none of them is wrong.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { checkVersion, loadPolicyVersion, modelText, runPolicyTests } from "../../src/policy/index.js";
import { formatFault } from "../../src/terms/index.js";
import { tenant } from "./town.js";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(resolve(root, "docs/policies.md"), "utf8");
const schema = readFileSync(resolve(root, "schema.graphql"), "utf8");
const sources = new Set([...schema.matchAll(/source: "([^"]+)"/g)].map(([, name = ""]) => name));
const purposes = new Set(["school-meals", "library-statistics", "district-survey"]);
const applications = new Set(["cantine-plus", "biblio-stats", "curieux"]);

const contentOf = (rules: string) => ({
  tenant,
  schema,
  files: new Map([
    ["policies/model.conf", modelText],
    ["policies/rivemont/example.csv", rules],
  ]),
});
const faultsOf = (rules: string): string[] =>
  checkVersion(contentOf(rules), { sources, purposes, applications }).faults.map(formatFault);

const blocks = [...page.matchAll(/```(csv|yaml)\n([\s\S]*?)```/g)].map(([, kind = "", text = ""]) => ({ kind, text }));

it("every rule of the page is taken without fault or warning", () => {
  const examples = blocks.filter(({ kind }) => kind === "csv");
  expect(examples).toHaveLength(3);
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
    expect(on("# nothing").failures.length).toBeGreaterThan(0);
    run += report.tests;
  }
  expect(run).toBe(5);
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
