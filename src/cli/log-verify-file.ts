// `passerelle log verify FILE`: a file of evidence, or the proof of one entry, checked with nothing but public keys. No town
// folder, no database, no network.
import { createReadStream } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createGunzip } from "node:zlib";
import {
  checkEvidence,
  checkTlogProof,
  evidencePage,
  isTlogProof,
  linesOf,
  NoteRefused,
  readVerifier,
  type CheckedEntry,
  type EvidenceReport,
  type VerifierKey,
} from "../accesslog/index.js";
import { versionId } from "../policy/index.js";
import type { TenantName } from "../terms/index.js";
import { CommandFailure, couldNot, exitCodes, refuse } from "./failure.js";
import { evidenceWords, proofWords } from "./log-evidence-words.js";
import type { CommandContext } from "./session.js";

interface FileOptions {
  readonly key?: readonly string[];
  readonly json?: boolean;
}

/** Entries between two lines of progress. */
const told = 100_000;

/** @throws CommandFailure: 1 where it cannot be read or no key of the log was given, 2 where it does not hold */
export async function verifyFile(context: CommandContext, file: string, options: FileOptions): Promise<void> {
  const path = resolve(context.folder, file);
  const keys = (options.key ?? []).map(readKey);
  const start = await beginning(path);
  if (isTlogProof(start.toString("utf8"))) return verifyProof(context, start.toString("utf8"), keys);
  const { terminal } = context;
  let entries = 0;
  let own: CheckedEntry | null = null;
  const report = await checkEvidence(linesOf(bytesOf(path, start)), {
    keys,
    versionOf: ({ tenant, schema, files }) =>
      versionId({ tenant: tenant as TenantName, schema, files: new Map(Object.entries(files)) }),
    each: (entry) => {
      if (entry.own) own = entry;
      if (++entries % told === 0) terminal.err(`${String(entries)} entries`, "dim");
    },
  });
  if (options.json === true) terminal.out(JSON.stringify(report, null, 2));
  else for (const [text, style] of evidenceWords(report, own)) terminal.out(text, style);
  endBy(report);
}

/** One HTML file; the same for every town, so that it needs none. */
export async function writePage({ folder, terminal }: CommandContext, file: string): Promise<void> {
  const path = resolve(folder, file);
  try {
    await writeFile(path, evidencePage(), { flag: "wx" });
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw taken ? refuse(`${path} is there already.`) : couldNot(`${path} cannot be written: check the path.`);
  }
  terminal.out(`${path} checks files of evidence in any browser, also without a network.`);
}

/** Fail closed: a file that only itself vouches for is not proved, and a script sees it too. */
function endBy({ proved }: EvidenceReport): void {
  if (proved === "failed") throw new CommandFailure(exitCodes.refused, "This file does not prove what it says.");
  if (proved === "itself")
    throw couldNot(
      "No key of the log was given. Compare the key above with the one that the town has published, then repeat the command with --key KEY.",
    );
}

function verifyProof({ terminal }: CommandContext, text: string, keys: readonly VerifierKey[]): void {
  if (!keys.some(({ kind }) => kind === "log"))
    throw couldNot("A proof names no key itself: give the log's public key, as the town has published it, with --key.");
  try {
    for (const line of proofWords(checkTlogProof(text, keys))) terminal.out(line);
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    throw new CommandFailure(exitCodes.refused, `NOT PROVED: ${error.message}.`);
  }
}

function readKey(text: string): VerifierKey {
  try {
    return readVerifier(text);
  } catch {
    throw refuse("--key takes a public key as `npx passerelle log keys` prints it: name+id+base64.");
  }
}

/** More than the longest proof of one entry. */
const beginningBytes = 131_073;

async function beginning(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(beginningBytes), 0, beginningBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    throw couldNot(`The file ${path} cannot be read: check the path.`);
  }
}

/** What is compressed and damaged ends where it cannot be read on: then the file was cut. */
async function* bytesOf(path: string, start: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  const raw = createReadStream(path);
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    yield* raw as AsyncIterable<Uint8Array>;
    return;
  }
  const plain = createGunzip();
  raw.on("error", (error) => plain.destroy(error));
  try {
    yield* raw.pipe(plain) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))) throw error;
  } finally {
    raw.destroy();
    plain.destroy();
  }
}
