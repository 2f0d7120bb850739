// `passerelle policy check`: whether the files are in order, as the gateway would see them, and what in them opens less
// or more than it looks.
import { type Command, Option } from "commander";
import { schemaName } from "../policy/index.js";
import { checkTown, type TownCheck } from "./check-town.js";
import { CommandFailure, couldNot, exitCodes } from "./failure.js";
import { githubLines, sarifLog, underlined } from "./fault-formats.js";
import { tenantOption, type TenantOption } from "./options.js";
import { colourOf, countOf } from "./policy-faults.js";
import type { CommandContext } from "./session.js";

export function addPolicyCheck(policy: Command, context: CommandContext): void {
  policy
    .command("check")
    .description("check schema.graphql and the rule files of the town folder, as the gateway would")
    .option(...tenantOption)
    .addOption(new Option("--json", "one JSON object per fault and line").conflicts(["sarif", "github"]))
    .addOption(new Option("--sarif", "SARIF 2.1.0, for code hosts and editors").conflicts(["json", "github"]))
    .addOption(new Option("--github", "annotations of a GitHub workflow").conflicts(["json", "sarif"]))
    .option("--strict", "warnings refuse too, with exit code 1")
    .option("--offline", "the files alone: without the store, applications and agreements are not compared")
    .addHelpText("after", `\n${about}`)
    .action((options: CheckOptions) => check(context, options));
}

const about = `Examples:
  $ npx passerelle policy check && git commit -a
  $ npx passerelle policy check --offline --strict --github

Exit codes: 0 no fault; 1 warnings, with --strict; 2 faults.
Where no store answers, as in a CI, the files are checked alone, and it is said. Under --strict that is a
warning, unless --offline asks for it. Whatever was not compared here is compared before a version is applied.`;

interface CheckOptions extends TenantOption {
  readonly json?: true;
  readonly sarif?: true;
  readonly github?: true;
  readonly strict?: true;
  readonly offline?: true;
}

async function check(context: CommandContext, options: CheckOptions): Promise<void> {
  const { terminal } = context;
  const found = await checkTown(context, { tenant: options.tenant, offline: options.offline === true });
  const notChecked = notCheckedIn(found);
  print(context, options, found, notChecked);
  const counted = countOf(found.faults);
  const forMachines = options.json === true || options.sarif === true || options.github === true;
  const told = forMachines ? terminal.err : terminal.out;
  if (notChecked !== null) told(notChecked, "yellow");
  if (found.version === null)
    throw new CommandFailure(exitCodes.refused, `${counted}. What is in force stays in force.`);
  const place = found.inForce === null ? "" : `, ${found.inForce ? "which is in force" : "not in force yet"}`;
  told(`${counted}. These files are version ${found.version}${place}.`);
  if (options.strict !== true) return;
  if (found.faults.length > 0) throw couldNot("Warnings refuse, for --strict was given.");
  if (found.notAsked !== null && options.offline !== true)
    throw couldNot("Not everything could be compared, and --strict was given. To check the files alone: --offline");
}

function notCheckedIn({ notAsked }: TownCheck): string | null {
  if (notAsked === null) return null;
  const why = notAsked === "--offline" ? "" : ` (${notAsked.replace(/\.$/, "")})`;
  return `Checked without the store${why}: names of applications and the agreements were not compared.`;
}

function print({ terminal }: CommandContext, options: CheckOptions, found: TownCheck, notChecked: string | null): void {
  // Others look for the file where it lies; our own lines call it by its one name.
  const { schemaFile } = found.tenant;
  const placed = found.faults.map((fault) => (fault.file === schemaName ? { ...fault, file: schemaFile } : fault));
  if (options.sarif === true) terminal.out(JSON.stringify(sarifLog({ faults: placed, notChecked }), null, 2));
  else if (options.github === true) githubLines(placed).forEach((line) => terminal.out(line));
  else if (options.json === true) found.faults.forEach((fault) => terminal.out(JSON.stringify(fault)));
  else printForPeople({ terminal }, found);
}

function printForPeople({ terminal }: Pick<CommandContext, "terminal">, { content, faults }: TownCheck): void {
  const texts = new Map<string, readonly string[] | undefined>();
  const textOf = (file: string): readonly string[] | undefined => {
    if (!texts.has(file))
      texts.set(file, (file === schemaName ? content?.schema : content?.files.get(file))?.split("\n"));
    return texts.get(file);
  };
  for (const fault of faults) {
    const [told = "", ...excerpt] = underlined(fault, textOf(fault.file));
    terminal.out(told, colourOf(fault));
    for (const line of excerpt) terminal.out(line, "dim");
  }
}
