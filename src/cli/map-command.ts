// `passerelle map`: types for schema.graphql from what a service says of itself.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { type Structure, SourceFailure, structureOf } from "../sources/index.js";
import { formatFault, nearest } from "../terms/index.js";
import { addressedSource } from "./addressed-source.js";
import { CommandFailure, couldNot, exitCodes, refuse } from "./failure.js";
import { propose, type Proposal } from "./map/propose.js";
import { settingsToPaste, showDiff } from "./map/show-diff.js";
import { readTextFile, replaceFile, type TextFile } from "./map/write-file.js";
import { asName, tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";

interface MapOptions extends TenantOption {
  readonly from?: string;
  readonly only?: readonly string[];
  readonly yes?: true;
  readonly dryRun?: true;
}

const help = `
What is proposed is QUALIFIED: described, and shared with nobody. Whatever stands in schema.graphql stays as it is;
a type that is SHARED gets new fields as comments only. A field, column or table that shall not be proposed again is
named in a comment: # left out: column

Examples:
  $ npx passerelle map families
  $ npx passerelle map families --only "public.pret*" --only public.mediatheques
  $ npx passerelle map parking --from openapi.json --yes`;

export function addMapCommand(program: Command, context: CommandContext): void {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  program
    .command("map <source>")
    .description("propose types for schema.graphql from what a service says of itself; shows a diff, then asks")
    .option("--from <file>", "a REST service's OpenAPI document, JSON or YAML")
    .option("--only <pattern>", "these tables alone, with * for anything; may be given several times", collect)
    .option("--yes", "write without asking")
    .option("--dry-run", "show, and write nothing")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((source: string, options: MapOptions) =>
      inTown(context, options.tenant, (session) => map(session, source, options)),
    );
}

async function map(session: Session, source: string, options: MapOptions): Promise<void> {
  const { terminal, tenant, town } = session;
  if (options.yes && options.dryRun) throw refuse("--yes writes and --dry-run does not: give one of them.");
  if (!tenant.sources.has(source)) throw unknownSource(source, [...tenant.sources.keys()]);
  await session.record("map", { source: asName(source) });
  const path = join(town.settings.folder, tenant.schemaFile);
  const before = readTextFile(path);
  if (before === null) throw refuse(`${tenant.schemaFile} is not UTF-8: save it as UTF-8 first.`);
  const structure = await structureFor(session, source, options.from);
  const proposal = propose(before.text, structure, {
    file: tenant.schemaFile,
    source,
    sources: new Set(tenant.sources.keys()),
    wanted: wantedBy(options.only),
  });
  if (!("sdl" in proposal)) {
    for (const fault of proposal) terminal.err(formatFault(fault), fault.severity === "fault" ? "red" : "yellow");
    throw refuse(`${tenant.schemaFile} has faults: mend them first. Nothing was written.`);
  }
  if (proposal.faults.length > 0) throw brokenProposal(proposal, terminal);
  tell(session, source, structure, proposal, before, options);
  if (proposal.sdl !== before.text) await write(session, path, proposal, before, options);
}

function unknownSource(source: string, names: readonly string[]): CommandFailure {
  const meant = nearest(source, names);
  const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  return refuse(`gateway.yaml has no source "${source}"${hint}. It has: ${names.join(", ") || "none"}.`);
}

async function structureFor(session: Session, source: string, from: string | undefined): Promise<Structure> {
  const addressed = await addressedSource(session, source);
  const { settings } = addressed;
  try {
    if (from !== undefined && settings.kind !== "rest")
      throw refuse(`--from is for services of kind rest; ${source} is ${settings.kind} and is asked itself.`);
    const document = from === undefined ? undefined : readDocument(session.context.folder, from);
    const bounds = { signal: AbortSignal.timeout(60_000), maxRows: 10_000 };
    return await structureOf(source, settings, bounds, document === undefined ? {} : { document });
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    throw couldNot(`${source} could not be read: ${error.reason} (${error.detail}). Nothing was written.`);
  } finally {
    await addressed.close();
  }
}

function readDocument(folder: string, from: string): string {
  try {
    return readFileSync(resolve(folder, from), "utf8");
  } catch {
    throw refuse(`There is no file ${from} that can be read.`);
  }
}

/** `public.pret*`: the star stands for anything. */
function wantedBy(patterns: readonly string[] | undefined): (from: string) => boolean {
  if (patterns === undefined) return () => true;
  const parts = patterns.map((pattern) => pattern.split("*"));
  return (from) => parts.some((pieces) => fitsPattern(from, pieces));
}

function fitsPattern(from: string, pieces: readonly string[]): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return from === first;
  if (!from.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = from.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return from.length - last.length >= at && from.endsWith(last);
}

function brokenProposal({ faults }: Proposal, terminal: Session["terminal"]): CommandFailure {
  for (const fault of faults.slice(0, 10)) terminal.err(formatFault(fault), "red");
  return couldNot("The proposal would not load, so nothing was written. Please report this with the lines above.");
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

function tell(
  { terminal, tenant }: Session,
  source: string,
  structure: Structure,
  proposal: Proposal,
  before: TextFile,
  options: MapOptions,
): void {
  for (const note of proposal.notes) terminal.err(note, "yellow");
  if (structure.tables.length === 0) {
    terminal.out(`${source} shows nothing that could be a dataset. See: npx passerelle source check ${source}`);
    return;
  }
  if (proposal.sdl === before.text) {
    const unmatched = options.only !== undefined && !structure.tables.some(({ from }) => wantedBy(options.only)(from));
    terminal.out(
      unmatched
        ? `--only fits none of what ${source} has: ${firstNames(structure)}.`
        : `Nothing new: ${tenant.schemaFile} knows all that ${source} shows.`,
    );
    return;
  }
  showDiff(terminal, tenant.schemaFile, before.text, proposal.sdl);
  const { fields, links, guessed, personal } = proposal.counts;
  terminal.out(
    `\n${count(proposal.newTypes.length, "new type")}, ${count(proposal.moreFields.length, "type")} with more, ` +
      `${count(fields, "field")} (${personal} marked personal: check each, and what is not marked), ` +
      `${count(links, "link")} (${guessed} guessed from names). Nothing of it is shared.`,
  );
  const paste = settingsToPaste(proposal.settings.values(), tenant.sources.get(source));
  if (paste === null) return;
  terminal.out(`\nPaste into gateway.yaml, under tenants: ${tenant.name}: sources: ${source}:`, "bold");
  for (const line of paste.split("\n")) terminal.out(`        ${line}`);
}

function firstNames({ tables }: Structure): string {
  const names = tables.slice(0, 10).map(({ from }) => from);
  return tables.length > names.length
    ? `${names.join(", ")} and ${tables.length - names.length} more`
    : names.join(", ");
}

async function write(
  { terminal, tenant, context }: Session,
  path: string,
  proposal: Proposal,
  before: TextFile,
  { yes, dryRun }: MapOptions,
): Promise<void> {
  if (dryRun) return terminal.out("Nothing was written (--dry-run).");
  if (!yes) {
    if (context.confirm === undefined)
      return terminal.out("Nothing was written: there is nobody to ask. Add --yes to write.");
    if (!(await context.confirm(`Write this to ${tenant.schemaFile}?`))) return terminal.out("Nothing was written.");
  }
  if (!replaceFile(path, before, proposal.sdl))
    throw new CommandFailure(
      exitCodes.refused,
      `${tenant.schemaFile} was changed meanwhile, so nothing was written. Repeat the command.`,
    );
  terminal.out(`${tenant.schemaFile} is written. Next: npx passerelle policy check`);
}
