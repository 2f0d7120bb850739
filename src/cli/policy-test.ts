// `passerelle policy test`: what each application must and must not get, held against the files of the town folder.
import { relative, resolve } from "node:path";
import type { Command } from "commander";
import { loadSettings, type TenantSettings } from "../config.js";
import {
  loadPolicyVersion,
  readPolicyFolder,
  readTestFiles,
  runPolicyTests,
  type PolicyVersion,
  type TestFailure,
  type TestReport,
} from "../policy/index.js";
import { formatFault, nearest } from "../terms/index.js";
import { CommandFailure, exitCodes, refuse } from "./failure.js";
import { TownRefused } from "./open-town.js";
import { tenantOption, type TenantOption } from "./options.js";
import { chooseTenant, type CommandContext } from "./session.js";
import { firstFew } from "./table.js";
import type { Terminal } from "./terminal.js";

interface TestOptions extends TenantOption {
  readonly json?: true;
}

export function addPolicyTest(policy: Command, context: CommandContext): void {
  policy
    .command("test [files...]")
    .description("hold the files of the town folder against policies/<tenant>/tests/*.yaml")
    .option(...tenantOption)
    .option("--json", "the report as one JSON object")
    .addHelpText("after", help)
    .action((files: string[], options: TestOptions) => test(context, files, options));
}

const help = `
Example:
  $ npx passerelle policy test
  $ npx passerelle policy test policies/rivemont/tests/canteen.yaml

It needs no database: an agreement is what a test says it lists. Run it in CI with the same files.
How a test is written: docs/policies.md. Exit code 2 when a test fails or cannot be read.`;

/** Nothing of this is on record: it reads the files that its user wrote, and asks no database. */
async function test(context: CommandContext, files: readonly string[], options: TestOptions): Promise<void> {
  const { terminal, folder } = context;
  const { settings, faults } = loadSettings(folder, context.env);
  if (settings === null) throw new TownRefused(faults);
  const tenant = chooseTenant({ settings }, options.tenant);
  const version = await readVersion(context, tenant, settings.tenants.keys());
  const found = await readTestFiles(folder, tenant.name);
  const texts = choose(found.files, files, folder);
  const report = runPolicyTests(version, texts, { purposes: new Set(tenant.purposes.keys()), applications: null });
  const all = { ...report, faults: [...found.faults, ...report.faults] };
  const passed = report.passed && found.faults.length === 0;
  if (options.json === true) terminal.out(JSON.stringify({ version: version.id, ...all, passed }));
  else tellReport(terminal, all);
  const inFiles = `${texts.size} file${texts.size === 1 ? "" : "s"}`;
  if (!passed) throw new CommandFailure(exitCodes.refused, countOfTests(all));
  if (options.json === true) return;
  if (texts.size === 0) tellNone(terminal, tenant);
  else terminal.out(`${report.tests} tests in ${inFiles} hold: ${report.checks} fields were asked about.`, "green");
}

/** Law 7: the gateway's own validator; names that only the store knows are not asked. @throws PolicyVersionRefused */
async function readVersion(
  { folder }: CommandContext,
  tenant: TenantSettings,
  tenants: Iterable<string>,
): Promise<PolicyVersion> {
  const { content, faults } = await readPolicyFolder(folder, tenant.name, tenant.schemaFile, tenants);
  if (content === null) throw new TownRefused(faults);
  return loadPolicyVersion(content, new Set(tenant.sources.keys()));
}

/** Those that were named; all where none was. */
function choose(found: ReadonlyMap<string, string>, named: readonly string[], folder: string): Map<string, string> {
  if (named.length === 0) return new Map(found);
  return new Map(
    named.map((name) => {
      const path = relative(folder, resolve(folder, name)).replaceAll("\\", "/");
      const text = found.get(path);
      if (text !== undefined) return [path, text];
      const meant = nearest(path, found.keys());
      throw refuse(
        `There is no test file ${path}${meant === undefined ? "" : ` (did you mean "${meant}"?)`}. ` +
          `There ${found.size === 1 ? "is" : "are"}: ${[...found.keys()].join(", ") || "none"}.`,
      );
    }),
  );
}

function tellNone(terminal: Terminal, { name }: TenantSettings): void {
  terminal.out(`There are no tests yet: policies/${name}/tests/ holds no *.yaml file.`);
  terminal.out('How a test is written: docs/policies.md, "Tests".', "dim");
}

export function tellReport(terminal: Terminal, { faults, failures }: Pick<TestReport, "faults" | "failures">): void {
  for (const fault of faults) terminal.out(formatFault(fault), "red");
  for (const group of alike(failures)) tellFailures(terminal, group);
}

/** One expectation can fail alike for many fields and applications, by the same line: told once. */
function alike(failures: readonly TestFailure[]): TestFailure[][] {
  const groups = new Map<string, TestFailure[]>();
  for (const failure of failures) {
    const { at, got } = failure;
    const key = JSON.stringify([at, got]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [failure]);
    else group.push(failure);
  }
  return [...groups.values()];
}

function tellFailures(terminal: Terminal, group: readonly TestFailure[]): void {
  const [first] = group;
  if (first === undefined) return;
  const { at, expected, got, rule } = first;
  const fields = [...new Set(group.map(({ coordinate }) => coordinate))];
  const askers = [...new Set(group.map(({ application, purpose }) => `${application}/${purpose}`))];
  const width = terminal.columns - 12;
  terminal.out(`${at.file}:${at.line}:${at.column} failed: ${first.test}`, "red");
  terminal.out(`  field     ${firstFew(fields, width)}`);
  terminal.out(`  for       ${firstFew(askers, width)}`);
  terminal.out(`  expected  ${expected}`);
  terminal.out(`  got       ${got}`);
  if (rule !== null) terminal.out(`  the line  ${rule.text}`);
}

export function countOfTests({ faults, failures, tests }: Pick<TestReport, "faults" | "failures" | "tests">): string {
  const failed = new Set(failures.map(({ at, test: name }) => `${at.file} ${name}`)).size;
  const faulty = faults.length === 0 ? "" : ` ${faults.length} faults in test files: those tests were not run.`;
  return `${failed} of ${tests} tests failed.${faulty} What is in force stays in force.`;
}
