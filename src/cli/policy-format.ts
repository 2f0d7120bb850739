// `passerelle policy format`: the rule files laid out in columns, without changing what they mean. No store is needed:
// these are the town's own files.
import { relative, resolve, sep } from "node:path";
import type { Command } from "commander";
import { loadSettingsOffline } from "../config.js";
import { formatRules, listRuleFiles, readRuleFile } from "../policy/index.js";
import { formatFault, type FileFault } from "../terms/index.js";
import { CommandFailure, couldNot, exitCodes, refuse } from "./failure.js";
import { readTextFile, replaceFile } from "./map/write-file.js";
import { TownRefused } from "./open-town.js";
import { colourOf } from "./policy-faults.js";
import type { CommandContext } from "./session.js";

export function addPolicyFormat(policy: Command, context: CommandContext): void {
  policy
    .command("format [file...]")
    .description("align the columns of rule files, of all of them unless some are named; comments and order stay")
    .option("--check", "write nothing; exit code 1 where a file would change")
    .addHelpText("after", `\n${about}`)
    .action((files: string[], options: FormatOptions) => format(context, files, options));
}

const about = `Examples:
  $ npx passerelle policy format
  $ npx passerelle policy format --check policies/rivemont/canteen.csv

A file with a fault stays as it is, and its faults are told (exit code 2). Rules mean the same as before, but a version
is named by its text: apply the files for the formatted ones to be in force.`;

interface FormatOptions {
  readonly check?: true;
}

type Outcome = "same" | "formatted" | "would-change" | "faulty";

async function format(context: CommandContext, files: readonly string[], { check }: FormatOptions): Promise<void> {
  const { terminal } = context;
  const paths = files.length > 0 ? [...new Set(files.map((file) => asRuleFile(context, file)))] : await all(context);
  const outcomes: Outcome[] = [];
  for (const path of paths) outcomes.push(await formatOne(context, path, check === true));
  const count = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length;
  const [faulty, would] = [count("faulty"), count("would-change")];
  const changed = count("formatted") + would;
  const verb = check === true ? "would change" : "formatted";
  terminal.out(
    `${ofFiles(paths.length)} looked at, ${changed} ${verb}${faulty === 0 ? "" : `, ${faulty} left as found`}.`,
  );
  if (faulty > 0) throw new CommandFailure(exitCodes.refused, "Correct the faults, then format again.");
  if (would > 0) throw couldNot("To format: npx passerelle policy format");
}

const ofFiles = (number: number): string => `${number} ${number === 1 ? "file" : "files"}`;

/** As it is written on the command line → from the town folder. @throws CommandFailure where no rules are read there */
function asRuleFile({ folder }: CommandContext, file: string): string {
  const path = relative(resolve(folder), resolve(folder, file)).split(sep).join("/");
  if (/^policies\/[^/.][^/]*\/[^/.][^/]*\.csv$/.test(path)) return path;
  throw refuse(`${file} is no rule file: those are policies/common/*.csv and policies/TENANT/*.csv.`);
}

/** Every rule file of every tenant. @throws TownRefused */
async function all({ folder, env }: CommandContext): Promise<string[]> {
  const { settings, faults } = loadSettingsOffline(folder, env);
  if (settings === null) throw new TownRefused(faults);
  const tenants = [...settings.tenants.keys()];
  const listed = await Promise.all(tenants.map((tenant) => listRuleFiles(folder, tenant, tenants)));
  const misplaced = listed.flatMap((one) => one.faults);
  if (misplaced.length > 0) throw new TownRefused(distinct(misplaced));
  return [...new Set(listed.flatMap(({ paths }) => paths))];
}

const distinct = (faults: readonly FileFault[]): FileFault[] => [
  ...new Map(faults.map((fault) => [formatFault(fault), fault])).values(),
];

async function formatOne({ terminal, folder }: CommandContext, path: string, check: boolean): Promise<Outcome> {
  const read = await readRuleFile(folder, path);
  const made = read.text === null ? null : formatRules(path, read.text);
  if (read.text === null || made === null || made.text === null) {
    for (const fault of [...read.faults, ...(made?.faults ?? [])]) terminal.out(formatFault(fault), colourOf(fault));
    return "faulty";
  }
  if (made.text === read.text) return "same";
  terminal.out(path);
  if (check) return "would-change";
  const place = resolve(folder, path);
  const now = readTextFile(place);
  if (now?.text !== read.text || !replaceFile(place, now, made.text))
    throw couldNot(`${path} has changed meanwhile and was left as it is. Repeat the command.`);
  return "formatted";
}
