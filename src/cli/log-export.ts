// `passerelle log export`: what a search finds, in one file that proves it to whoever has the log's public key.
import { createWriteStream, existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Command } from "commander";
import { evidenceLines, type EvidenceOptions } from "../accesslog/index.js";
import { evidenceParts } from "./evidence-parts.js";
import { couldNot, refuse } from "./failure.js";
import { readSearchLine, type SearchLine } from "./log-line.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { personWithRole } from "./staff-role.js";

interface ExportOptions extends TenantOption {
  readonly evidence?: true;
  readonly out: string;
  readonly people?: true;
  readonly as?: string;
  readonly force?: true;
}

/** @param tenantOf an option before the word is read as one of `log` */
export function addExportCommand(
  log: Command,
  context: CommandContext,
  tenantOf: (own: TenantOption) => string | undefined,
): void {
  log
    .command("export [search]")
    .description("everything that a search finds, in one file that proves it without this town's database")
    .option("--evidence", "entries with their proofs, the signed checkpoint and the rules they name")
    .requiredOption("--out <file>", "where to write it; with .gz at its end it is compressed")
    .option("--people", "with the parts about people: for a DPO alone, named by --as")
    .option("--as <email>", "the DPO, as in gateway.yaml")
    .option("--force", "replace the file that is there")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((search: string | undefined, options: ExportOptions) =>
      inTown(context, tenantOf(options), (session) => exportEvidence(session, search ?? "", options)),
    );
}

const help = `
Examples:
  $ npx passerelle log export --evidence 'app:cantine-plus after:2026-11-01' --out november.passerelle-evidence.jsonl
  $ npx passerelle log export --evidence 'person:resident:123' --people --as dpo@rivemont.example --out case.passerelle-evidence.jsonl.gz

Who receives it checks it with: npx passerelle log verify FILE --key KEY, or with the page that --page writes.
The export is on record before anything is read, and its own entry stands in the file.`;

/** Entries between two lines of progress. */
const told = 50_000;

async function exportEvidence(session: Session, search: string, options: ExportOptions): Promise<void> {
  const { context, terminal } = session;
  if (options.evidence !== true)
    throw refuse("Say in which form: --evidence. For JSON Lines without proofs: npx passerelle log --all --json");
  const file = resolve(context.folder, options.out);
  if (existsSync(file) && options.force !== true) throw refuse(`${file} is there already: --force replaces it.`);
  const by = maker(session, options);
  const line = await readSearchLine(session, search);
  const making = await prepared(session, line, { people: options.people === true, by });
  const unfinished = `${file}.incomplete`;
  let entries = 0;
  const lines = evidenceLines(session.log, session.tenant.name, line.filter, {
    ...making,
    progress: (written) => {
      if (Math.floor(written / told) > Math.floor(entries / told)) terminal.err(`${written} entries`, "dim");
      entries = written;
    },
  });
  try {
    await write(lines, unfinished, file.endsWith(".gz"));
    await rename(unfinished, file);
  } catch (error) {
    if (existsSync(unfinished))
      terminal.err(`INCOMPLETE: what was written up to here stands in ${unfinished}, and is no evidence.`, "red");
    throw isFileError(error)
      ? couldNot(`${file} cannot be written (${error.code}): check the path and the room.`)
      : error;
  }
  for (const said of closing(file, entries, options.people === true)) terminal.out(said);
}

const closing = (file: string, entries: number, people: boolean): string[] => [
  `${String(Math.max(0, entries - 1))} entries found, and this export's own, are in ${file}${people ? ", with the parts about people" : ""}.`,
  "The reader needs the log's public key from you, by another way than this file: npx passerelle log keys",
];

function maker(session: Session, { people, as }: ExportOptions): string {
  if (people === true && as === undefined)
    throw refuse("The parts about people go to a DPO alone: say who it is with --as EMAIL, or leave out --people.");
  if (as === undefined) return "staff at a terminal";
  personWithRole(session, as, ["dpo"], "--as");
  return "dpo";
}

/** Recorded before anything is read (law 4). */
async function prepared(
  session: Session,
  { line, recorded: kept, subjects }: SearchLine,
  { people, by }: { readonly people: boolean; readonly by: string },
): Promise<EvidenceOptions> {
  const { town, tenant, context, log } = session;
  const filters = { form: "evidence", people: people ? "with" : "without", ...kept };
  const recorded = await session.record("log export", filters, subjects);
  // Where no gateway runs, nobody else signs. What is wrong with the tree is told where no checkpoint is found.
  await log.sign().catch(() => undefined);
  const query = people ? line : Object.values(kept).join(" ");
  return { ...evidenceParts(town, tenant.name, context.now()), recorded, query, by, people, patienceMs: 5_000 };
}

async function write(lines: AsyncIterable<string>, file: string, compressed: boolean): Promise<void> {
  const to = createWriteStream(file, { mode: 0o600 });
  const text = Readable.from(lines, { objectMode: true, highWaterMark: 4 });
  if (compressed) await pipeline(text, createGzip(), to);
  else await pipeline(text, to);
}

const fileCalls: readonly unknown[] = ["open", "write", "rename", "close"];

const isFileError = (error: unknown): error is NodeJS.ErrnoException & { readonly code: string } =>
  error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error && fileCalls.includes(error.syscall); // prettier-ignore
