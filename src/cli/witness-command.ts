// `passerelle witness`: runs on another machine than the town's, the DPO's own. It needs no town folder and no database: an
// address, the log's public key, and a folder in which it remembers what it has seen.
import { randomBytes } from "node:crypto";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import {
  consistencyProof,
  nodesOfTiles,
  NoteRefused,
  readCheckpoint,
  readNote,
  readVerifier,
  signerKey,
  tilePath,
  verifierText,
  witness,
  type Checkpoint,
  type SignerKey,
  type VerifierKey,
  type WitnessAlarm,
} from "../accesslog/index.js";
import { CommandFailure, couldNot, exitCodes, refuse } from "./failure.js";
import { wholeNumber } from "./options.js";
import type { CommandContext } from "./session.js";

interface WitnessOptions {
  readonly log: string;
  readonly key: string;
  readonly folder: string;
  readonly name: string;
  readonly every: number;
  readonly once?: boolean;
}

export function addWitnessCommand(program: Command, context: CommandContext): void {
  program
    .command("witness")
    .description("on a machine of its own: see every checkpoint of a town's access log, and tell when it was rewritten")
    .requiredOption("--log <address>", "where the log is served, such as https://data.rivemont.example/log/rivemont")
    .requiredOption("--key <key>", "the log's public key, from: npx passerelle log keys")
    .option("--folder <path>", "what was seen, and the witness's own key", "passerelle-witness")
    .option("--name <name>", "the witness's name in its signatures", "witness")
    .option("--every <seconds>", "time between two looks", wholeNumber(1, 86_400), 60)
    .option("--once", "one look, for cron")
    .addHelpText("after", help)
    .action((options: WitnessOptions) => follow(context, options));
}

const help = `
Example:
  $ npx passerelle witness --log https://data.rivemont.example/log/rivemont --key "passerelle/rivemont+1a2b3c4d+AQbc…"

Exit codes: 0 with --once, nothing wrong; 1 the log cannot be reached; 2 ALARM: the log shows another history than before.
checkpoints.jsonl in its folder is what \`npx passerelle log verify --witness\` takes. Keep the folder from the town's
administrators: that they cannot change what was seen is all that a witness is for.`;

const timeoutMs = 20_000;
const maxBytes = 65_536;

async function follow({ folder, terminal, now }: CommandContext, options: WitnessOptions): Promise<void> {
  const home = resolve(folder, options.folder);
  const log = readKey(options.key);
  const own = await openKey(home, options.name);
  terminal.out(`Witness ${verifierText(own)}`, "dim");
  for (;;) {
    try {
      terminal.out(await look({ address: options.log.replace(/\/$/, ""), log, own, home, now: now() }));
    } catch (error) {
      if (error instanceof CommandFailure && (options.once === true || error.exitCode === exitCodes.refused))
        throw error;
      terminal.err(error instanceof CommandFailure ? error.message : String(error), "yellow");
    }
    if (options.once === true) return;
    await pause(options.every * 1_000);
  }
}

function readKey(text: string): VerifierKey {
  try {
    return readVerifier(text);
  } catch {
    throw refuse("--key takes the log's public key as `npx passerelle log keys` prints it: name+id+base64.");
  }
}

/** Made at the first start, readable by its owner alone. */
async function openKey(home: string, name: string): Promise<SignerKey> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const path = join(home, "witness.key");
  try {
    await writeFile(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  try {
    return signerKey(name, Buffer.from((await readFile(path, "utf8")).trim(), "base64"), "witness");
  } catch {
    throw refuse(`${path} is not a witness's key, or --name has a space or a + in it.`);
  }
}

interface Look {
  readonly address: string;
  readonly log: VerifierKey;
  readonly own: SignerKey;
  readonly home: string;
  readonly now: Date;
}

/** @returns what to say. @throws CommandFailure: not reached (1), alarm (2) */
async function look({ address, log, own, home, now }: Look): Promise<string> {
  const note = (await get(`${address}/checkpoint`)).toString("utf8");
  const last = await lastSeen(home);
  const proof = (older: number, newer: number): ReturnType<typeof consistencyProof> =>
    consistencyProof(
      nodesOfTiles((tile) => get(`${address}/tile/${tilePath(tile)}`), newer),
      older,
      newer,
    );
  const seen = await refusingNotes(() => witness({ note, log: [log], last, proof, key: own, now }));
  const at = now.toISOString();
  if (seen.outcome === "alarm") {
    await remember(home, "alarms.jsonl", { at, why: seen.why, note });
    throw new CommandFailure(exitCodes.refused, alarmText(seen.why, last?.size ?? 0, seen.checkpoint.size, home));
  }
  if (seen.outcome === "signed") await remember(home, "checkpoints.jsonl", { at, note: seen.note });
  return `${at} ${seen.checkpoint.size} entries, ${seen.outcome === "same" ? "none new" : "consistent with what was seen"}`;
}

const alarmWords: Readonly<Record<WitnessAlarm, (seen: number, shown: number) => string>> = {
  shrunk: (seen, shown) => `it had ${seen} entries, and now shows ${shown}`,
  split: (seen) => `it shows another history of the same ${seen} entries`,
  inconsistent: (seen, shown) => `the ${seen} entries that were seen are not in the ${shown} that it shows now`,
};

const alarmText = (why: WitnessAlarm, seen: number, shown: number, home: string): string =>
  `ALARM: the access log was changed: ${alarmWords[why](seen, shown)}. ` +
  `Both signed checkpoints are kept in ${home}. On the town's side: npx passerelle log verify --witness checkpoints.jsonl`;

async function refusingNotes<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoteRefused)
      throw couldNot(
        `What the address answers is not signed by this log's key (${error.message}). Check --log and --key.`,
      );
    if (error instanceof RangeError)
      throw couldNot("The log's tiles do not fit its checkpoint. They are asked for again.");
    throw error;
  }
}

async function lastSeen(home: string): Promise<Checkpoint | null> {
  const text = await readFile(join(home, "checkpoints.jsonl"), "utf8").catch(() => "");
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  if (last === "") return null;
  try {
    return readCheckpoint(readNote((JSON.parse(last) as { readonly note: string }).note).text);
  } catch {
    throw refuse(`The last line of ${join(home, "checkpoints.jsonl")} cannot be read: restore it from a copy.`);
  }
}

const remember = (home: string, file: string, what: object): Promise<void> =>
  appendFile(join(home, file), `${JSON.stringify(what)}\n`, { mode: 0o600 });

async function get(url: string): Promise<Buffer> {
  try {
    const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw couldNot(`${url} answers with HTTP ${answer.status}.`);
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw couldNot(`${url} answers with more than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw couldNot(`${url} cannot be reached. It is asked again.`);
  }
}
