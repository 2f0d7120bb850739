// `passerelle source`: whether the town's services can be used as they are described.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { type Catalogue, readCatalogue } from "../catalogue/index.js";
import type { Structure } from "../sources/index.js";
import { formatFault, nearest } from "../terms/index.js";
import type { Finding } from "./check-dataset.js";
import { type CheckedSource, checkSource } from "./check-source.js";
import { couldNot, refuse } from "./failure.js";
import { asName, tenantOption, type TenantOption } from "./options.js";
import { type ReachedSource, reachSource } from "./reach-sources.js";
import { type CommandContext, inTown, type Session } from "./session.js";
import { firstFew, labelled } from "./table.js";
import type { Style } from "./terminal.js";

interface CheckOptions extends TenantOption {
  readonly json?: true;
}

export function addSourceCommand(program: Command, context: CommandContext): void {
  program
    .command("source")
    .description("the town's services, as gateway.yaml names them")
    .command("check")
    .argument("[name]", "one source; all of them without it")
    .description("say whether a source is reached, lets us in, and still has what schema.graphql names")
    .option("--json", "for programs: everything that was found")
    .option(...tenantOption)
    .addHelpText(
      "after",
      `
It reads names and types, and of each dataset one row, which is thrown away: no value is shown or kept.
It exits with 1 where a source cannot be used at all, else with 2 where a dataset cannot be answered.

Example:
  $ npx passerelle source check families`,
    )
    .action((name: string | undefined, options: CheckOptions) =>
      inTown(context, options.tenant, (session) => check(session, name, options)),
    );
}

async function check(session: Session, name: string | undefined, { json }: CheckOptions): Promise<void> {
  const { terminal, tenant } = session;
  await session.record("source check", name === undefined ? {} : { source: asName(name) });
  if (name !== undefined && !tenant.sources.has(name)) throw unknownSource(name, [...tenant.sources.keys()]);
  const catalogue = townCatalogue(session);
  const checked: CheckedSource[] = [];
  for (const [each, settings] of tenant.sources) {
    if (name !== undefined && each !== name) continue;
    const one = await reachSource(session, each, settings);
    const found = await checkSource(one, catalogue, AbortSignal.timeout(longestMs)).finally(() => one.close?.());
    checked.push(found);
    if (json !== true) print(session, found, one, catalogue !== null);
  }
  if (json === true) terminal.out(JSON.stringify({ sources: checked.map(forPrograms) }, null, 2));
  endAs(checked);
}

/** One source, all its datasets. */
const longestMs = 300_000;

function unknownSource(name: string, known: readonly string[]): Error {
  const meant = nearest(name, known);
  return refuse(
    `gateway.yaml has no source "${name}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}. It has: ${known.join(", ")}.`,
  );
}

/** As the file lies in the town folder: who brings a service in has not applied it yet. Null where it has faults. */
function townCatalogue({ context, tenant, terminal }: Session): Catalogue | null {
  let sdl: string;
  try {
    sdl = readFileSync(join(context.folder, tenant.schemaFile), "utf8");
  } catch {
    terminal.err(`${tenant.schemaFile} cannot be read: datasets are not checked.`, "yellow");
    return null;
  }
  const { catalogue, faults } = readCatalogue(sdl, {
    file: tenant.schemaFile,
    sources: new Set(tenant.sources.keys()),
  });
  if (catalogue !== null) return catalogue;
  for (const fault of faults) terminal.err(formatFault(fault), fault.severity === "fault" ? "red" : "yellow");
  terminal.err("Datasets are not checked until the file is mended.", "yellow");
  return null;
}

function print({ terminal }: Session, found: CheckedSource, { settings }: ReachedSource, hasCatalogue: boolean): void {
  const { name, kind, at, failure, structure, abilities } = found;
  terminal.out(`${name}  ${kind}, ${at}`, "bold");
  const isRefused = failure?.kind === "refused";
  const reached = failure?.kind === "unreachable" ? `no: ${failure.what}` : "yes";
  const { filter, order, count, backward } = abilities;
  const able = [
    ...filter,
    ...(order ? ["order"] : []),
    ...(count ? ["count"] : []),
    ...(backward ? ["last/before"] : []),
  ];
  const pairs: (readonly [string, string])[] = [["Reachable", reached]];
  if (failure?.kind !== "unreachable")
    pairs.push([settings.kind === "files" ? "Readable" : "Let in", isRefused ? `no: ${failure.what}` : "yes"]);
  if (failure?.kind === "wrong") pairs.push(["Understood", `no: ${failure.what}`]);
  if (failure !== null) pairs.push(["To do", failure.advice]);
  else pairs.push(["Abilities", able.join(" ")]);
  if (structure !== null) pairs.push(["Structure", structureLines(structure, terminal.columns - 16).join("\n")]);
  for (const line of labelled(pairs)) terminal.out(`  ${line}`);
  for (const finding of found.findings) terminal.out(`  ${wordsOf(finding)}`, styles[finding.severity]);
  for (const note of structure?.notes ?? []) terminal.out(`  note: ${note}`, "dim");
  for (const { dataset, from, status, findings } of found.datasets) {
    const isBroken = findings.some(({ severity }) => severity === "fault");
    terminal.out(
      `  ${dataset} (${from}, ${status}): ${isBroken ? "cannot be answered" : "fits"}`,
      isBroken ? "red" : "plain",
    );
    for (const finding of findings) terminal.out(`    ${wordsOf(finding)}`, styles[finding.severity]);
  }
  if (hasCatalogue && failure === null && found.datasets.length === 0)
    terminal.out(`  No dataset of schema.graphql uses it yet: npx passerelle map ${name} proposes some.`);
  terminal.out("");
}

const styles: Readonly<Record<Finding["severity"], Style>> = { fault: "red", warning: "yellow", note: "dim" };
const wordsOf = ({ severity, message }: Finding): string => `${severity}: ${message}`;

const shownTables = 8;

/** A sample: the first tables, of each the columns that fit in a line. */
function structureLines({ tables }: Structure, width: number): readonly string[] {
  const columns = tables.reduce((sum, table) => sum + table.columns.length, 0);
  const lines = tables.slice(0, shownTables).map((table) => {
    const start = `${table.from}: `;
    const parts = table.columns.map(({ name, type }) => `${name} ${type}`);
    return `${start}${parts.length === 0 ? "no column that can be read" : firstFew(parts, Math.max(20, width - start.length))}`;
  });
  const more = tables.length - lines.length;
  return [
    `${tables.length} tables, lists, types or files, ${columns} columns in all`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

/** Sets are lists in JSON. */
const forPrograms = ({ abilities, ...found }: CheckedSource): unknown => ({
  ...found,
  abilities: { ...abilities, filter: [...abilities.filter] },
});

/** @throws CommandFailure for the exit code */
function endAs(checked: readonly CheckedSource[]): void {
  const lost = checked.filter(({ failure }) => failure !== null).map(({ name }) => name);
  if (lost.length > 0) throw couldNot(`Cannot be used: ${lost.join(", ")}.`);
  const broken = checked.flatMap(({ name, datasets, findings }) => [
    ...datasets.filter((one) => hasFault(one.findings)).map(({ dataset }) => dataset),
    ...(hasFault(findings) ? [name] : []),
  ]);
  if (broken.length > 0) throw refuse(`Cannot be answered as it is: ${[...new Set(broken)].join(", ")}.`);
}

const hasFault = (findings: readonly Finding[]): boolean => findings.some(({ severity }) => severity === "fault");
