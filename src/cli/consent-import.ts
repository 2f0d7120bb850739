// `passerelle consent import`: decisions that another system collected. All of a file or none of it.
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Option, type Command } from "commander";
import {
  basisMeaning,
  ConsentsRefused,
  termsOf,
  type ConsentError,
  type ConsentEvent,
  type Deciding,
} from "../consent/index.js";
import { subjectTokensWith } from "../identity/index.js";
import { readLine, type ImportTarget } from "./consent-import-line.js";
import { readImport, type Dialect, type ImportLine } from "./consent-import-read.js";
import { CommandFailure, exitCodes, refuse } from "./failure.js";
import { catalogueInForce } from "./find-subject.js";
import { asName, tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { personWithRole } from "./staff-role.js";
import { keyReader } from "../catalogue/index.js";

interface ImportOptions extends TenantOption {
  readonly agreement: string;
  readonly by: string;
  readonly dialect: Dialect;
  readonly texts?: string;
  readonly check?: true;
}

export function addConsentImport(consent: Command, context: CommandContext): void {
  consent
    .command("import <file>")
    .description("as DPO: take over decisions that another system collected, from .csv or .jsonl; all or none")
    .requiredOption("--agreement <ref>", "the agreement that they are about, as application/purpose")
    .requiredOption("--by <email>", "who imports: a person with the role dpo in gateway.yaml")
    .addOption(
      new Option("--dialect <name>", "fr: ; between cells, days also dd/mm/yyyy, decisions also in French")
        .choices(["plain", "fr"])
        .default("plain"),
    )
    .option("--texts <folder>", "what people were shown: VERSION.fr.txt and VERSION.en.txt, by the column textVersion")
    .option("--check", "say what is wrong, and record nothing")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((file: string, options: ImportOptions) =>
      inTown(context, options.tenant, (session) => importFile(session, file, options)),
    );
}

const help = `
Example:
  $ npx passerelle consent import forms-2025.csv --agreement repas-malin/meal-advice \\
      --texts forms/ --by dpo@rivemont.example --check

Columns: scheme, key, decision, at, language, textVersion, and units or fields; also id, until, channel, evidence,
guardian (SCHEME:KEY), reason. A line with an id that was imported before is passed over, so that a longer file of the
same system can be imported again. docs/consent.md says what each column holds.`;

interface Read {
  readonly line: number;
  readonly deciding: Deciding;
}

async function importFile(session: Session, file: string, options: ImportOptions): Promise<void> {
  const { terminal, context } = session;
  const by = personWithRole(session, options.by, ["dpo"], "--by");
  const name = basename(file);
  const lines = readImport(resolve(context.folder, file), name, options.dialect);
  const kept = { agreement: asName(options.agreement), lines: String(lines.length) };
  await session.record(options.check === true ? "consent import (check)" : "consent import", kept);
  const { read, faults } = readLines(lines, await targetOf(session, options, by, lines));
  const { fresh, known, faults: changed } = await withoutKnown(session, read);
  const all = [...faults, ...changed];
  const refused = all.length > 0 ? [] : await recordAll(session, fresh, options.check === true);
  const told = [...all, ...refused].sort((one, other) => one.line - other.line);
  if (told.length > 0) {
    for (const { line, message } of told) terminal.err(`${name}:${String(line)} ${message}`, "red");
    throw new CommandFailure(exitCodes.refused, `${counted(told.length, "fault")}: nothing was recorded.`);
  }
  const passed = known === 0 ? "" : ` ${counted(known, "line")} had been imported before.`;
  terminal.out(
    options.check === true
      ? `No faults: ${counted(fresh.length, "decision")} would be recorded under ${options.agreement}.${passed}`
      : `${counted(fresh.length, "decision")} recorded under ${options.agreement}; they count at the next request.${passed}`,
  );
  if (fresh.length > 0 && lines.some(({ cells }) => !cells.has("id")))
    terminal.out("Lines without an id are recorded anew each time they are imported.", "dim");
}

const counted = (number: number, what: string): string => `${String(number)} ${what}${number === 1 ? "" : "s"}`;

interface LineFault {
  readonly line: number;
  readonly message: string;
}

function readLines(lines: readonly ImportLine[], target: ImportTarget): { read: Read[]; faults: LineFault[] } {
  const [read, faults]: [Read[], LineFault[]] = [[], []];
  const seen = new Map<string, number>();
  for (const one of lines) {
    const found = readLine(one, target);
    if ("faults" in found) {
      for (const message of found.faults) faults.push({ line: one.line, message });
      continue;
    }
    const { id } = found.deciding;
    const before = id === undefined ? undefined : seen.get(id);
    if (before !== undefined)
      faults.push({ line: one.line, message: `id: it stands in line ${String(before)} already` });
    if (id !== undefined) seen.set(id, one.line);
    read.push({ line: one.line, deciding: found.deciding });
  }
  // In the order of their own time: the last word of a person is the one that holds.
  const at = ({ deciding }: Read): number => deciding.elsewhere?.decidedAt.getTime() ?? 0;
  return { read: read.sort((one, other) => at(one) - at(other) || one.line - other.line), faults };
}

async function targetOf(
  session: Session,
  options: ImportOptions,
  by: string,
  lines: readonly ImportLine[],
): Promise<ImportTarget> {
  const { town, tenant, context } = session;
  const { id, approved, ref } = await town.registry.showAgreement(tenant.name, options.agreement);
  if (approved === null) throw refuse(`${ref} is not approved: nobody can have decided on it.`);
  const { snapshot, number } = approved;
  if (basisMeaning(snapshot.basis)?.asks === "nobody" || snapshot.units.length === 0)
    throw refuse(`Under ${ref} nobody is asked (basis ${snapshot.basis}): there is nothing to import.`);
  const catalogue = await catalogueInForce(session);
  if (catalogue === null)
    throw refuse(
      'No policy version is in force, so nobody knows what a key is. First: npx passerelle policy apply -m "why"',
    );
  return {
    ...{ tenant: tenant.name, timeZone: tenant.timeZone, agreement: id, version: number, terms: termsOf(snapshot) },
    ...{ snapshot, dialect: options.dialect, now: context.now(), by, readKey: keyReader(catalogue) },
    textOf: await texts(session, options.texts, lines),
  };
}

/** From the folder, by the name of the version; or what is on record already, by its SHA-256. */
async function texts(
  { town, tenant, context }: Session,
  folder: string | undefined,
  lines: readonly ImportLine[],
): Promise<ImportTarget["textOf"]> {
  const versions = new Set(lines.flatMap(({ cells }) => cells.get("textVersion") ?? []));
  const kept = new Map<string, string>();
  for (const version of versions) {
    const text = /^[0-9a-f]{64}$/.test(version) ? await town.consents.text(tenant.name, version) : null;
    if (text !== null) kept.set(version, text);
    // A name that could lead elsewhere in the file system is no name of a version.
    if (folder === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(version)) continue;
    for (const language of ["fr", "en"]) {
      const path = join(resolve(context.folder, folder), `${version}.${language}.txt`);
      if (existsSync(path)) kept.set(`${version} ${language}`, readText(path));
    }
  }
  return (version, language) => kept.get(`${version} ${language}`) ?? kept.get(version) ?? null;
}

function readText(path: string): string {
  const text = readFileSync(path, "utf8");
  if (text.length <= 20_000) return text;
  throw refuse(
    `${basename(path)} has more than 20,000 characters: give the text that people read before they decided.`,
  );
}

/** Lines imported before are passed over; the same id with another content is a fault, not a correction. */
async function withoutKnown(
  { town, tenant }: Session,
  read: readonly Read[],
): Promise<{ fresh: Read[]; known: number; faults: LineFault[] }> {
  const byId = new Map<string, ConsentEvent>();
  const ids = read.flatMap(({ deciding }) => deciding.id ?? []);
  for (let start = 0; start < ids.length; start += 1_000)
    for (const event of await town.consents.events(tenant.name, ids.slice(start, start + 1_000)))
      byId.set(event.id, event);
  const tokens = subjectTokensWith(town.derived);
  const [fresh, faults]: [Read[], LineFault[]] = [[], []];
  for (const one of read) {
    const { id, scheme, key, decision, elsewhere, units } = one.deciding;
    const event = id === undefined ? undefined : byId.get(id);
    if (event === undefined) fresh.push(one);
    else if (
      event.decision !== decision ||
      event.scheme !== scheme ||
      !tokens.ofAllSecrets(tenant.name, scheme, key).includes(event.token) ||
      event.elsewhere?.decidedAt.getTime() !== elsewhere?.decidedAt.getTime() ||
      event.units.join(" ") !== units.map(({ name }) => name).join(" ")
    )
      faults.push({ line: one.line, message: `id: it was imported before, as another decision (${event.id})` });
  }
  return { fresh, known: read.length - fresh.length - faults.length, faults };
}

async function recordAll(
  { town, tenant, terminal }: Session,
  fresh: readonly Read[],
  dryRun: boolean,
): Promise<LineFault[]> {
  const decisions = fresh.map(({ deciding }) => deciding);
  const progress = (done: number): void => {
    if (decisions.length > 2_000) terminal.err(`${String(done)} of ${String(decisions.length)} lines`, "dim");
  };
  try {
    await town.consents.decideAll(tenant.name, decisions, { progress, dryRun });
    return [];
  } catch (error) {
    if (!(error instanceof ConsentsRefused)) throw error;
    return error.refused.map(({ index, error }) => ({ line: fresh[index]?.line ?? 0, message: faultOf(error) }));
  }
}

/** What the record says to who signs in is told to who writes a file. */
const faultOf = ({ code, message }: ConsentError): string =>
  code === "too-young"
    ? "guardian: below 18 a guardian decides for the person; write here who did, as SCHEME:KEY (a guardian on record)"
    : message;
