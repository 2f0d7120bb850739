// Rivemont's own policy tests: what ships as an example holds, and holds something.
import { resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
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
const names = {
  purposes: new Set(["school-meals", "library-statistics", "district-survey", "mobility"]),
  applications: null,
};

let content: VersionContent;
let tests: TestFiles;
beforeAll(async () => {
  const read = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant]);
  if (read.content === null) throw new Error(JSON.stringify(read.faults));
  content = read.content;
  tests = await readTestFiles(folder, tenant);
});

const run = (changed: VersionContent) =>
  runPolicyTests(loadPolicyVersion(changed, rivemontSources), tests.files, names);

it("Rivemont's tests pass on Rivemont's rules", () => {
  expect(tests.faults).toEqual([]);
  const report = run(content);
  expect(report.faults).toEqual([]);
  expect(report.failures).toEqual([]);
  expect(report.passed).toBe(true);
  expect(report.tests).toBeGreaterThan(6);
});

it("they fail on any one rule more or less, and on any mask gone: no rule of Rivemont is untested", () => {
  const changes: [string, string, string][] = [];
  for (const [path, text] of content.files) {
    if (!path.endsWith(".csv")) continue;
    const lines = text.split("\n");
    for (const [at, line] of lines.entries()) {
      if (!line.startsWith("p,")) continue;
      changes.push([`${path}:${at + 1} taken out`, path, lines.with(at, "# gone").join("\n")]);
      if (/ (?:year|redact), *allow/.test(line))
        changes.push([`${path}:${at + 1} unmasked`, path, lines.with(at, line.replace(/year|redact/, "-")).join("\n")]);
    }
    const opened = "p, cantine-plus, school-meals, Resident.email, all, -, allow\n";
    if (path.startsWith("policies/rivemont/")) changes.push([`${path} with a line more`, path, text + opened]);
  }
  expect(changes.length).toBeGreaterThan(40);
  for (const [what, path, text] of changes) {
    const report = run({ ...content, files: new Map([...content.files, [path, text]]) });
    expect(report.failures.length, what).toBeGreaterThan(0);
  }
});
