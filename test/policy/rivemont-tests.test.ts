// Rivemont's own policy tests: what ships as an example holds, and holds something.
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import {
  loadPolicyVersion,
  readPolicyFolder,
  readTestFiles,
  runPolicyTests,
  type TestFiles,
  type VersionContent,
} from "../../src/policy/index.js";
import { rivemontSources } from "../support/rivemont.js";
import { tenant } from "./town.js";

const folder = resolve(import.meta.dirname, "../..");
const town = z
  .object({ tenants: z.object({ rivemont: z.object({ purposes: z.record(z.string(), z.unknown()) }) }) })
  .parse(parse(readFileSync(resolve(folder, "gateway.yaml"), "utf8")));
const names = { purposes: new Set(Object.keys(town.tenants.rivemont.purposes)), applications: null };

let content: VersionContent;
let tests: TestFiles;
beforeAll(async () => {
  const read = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant]);
  if (read.content === null) throw new Error(JSON.stringify(read.faults));
  content = read.content;
  tests = await readTestFiles(folder, tenant);
});

const run = (changed: VersionContent, files = tests.files) =>
  runPolicyTests(loadPolicyVersion(changed, rivemontSources), files, names);

/** Those of an application's own file; those of everyone, which ask each application for each purpose, where there is none. */
function testsOf(path: string): typeof tests.files {
  const named = (name: string) => new Map([...tests.files].filter(([file]) => basename(file) === `${name}.yaml`));
  const own = named(basename(path, ".csv"));
  return own.size > 0 ? own : named("everyone");
}

it("Rivemont's tests pass on Rivemont's rules", () => {
  expect(tests.faults).toEqual([]);
  const report = run(content);
  expect(report.faults).toEqual([]);
  expect(report.failures).toEqual([]);
  expect(report.passed).toBe(true);
  expect(report.tests).toBeGreaterThan(6);
});

it("they fail on any one rule more or less, on any mask gone, on any row more: no rule of Rivemont is untested", () => {
  const changes: [string, string, string][] = [];
  for (const [path, text] of content.files) {
    if (!path.endsWith(".csv")) continue;
    const lines = text.split("\n");
    for (const [at, line] of lines.entries()) {
      if (!line.startsWith("p,")) continue;
      changes.push([`${path}:${at + 1} taken out`, path, lines.with(at, "# gone").join("\n")]);
      const everybody = line.replace(/, *(?:own|active-accounts), /, ", all, ");
      if (everybody !== line)
        changes.push([`${path}:${at + 1} for all rows`, path, lines.with(at, everybody).join("\n")]);
      const unmasked = line.replace(/, *[a-z:0-9]+, *allow$/, ", -, allow");
      if (unmasked !== line) changes.push([`${path}:${at + 1} unmasked`, path, lines.with(at, unmasked).join("\n")]);
    }
    const opened = "p, cantine-plus, school-meals, Resident.email, all, -, allow\n";
    if (path.startsWith("policies/rivemont/")) changes.push([`${path} with a line more`, path, text + opened]);
  }
  expect(changes.length).toBeGreaterThan(40);
  for (const [what, path, text] of changes) {
    const changed = { ...content, files: new Map([...content.files, [path, text]]) };
    const report = run(changed, testsOf(what.endsWith("more") ? "canteen.csv" : path));
    expect(report.failures.length, what).toBeGreaterThan(0);
  }
});
