// `passerelle log verify` and what belongs to it: is the record what it was when it was signed, and when a witness saw it?
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import {
  NoteRefused,
  readCheckpoint,
  readNote,
  readVerifier,
  verifierText,
  verifyNote,
  type Checkpoint,
  type LogFault,
} from "../accesslog/index.js";
import { CommandFailure, exitCodes, refuse } from "./failure.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { verifyFile, writePage } from "./log-verify-file.js";
import { datedLogKeys, logKeys } from "./town-log.js";

interface VerifyOptions extends TenantOption {
  readonly key?: readonly string[];
  readonly page?: string;
  readonly witness?: string;
  readonly witnessKey?: string;
  readonly json?: boolean;
}

/** @param tenantOf an option before the word is read as one of `log` */
export function addVerifyCommands(
  log: Command,
  context: CommandContext,
  tenantOf: (own: TenantOption) => string | undefined,
): void {
  log
    .command("verify [file]")
    .description(
      "hold the whole record, or a file of evidence, against its tree, its checkpoints and what a witness saw",
    )
    .option(
      "--key <key>",
      "with a file: a public key of the log, or of a witness, got by another way; may stand again",
      severalTimes,
    )
    .option("--witness <file>", "the checkpoints that a witness has seen: its checkpoints.jsonl")
    .option(
      "--witness-key <key>",
      "the witness's public key, name+id+base64; without it the log's own signature counts",
    )
    .option(
      "--page <file>",
      "write the page with which anybody checks files of evidence in a browser, without a network",
    )
    .option("--json", "the report as JSON")
    .option(...tenantOption)
    .addHelpText("after", verifyHelp)
    .action((file: string | undefined, options: VerifyOptions) => {
      if (options.page !== undefined) return writePage(context, options.page);
      if (file !== undefined) return verifyFile(context, file, options);
      if (options.key !== undefined)
        throw refuse("--key goes with a file of evidence: npx passerelle log verify FILE --key KEY");
      return inTown(context, tenantOf(options), (session) => verify(session, options));
    });
  log
    .command("keys")
    .description("the public part of the keys that sign the log's checkpoints, for a witness")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle log keys")
    .action((options: TenantOption) => inTown(context, tenantOf(options), keys));
}

const severalTimes = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const verifyHelp = `
Examples:
  $ npx passerelle log verify
  $ npx passerelle log verify november.passerelle-evidence.jsonl --key "passerelle/rivemont+1a2b3c4d+AQbc…"
  $ npx passerelle log verify --witness checkpoints.jsonl --witness-key "dpo.rivemont.example+1a2b3c4d+BAbc…"

Exit codes: 0 the record is intact, or the file is proved by the keys given; 1 it could not be read, or no key of the
log was given to hold the file against; 2 it is not what it was, or says that it is. A file needs no town and no database.
Without a witness, somebody who has the database and the key file could write it all anew; a witness has seen it before.`;

async function keys(session: Session): Promise<void> {
  await session.record("log keys");
  const keys = datedLogKeys(session.town, session.tenant.name, session.context.now());
  const signing = keys.findIndex(({ signs }) => signs);
  for (const [at, { key, from }] of keys.entries()) {
    const when = at === signing ? "" : at > signing ? "   (earlier)" : `   (from ${from} on)`;
    session.terminal.out(`${verifierText(key)}${when}`);
  }
}

async function verify(session: Session, options: VerifyOptions): Promise<void> {
  const { terminal, tenant, log } = session;
  const known = logKeys(session.town, tenant.name);
  const witnessed = await readWitnessed(session, options, known);
  await session.record("log verify");
  await log.sign().catch(() => undefined);
  const report = await log.verify(tenant.name, {
    keys: known,
    witnessed,
    progress: (checked, size) => {
      if (size > 10_000) terminal.err(`${checked} of ${size} entries`);
    },
  });
  if (options.json === true) terminal.out(JSON.stringify(report, null, 2));
  else for (const line of reportLines(report, witnessed.length, tenant.timeZone)) terminal.out(line);
  if (isAltered(report))
    throw new CommandFailure(
      exitCodes.refused,
      "The record is not what it was. Keep this report, and the database as it is.",
    );
  if (report.faults.length > 0)
    throw new CommandFailure(
      exitCodes.refused,
      "The record is intact, but not dated as gateway.yaml requires (log: timestamps:). See why the authority does not answer.",
    );
}

async function readWitnessed(
  { context }: Session,
  { witness, witnessKey }: VerifyOptions,
  known: readonly ReturnType<typeof readVerifier>[],
): Promise<SeenCheckpoint[]> {
  if (witness === undefined) return [];
  const path = resolve(context.folder, witness);
  const text = await readFile(path, "utf8").catch(() => {
    throw refuse(`The file ${path} cannot be read: check the path after --witness.`);
  });
  try {
    const seers = witnessKey === undefined ? known : [readVerifier(witnessKey)];
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => witnessedOf((JSON.parse(line) as { readonly note: string }).note, seers));
  } catch (error) {
    if (error instanceof NoteRefused || error instanceof SyntaxError)
      throw refuse(`${path} does not hold checkpoints as the witness wrote and signed them (${error.message}).`);
    throw error;
  }
}

type SeenCheckpoint = Checkpoint & { readonly seenAt?: Date };

function witnessedOf(text: string, seers: readonly ReturnType<typeof readVerifier>[]): SeenCheckpoint {
  const note = readNote(text);
  const seen = verifyNote(note, seers);
  if (seen.length === 0) throw new NoteRefused("a checkpoint without the signature that was asked for");
  const time = seen.find((one) => one.time !== null)?.time ?? null;
  return { ...readCheckpoint(note.text), ...(time === null ? {} : { seenAt: new Date(time * 1000) }) };
}

type VerifiedLog = Awaited<ReturnType<Session["log"]["verify"]>>;

/** A timestamp that is missing changes nothing of the record. */
const isAltered = ({ faults }: VerifiedLog): boolean => faults.some(({ kind }) => kind !== "timestamp-missing");

function reportLines(report: VerifiedLog, witnessed: number, timeZone: string): string[] {
  const { size, checked, erased, checkpoints, faults } = report;
  const counted = [
    `${count(size, "entry", "entries")}: ${checked} checked, ${size - checked} removed at the end of their retention,`,
    `${erased} without the part about people; ${count(checkpoints, "checkpoint")}, ${witnessed} seen by the witness.`,
  ].join(" ");
  return [
    `The record is ${isAltered(report) ? "NOT intact" : "intact"}. ${counted}`,
    ...datedWords(report, timeZone),
    ...faults.map((fault) => `  ${faultWords(fault)}`),
  ];
}

function datedWords({ timestamps: { checked, unchecked, newest } }: VerifiedLog, timeZone: string): string[] {
  if (unchecked > 0)
    return [`${count(unchecked, "timestamp")} not checked: gateway.yaml has no log: timestamps: certificate:.`];
  if (newest === null) return [];
  const entries = count(newest.size, "entry", "entries");
  return [`${count(checked, "timestamp")}; the newest says that the first ${entries} stood so on ${localTime(newest.at, timeZone)}.`]; // prettier-ignore
}

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

function faultWords({ kind, from, to, witnessed }: LogFault): string {
  const where = to - from === 1 ? `entry ${from}` : `entries ${from} to ${to - 1}`;
  const seen = witnessed ? ", as the witness has seen it" : "";
  switch (kind) {
    case "entry-altered":
      return `${where}: its text is not what was recorded`;
    case "entry-removed":
      return `${where}: removed, and not at the end of their time`;
    case "removed-early":
      return `${where}: removed as if their time had been over, which it was not`;
    case "personal-altered":
      return `${where}: the part about people is not what was recorded`;
    case "leaf-altered":
      return `${where}: not the entry that was signed (changed, moved or exchanged)`;
    case "leaf-missing":
      return `${where}: gone`;
    case "checkpoint-altered":
      return `the checkpoint of ${to} entries is not as the log signed it`;
    case "rewritten":
      return `${where}: at least one of them is not what it was${seen}`;
    case "truncated":
      return `${where}: were on record and are gone${seen}; an old backup that was restored looks so too`;
    case "timestamp-altered":
      return `the timestamp of the checkpoint of ${to} entries does not hold`;
    case "timestamp-missing":
      return `${where}: no timestamp yet, though gateway.yaml requires one`;
  }
}
