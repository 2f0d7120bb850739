// Policy tests as data: what is expected, what is told when it does not hold, and every mistake in a file at its place.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPolicyVersion, readTestFiles, runPolicyTests, type TestReport } from "../../src/policy/index.js";
import { formatFault } from "../../src/terms/index.js";
import { contentOf, rulesFile, sources, tenant } from "./town.js";

const version = loadPolicyVersion(
  contentOf({
    "policies/common/never.csv": "p, *, *, Resident.socialNumber, -, -, deny",
    [rulesFile]: `# Convention 2026-014
p, cantine-plus, school-meals, Resident.familyName, all, -,    allow
p, cantine-plus, school-meals, Resident.birthDate,  all, year, allow
p, cantine-plus, school-meals, @contact,            all, -,    allow
p, group:mobility, *,          CarPark.*,           all, -,    allow
p, parkeasy,     parking,      CarPark.spaces,      -,   -,    deny
g, parkeasy, group:mobility`,
  }),
  sources,
);
const names = { purposes: new Set(["school-meals", "parking", "statistics"]), applications: null };
const file = "policies/rivemont/tests/a.yaml";
const run = (text: string, known = names): TestReport => runPolicyTests(version, new Map([[file, text]]), known);

/** One test of Cantine Plus. */
const expecting = (lines: string, more = ""): string =>
  `tests:\n  - name: t\n    application: cantine-plus\n    purpose: school-meals\n${more}    expect:\n${lines
    .split("\n")
    .map((line) => `      ${line}\n`)
    .join("")}`;

describe("a policy test", () => {
  it("holds, in every form that an expectation has", () => {
    const report = run(
      expecting(`Resident.familyName: shared
Resident.birthDate: { effect: shared, rows: all, mask: year, rule: rules.csv }
Resident.email: { effect: shared, rule: rules.csv:4 }
Resident.phone: { effect: shared, rule: "p,cantine-plus,school-meals,@contact,all,-,allow" }
Resident.socialNumber: { effect: denied, rule: policies/common/never.csv:1 }
"@contact": refused
Aid.*: dataset-not-shared
CarPark.*: no-rule
everything else: refused`),
    );
    expect(report).toMatchObject({ passed: true, tests: 1, faults: [], failures: [] });
    // Every coordinate once: what is named by itself is told by that, not by the pattern that holds it too.
    expect(report.checks).toBe(version.catalogue.coordinates.size);
  });

  it.each([
    ["Resident.email: refused", "refused", `shared, rows all, mask -, by ${rulesFile}:4`],
    ["Resident.birthDate: shared", "shared, rows all, mask -", `shared, rows all, mask year, by ${rulesFile}:3`],
    [
      "Resident.familyName: { effect: shared, mask: redact }",
      "shared, rows all, mask redact",
      `shared, rows all, mask -, by ${rulesFile}:2`,
    ],
    ["Loan.title: shared", "shared, rows all, mask -", "refused (no-rule)"],
    ["Loan.title: denied", "refused (denied)", "refused (no-rule)"],
    ["Resident.socialNumber: no-rule", "refused (no-rule)", "refused (denied), by policies/common/never.csv:1"],
    [
      "Resident.email: { effect: shared, rule: rules.csv:3 }",
      "shared, rows all, mask -, by rules.csv:3",
      `shared, rows all, mask -, by ${rulesFile}:4`,
    ],
    [
      'Resident.email: { effect: shared, rule: "p, cantine-plus, school-meals, Resident.email, all, -, allow" }',
      "shared, rows all, mask -, by p, cantine-plus, school-meals, Resident.email, all, -, allow",
      `shared, rows all, mask -, by ${rulesFile}:4`,
    ],
    ["Aid.kind: no-rule", "refused (no-rule)", "refused (dataset-not-shared)"],
  ])("fails, and says what was expected and what came: %s", (lines, expected, got) => {
    const report = run(expecting(lines));
    expect(report.faults).toEqual([]);
    expect(report.passed).toBe(false);
    expect(report.failures).toHaveLength(1);
    expect(report.failures[0]).toMatchObject({ expected, got, test: "t", at: { file, line: 6, column: 7 } });
    expect(report.failures[0]?.coordinate).toBe(lines.split(":")[0]);
  });

  it("asks under an agreement of its own: every field, or those it lists", () => {
    const listed = (agreement: string) =>
      run(expecting("Resident.familyName: not-in-agreement\nResident.phone: shared", agreement)).failures;
    expect(listed('    agreement: ["@contact", CarPark.*]\n')).toEqual([]);
    expect(listed("    agreement: all\n").map(({ coordinate }) => coordinate)).toEqual(["Resident.familyName"]);
    expect(listed("").map(({ coordinate }) => coordinate)).toEqual(["Resident.familyName"]);
    expect(listed("    agreement: []\n").map(({ coordinate }) => coordinate)).toEqual(["Resident.phone"]);
  });

  const forAll = (application: string, purpose: string, lines: string): string =>
    `tests:\n  - { name: t, application: ${application}, purpose: ${purpose}, expect: { ${lines} } }\n`;

  it("asks for every application and purpose that rules tell apart, and for all others", () => {
    const open = run(forAll('"*"', '"*"', "CarPark.name: refused"));
    const askers = open.failures.map(({ application, purpose }) => `${application}/${purpose}`);
    expect(askers).toEqual(["parkeasy/school-meals", "parkeasy/parking", "parkeasy/any other purpose"]);
    // cantine-plus, parkeasy, open-data and anyone else, by school-meals, parking and any other.
    expect(open.checks).toBe(12);
    expect(run(forAll("anyone else", '"*"', "everything else: refused")).passed).toBe(true);
    expect(run(forAll("parkeasy", "parking", "CarPark.spaces: { effect: denied, rule: rules.csv:6 }")).passed).toBe(
      true,
    );
  });

  it("knows in CI the applications that rules name, and with a store those too that are created", () => {
    const text = forAll("biblio-stats", "statistics", "everything else: refused");
    expect(run(text).faults.map(({ code }) => code)).toEqual(["unknown-application"]);
    expect(run(text, { ...names, applications: new Set(["biblio-stats"]) } as never).passed).toBe(true);
  });
});

describe("a mistake in a test file", () => {
  it.each([
    ["", `${file}:1:1 fault: the file must be a mapping with \`tests\``],
    ["tests: []", `${file}:1:1 fault: "tests" must be a list of tests, each beginning with \`- name:\``],
    ["test:\n  - name: t", `${file}:1:1 fault: unknown key "test"; the file has \`tests\` (did you mean "tests"?)`],
    ["tests:\n  - name: t\n    aplication: x", '3:5 fault: unknown key "aplication"; a test has `name`, `application`, `purpose`, `agreement`, `expect` (did you mean "application"?)'], // prettier-ignore
    ["tests:\n  - name: t", '2:5 fault: a test needs "expect"'],
    [expecting("Resident.emial: refused"), '6:7 fault: unknown field "Resident.emial" (did you mean "Resident.email"?)'], // prettier-ignore
    [expecting("everything els: refused"), '(did you mean "everything else"?)'],
    [expecting('"@contcat": refused'), '6:7 fault: unknown field group "@contcat" (did you mean "@contact"?)'],
    [expecting("Resident.email: refsued"), '6:23 fault: "refsued" is none of `shared`, `refused`, `denied`, `no-rule`, `not-in-agreement`, `statistics-only`, `dataset-not-shared` (did you mean "refused"?)'], // prettier-ignore
    [expecting("Resident.email:"), "6:7 fault: say what becomes of Resident.email"],
    [expecting("Resident.email: yes"), '"yes" is none of'],
    [expecting("Resident.email: [shared]"), "6:23 fault: what becomes of Resident.email must be a text"],
    [expecting("Resident.email: { effect: shared, mask: yaer }"), '6:47 fault: unknown mask "yaer"; there are `-`, `year`, `month`, `round:n`, `truncate:n`, `initial`, `geo:n`, `redact`, `aggregate` (did you mean "year"?)'], // prettier-ignore
    [expecting("Resident.email: { effect: shared, rows: Own }"), '6:47 fault: unknown rows "Own"; there are `all`, `own` and the names of filters (did you mean "own"?)'], // prettier-ignore
    [expecting("Resident.email: { effect: shared, rows: late }"), '6:47 fault: unknown rows "late": filters.yaml has no filter of that name'], // prettier-ignore
    [expecting("Resident.email: { effect: shared, mask: aggregate }"), "6:47 fault: a field that is open to statistics alone is not shared: write `statistics-only`"], // prettier-ignore
    [expecting("Resident.email: { effect: refused, mask: year }"), "6:42 fault: a refused field has no mask"],
    [expecting("Resident.email: { effect: no-rule, rule: rules.csv }"), "no rule decides where the reason is no-rule"],
    [expecting("Resident.email: { effect: denied, rule: ruels.csv:3 }"), 'fault: no rule file "ruels.csv"; write a file, `file:line` or the whole line (did you mean "rules.csv"?)'], // prettier-ignore
    [expecting("Resident.email: refused\nResident.email: shared"), "7:7 fault: not readable as YAML: Map keys must be unique"], // prettier-ignore
    [expecting("Resident.email: refused", "    agreement: none\n"), '5:16 fault: "agreement" is `all`'],
    [expecting("Resident.email: refused", "    agreement: [Resident.emial]\n"), '5:17 fault: unknown field "Resident.emial"'], // prettier-ignore
    [expecting("Resident.email: refused").replace("cantine-plus", "cantine-pluss"), '3:18 fault: no rule names an application "cantine-pluss"; for one that no rule names write `anyone else` (did you mean "cantine-plus"?)'], // prettier-ignore
    [expecting("Resident.email: refused").replace("school-meals", "school-meal"), '4:14 fault: unknown purpose "school-meal"; purposes are listed in gateway.yaml (did you mean "school-meals"?)'], // prettier-ignore
    [expecting("Resident.email: refused").replace("cantine-plus", "*"), "3:18 fault: not readable as YAML: write \"*\" between quotes"], // prettier-ignore
    [expecting("Resident.email: &a refused\nResident.phone: *a"), "7:23 fault: what becomes of Resident.phone must be a text"], // prettier-ignore
  ])("is told at its line and column, and the test is not run: %#", (text, fault) => {
    const report = run(text);
    expect(report.faults.map(formatFault).join("\n")).toContain(fault);
    expect(report).toMatchObject({ passed: false, tests: 0, failures: [] });
  });
});

it("test files are read from the tenant's folder; what lies where nobody runs it is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-tests-"));
  const write = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  expect(await readTestFiles(folder, tenant)).toEqual({ files: new Map(), faults: [] });
  write("policies/rivemont/tests/b.yaml", "b");
  write("policies/rivemont/tests/a.yml", "a");
  write("policies/rivemont/tests/README.md", "notes");
  write("policies/rivemont/tests/.a.yml.swp", "");
  const read = await readTestFiles(folder, tenant);
  expect([[...read.files], read.faults]).toEqual([
    [
      ["policies/rivemont/tests/a.yml", "a"],
      ["policies/rivemont/tests/b.yaml", "b"],
    ],
    [],
  ]);
  write("policies/tests/town.yaml", "tests: []");
  write("policies/rivemont/tests/more/c.yaml", "c");
  write("policies/rivemont/tests/d.json", "{}");
  write("policies/rivemont/tests/latin.yaml", Buffer.from([0xe9]));
  const { faults } = await readTestFiles(folder, tenant);
  expect(faults.map(({ file: path }) => path).toSorted()).toEqual([
    "policies/rivemont/tests/d.json",
    "policies/rivemont/tests/latin.yaml",
    "policies/rivemont/tests/more",
    "policies/tests/town.yaml",
  ]);
  rmSync(folder, { recursive: true });
});
