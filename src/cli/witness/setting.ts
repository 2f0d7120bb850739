// What both ways of witnessing share: the options, the witness's own key, the folder that one process has at a time.
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { readVerifier, signerKey, verifierText, type SignerKey, type VerifierKey } from "../../accesslog/index.js";
import { withLock } from "../../store/index.js";
import { refuse } from "../failure.js";
import type { CommandContext } from "../session.js";
import { alarmCommand, Alarms, silenceTime } from "./alarm.js";

export interface WitnessOptions {
  readonly key?: readonly string[];
  readonly folder: string;
  readonly name: string;
  readonly alarm?: readonly string[];
  readonly silence: number;
}

export interface Setting {
  readonly context: CommandContext;
  readonly home: string;
  readonly own: SignerKey;
  readonly alarms: Alarms;
  readonly silenceMs: number;
}

export const withWitnessOptions = (command: Command): Command =>
  command
    .option("--key <key>", "the log's public key, from: npx passerelle log keys (may be given several times)", collect)
    .option("--folder <path>", "what was seen, and the witness's own key", "passerelle-witness")
    .option("--name <name>", "the witness's name in its signatures", "witness")
    .option(
      "--alarm <program>",
      'started at an ALARM, the reason in PASSERELLE_ALARM_REASON; with arguments: \'["mail", "-s", "ALARM", "dpo@…"]\'',
      alarmCommand,
    )
    .addOption(
      new Option("--silence <time>", "alarm when nothing new was seen for so long: 30m, 24h, 7d; 0: never")
        .argParser(silenceTime)
        .default(86_400_000, "24h"),
    );

const collect = (key: string, before: readonly string[] = []): readonly string[] => [...before, key];

/** The log's keys by the log's name. @throws CommandFailure */
export function readLogKeys(keys: readonly string[] | undefined): ReadonlyMap<string, readonly VerifierKey[]> {
  if (keys === undefined)
    throw refuse("--key is missing: the log's public key, which `npx passerelle log keys` prints at the town.");
  const byLog = new Map<string, VerifierKey[]>();
  for (const text of keys) {
    const key = readKey(text);
    byLog.set(key.name, [...(byLog.get(key.name) ?? []), key]);
  }
  return byLog;
}

function readKey(text: string): VerifierKey {
  const wrong = refuse("--key takes the log's public key as `npx passerelle log keys` prints it: name+id+base64.");
  try {
    const key = readVerifier(text);
    if (key.kind === "log") return key;
  } catch {
    throw wrong;
  }
  throw wrong;
}

/** While it runs, no other process witnesses with this folder: two that know nothing of each other could sign two histories. */
export async function atWork(
  context: CommandContext,
  options: WitnessOptions,
  work: (setting: Setting) => Promise<void>,
): Promise<void> {
  const home = resolve(context.folder, options.folder);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await withLock(join(home, ".lock"), 1_000, async () => {
    const own = await openKey(home, options.name);
    context.terminal.out(`Witness ${verifierText(own)}`, "dim");
    const alarms = new Alarms(context, options.alarm);
    await work({ context, home, own, alarms, silenceMs: options.silence });
  });
}

/** Made at the first start, readable by its owner alone. */
async function openKey(home: string, name: string): Promise<SignerKey> {
  const path = join(home, "witness.key");
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(`${randomBytes(32).toString("base64")}\n`);
    await file.sync();
    await file.close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  try {
    return signerKey(name, Buffer.from((await readFile(path, "utf8")).trim(), "base64"), "witness");
  } catch {
    throw refuse(`${path} is not a witness's key, or --name has a space or a + in it.`);
  }
}
