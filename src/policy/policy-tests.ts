// What each application must and must not get, as data, held against the rules: `policies/<tenant>/tests/*.yaml`.
import {
  agreementRef,
  type ApplicationName,
  type Coordinate,
  type FileFault,
  type PurposeName,
} from "../terms/index.js";
import { unknownField } from "./check-names.js";
import { sortedPaths } from "./content.js";
import { meant } from "./did-you-mean.js";
import type { ExplainedDecision } from "./explain.js";
import type { GrantSubject, RuleRef } from "./grant.js";
import {
  anyoneElse,
  everythingElse,
  readPolicyTests,
  type Expectation,
  type PolicyTest,
  type TestPlace,
  type Written,
} from "./policy-tests-read.js";
import { matchedCoordinates, openData } from "./rules.js";
import type { PolicyVersion } from "./version.js";

/** What is known beside the version: gateway.yaml's purposes, and identity's applications where they can be asked. */
export interface TestNames {
  readonly purposes: ReadonlySet<string>;
  /** Null in CI, where there is no store: then those that the rules name are known. */
  readonly applications: ReadonlySet<string> | null;
  /** What is asked of others is left out: for a change that can concern nobody else. */
  readonly only?: { readonly application: string; readonly purpose: string };
}

/** One expectation that does not hold, for one field. */
export interface TestFailure {
  /** The test's name. */
  readonly test: string;
  /** Where the expectation stands. */
  readonly at: TestPlace;
  readonly application: string;
  readonly purpose: string;
  readonly coordinate: Coordinate;
  /** `shared, rows all, mask year`, `refused`, `refused (denied) by policies/…` */
  readonly expected: string;
  readonly got: string;
  /** The line that decided; null where none did. */
  readonly rule: RuleRef | null;
}

export interface TestReport {
  /** Tests that were run. */
  readonly tests: number;
  /** Fields that were asked about, over all tests. */
  readonly checks: number;
  /** What is wrong in the test files themselves: such a test is not run. */
  readonly faults: readonly FileFault[];
  readonly failures: readonly TestFailure[];
  /** No failure and no fault. */
  readonly passed: boolean;
}

/** Stands for every purpose that no rule names: they are all alike. No purpose has such a name. */
const anyOtherPurpose = "any other purpose";

/** More would not be read by anybody (law 13). */
const mostFailures = 1_000;

/**
 * Pure: the same files give the same report. The version need not be in force.
 * @param files texts of the test files by path, as `readTestFiles` gives them
 * @throws PolicyNotUnderstood as `PolicyVersion.grant` does
 */
export function runPolicyTests(
  version: PolicyVersion,
  files: ReadonlyMap<string, string>,
  names: TestNames,
): TestReport {
  const faults: FileFault[] = [];
  const failures: TestFailure[] = [];
  let [tests, checks] = [0, 0];
  for (const path of sortedPaths(files.keys())) {
    const read = readPolicyTests(path, files.get(path) ?? "");
    faults.push(...read.faults);
    for (const test of read.tests) {
      const found = testFaults(test, version, names);
      faults.push(...found);
      if (found.length > 0) continue;
      tests += 1;
      for (const failure of runTest(test, version, names.only, () => (checks += 1)))
        if (failures.length < mostFailures) failures.push(failure);
    }
  }
  return { tests, checks, faults, failures, passed: faults.length === 0 && failures.length === 0 };
}

/** A name that nobody knows would make "must not get" hold for ever. */
function testFaults(test: PolicyTest, version: PolicyVersion, names: TestNames): FileFault[] {
  const faults: FileFault[] = [];
  const add = ({ at }: Written, code: string, message: string, suggestion?: string): void => {
    const fault = { severity: "fault", code, ...at, message } as const;
    faults.push(suggestion === undefined ? fault : { ...fault, suggestion });
  };
  const { application, purpose } = test;
  const applications = new Set([...applicationsOf(version), ...(names.applications ?? [])]);
  if (application.text !== "*" && application.text !== anyoneElse && !applications.has(application.text)) {
    const message = `no rule names an application "${application.text}"; for one that no rule names write \`${anyoneElse}\``;
    add(application, "unknown-application", message, meant(application.text, applications));
  }
  const purposes = new Set([...names.purposes, openData]);
  if (purpose.text !== "*" && !purposes.has(purpose.text)) {
    const message = `unknown purpose "${purpose.text}"; purposes are listed in gateway.yaml`;
    add(purpose, "unknown-purpose", message, meant(purpose.text, purposes));
  }
  const fields = test.expectations.map(({ field }) => field).filter(({ text }) => text !== everythingElse);
  for (const field of [...fields, ...(test.agreement ?? [])]) {
    const unknown = unknownField(field.text, version.catalogue);
    if (unknown === null) continue;
    const near = unknown.suggestion ?? meant(field.text, [everythingElse]);
    add(field, unknown.code, unknown.message, near);
  }
  const filters = version.rules.filters;
  for (const { expected } of test.expectations) {
    if (!expected.shared || expected.rows === null || ["all", "own", ...filters.keys()].includes(expected.rows.text))
      continue;
    const message = `unknown rows "${expected.rows.text}": filters.yaml has no filter of that name`;
    add(expected.rows, "unknown-rows", message, meant(expected.rows.text, ["all", "own", ...filters.keys()]));
  }
  const written = [...version.content.files.keys()];
  for (const { rule } of test.expectations) {
    if (rule === null || rule.text.includes(",")) continue;
    const file = rule.text.replace(/:\d+$/, "");
    if (written.some((path) => isFile(path, file))) continue;
    const known = written.filter((path) => path.endsWith(".csv")).flatMap((path) => [path, lastOf(path)]);
    add(
      rule,
      "unknown-file",
      `no rule file "${file}"; write a file, \`file:line\` or the whole line`,
      meant(file, known),
    );
  }
  return faults;
}

function runTest(test: PolicyTest, version: PolicyVersion, only: TestNames["only"], count: () => void): TestFailure[] {
  const failures: TestFailure[] = [];
  const expected = expectedFields(test, version);
  for (const { application, purpose } of askers(test, version)) {
    if (only !== undefined && (only.application !== application || only.purpose !== purpose)) continue;
    const subject: GrantSubject = {
      agreement: agreementRef(application, purpose),
      application: application as ApplicationName,
      purpose: purpose as PurposeName,
      fields: agreementOf(test, version),
    };
    const { decisions } = version.grant(subject);
    for (const [coordinate, expectation] of expected) {
      count();
      const got = decisions.get(coordinate) ?? notHeld(coordinate);
      if (holds(expectation, got)) continue;
      const { name, at } = { name: test.name.text, at: expectation.field.at };
      const told = { expected: expectedWords(expectation), got: decisionWords(got), rule: got.rule };
      failures.push({ test: name, at, application, purpose, coordinate, ...told });
    }
  }
  return failures;
}

const notHeld = (coordinate: Coordinate): ExplainedDecision => ({
  coordinate,
  shared: false,
  reason: "dataset-not-shared",
  rule: null,
});

/** Each field with what is expected of it: a field named by itself is told by that alone, patterns all count. */
function expectedFields({ expectations }: PolicyTest, { catalogue }: PolicyVersion): [Coordinate, Expectation][] {
  const isNamed = new Set(expectations.map(({ field }) => field.text));
  const found = expectations.flatMap((expectation) =>
    expectation.field.text === everythingElse
      ? []
      : matchedCoordinates(expectation.field.text, catalogue)
          .filter((coordinate) => coordinate === expectation.field.text || !isNamed.has(coordinate))
          .map((coordinate): [Coordinate, Expectation] => [coordinate, expectation]),
  );
  const told = new Set(found.map(([coordinate]) => coordinate));
  const rest = expectations.find(({ field }) => field.text === everythingElse);
  if (rest === undefined) return found;
  const others = matchedCoordinates("*", catalogue).filter((coordinate) => !told.has(coordinate));
  return [...found, ...others.map((coordinate): [Coordinate, Expectation] => [coordinate, rest])];
}

function agreementOf({ agreement }: PolicyTest, { catalogue }: PolicyVersion): ReadonlySet<Coordinate> {
  const patterns = agreement === null ? ["*"] : agreement.map(({ text }) => text);
  return new Set(patterns.flatMap((pattern) => matchedCoordinates(pattern, catalogue)));
}

/** Applications that rules name, directly or by a group. */
function applicationsOf({ rules }: PolicyVersion): ReadonlySet<string> {
  const named = rules.rules.map(({ application }) => application);
  const members = rules.memberships.map(({ application }) => application);
  return new Set([openData, ...named, ...members].filter((name) => name !== "*" && !name.startsWith("group:")));
}

/** Who is asked for. `*` is every one that rules tell apart, and one more that stands for all others. */
function askers(
  test: PolicyTest,
  version: PolicyVersion,
): { readonly application: string; readonly purpose: string }[] {
  const applications =
    test.application.text === "*" ? [...applicationsOf(version), anyoneElse] : [test.application.text];
  const named = version.rules.rules.map(({ purpose }) => purpose).filter((purpose) => purpose !== "*");
  const purposes = test.purpose.text === "*" ? [...new Set(named), anyOtherPurpose] : [test.purpose.text];
  return applications.flatMap((application) => purposes.map((purpose) => ({ application, purpose })));
}

function holds({ expected, rule }: Expectation, got: ExplainedDecision): boolean {
  if (rule !== null && !isRule(got.rule, rule.text)) return false;
  if (got.shared) return expected.shared && rowsOf(expected) === got.rows && expected.mask === got.mask;
  return !expected.shared && (expected.reason === null || expected.reason === got.reason);
}

/** What is not said is the widest. */
const rowsOf = ({ rows }: { readonly rows: Written | null }): string => rows?.text ?? "all";

function isRule(rule: RuleRef | null, wanted: string): boolean {
  if (rule === null) return false;
  if (wanted.includes(",")) return cellsOf(rule.text) === cellsOf(wanted);
  const line = /:(\d+)$/.exec(wanted)?.[1];
  return isFile(rule.file, wanted.replace(/:\d+$/, "")) && (line === undefined || Number(line) === rule.line);
}

const isFile = (path: string, wanted: string): boolean => path === wanted || path.endsWith(`/${wanted}`);
const lastOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** However its columns are aligned. */
const cellsOf = (line: string): string => line.split(",").map((cell) => cell.trim()).join(","); // prettier-ignore

function expectedWords({ expected, rule }: Expectation): string {
  const by = rule === null ? "" : `, by ${rule.text}`;
  if (expected.shared) return `shared, rows ${rowsOf(expected)}, mask ${expected.mask}${by}`;
  return (expected.reason === null ? "refused" : `refused (${expected.reason})`) + by;
}

function decisionWords(got: ExplainedDecision): string {
  const by = got.rule === null ? "" : `, by ${got.rule.file}:${got.rule.line}`;
  return (got.shared ? `shared, rows ${got.rows}, mask ${got.mask}` : `refused (${got.reason})`) + by;
}
