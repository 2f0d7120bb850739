// The witness that goes to the log: behind a firewall, on a machine that nobody can reach. It asks for the newest
// checkpoint, checks by the log's tiles that it holds the one before, writes it down, and hands in that it has seen it.
import { setTimeout as pause } from "node:timers/promises";
import {
  consistencyProof,
  fetchBounded,
  FetchFailed,
  nodesOfTiles,
  NoteRefused,
  tilePath,
  witness,
  type VerifierKey,
  type WitnessAlarm,
} from "../../accesslog/index.js";
import { CommandFailure, couldNot, exitCodes, refuse } from "../failure.js";
import { Silence } from "./alarm.js";
import { Notebook } from "./notebook.js";
import type { Setting } from "./setting.js";

export interface FollowOptions {
  readonly log?: string;
  readonly every: number;
  readonly once?: boolean;
  readonly handIn: boolean;
}

interface Following extends FollowOptions {
  readonly keys: readonly VerifierKey[];
}

const timeoutMs = 20_000;
const maxBytes = 65_536;

/** Ends with --once, or with an alarm. @throws CommandFailure */
export async function follow(setting: Setting, options: Following): Promise<void> {
  const name = options.keys[0]?.name ?? "";
  const book = await Notebook.open(setting.home, name, setting.own);
  try {
    await new Follower(setting, options, name, book).run();
  } finally {
    await book.close();
  }
}

class Follower {
  readonly #address: string;
  readonly #silence: Silence;
  /** What the log was handed last, or would not take. */
  #handedIn = 0;
  #refusal = "";

  constructor(
    private readonly setting: Setting,
    private readonly options: Following,
    private readonly name: string,
    private readonly book: Notebook,
  ) {
    this.#address = (options.log ?? "").replace(/\/$/, "");
    // From the last checkpoint that was seen, also by a run before; where there was none, from now on.
    this.#silence = new Silence(setting.silenceMs, book.last?.at ?? setting.context.now());
  }

  async run(): Promise<void> {
    const { terminal, now } = this.setting.context;
    const { once = false } = this.options;
    for (;;) {
      const failure = await this.#look().then(() => null, asError);
      if (failure instanceof CommandFailure && failure.exitCode === exitCodes.refused) throw failure;
      const silent = this.#silence.broken(now());
      if (silent !== null) await this.#raise("silent", silent);
      if (once && failure !== null) throw failure;
      if (once && silent !== null) throw refuse("The alarm was raised.");
      if (failure !== null) terminal.err(failure.message, "yellow");
      if (once) return;
      await pause(this.options.every * 1_000);
    }
  }

  /** @throws CommandFailure: not reached (1), alarm (2) */
  async #look(): Promise<void> {
    const { context, own } = this.setting;
    const { last } = this.book;
    const now = context.now();
    const note = (await this.#get("checkpoint")).toString("utf8");
    const proof = (older: number, newer: number): ReturnType<typeof consistencyProof> =>
      consistencyProof(
        nodesOfTiles((tile) => this.#get(`tile/${tilePath(tile)}`), newer),
        older,
        newer,
      );
    const seen = await refusingNotes(() =>
      witness({ note, log: this.options.keys, last: last?.checkpoint ?? null, proof, key: own, now }),
    );
    if (seen.outcome === "alarm") {
      await this.book.keepEvidence(seen.why, note, now);
      const reason = `the access log was changed: ${alarmWords[seen.why](last?.checkpoint.size ?? 0, seen.checkpoint.size)}`;
      await this.#raise(seen.why, reason);
      throw refuse(
        `Both signed checkpoints are kept in ${this.book.folder}. On the town's side: npx passerelle log verify --witness checkpoints.jsonl`,
      );
    }
    if (seen.outcome === "signed") {
      await this.book.see(seen.note, now);
      this.#silence.heard(now);
    }
    const found = seen.outcome === "same" ? "none new" : "consistent with what was seen";
    context.terminal.out(`${now.toISOString()} ${seen.checkpoint.size} entries, ${found}`);
    if (this.options.handIn) await this.#handIn();
  }

  /** What the log does not take is said once, and harms nothing: what was seen is written down here. */
  async #handIn(): Promise<void> {
    const { last } = this.book;
    if (last === null || last.checkpoint.size === this.#handedIn) return;
    const asking = { body: last.note, contentType: "text/plain; charset=utf-8", timeoutMs, maxBytes };
    const refusal = await fetchBounded(`${this.#address}/cosignature`, asking).then(
      ({ status }) => (status === 200 ? "" : (refusals[status] ?? `it answers with HTTP ${status}`)),
      (error: unknown) => (error instanceof FetchFailed ? error.message : String(error)),
    );
    if (refusal === "" || refusal === refusals[403]) this.#handedIn = last.checkpoint.size;
    if (refusal !== "" && refusal !== this.#refusal)
      this.setting.context.terminal.err(`The signature could not be handed in at the log: ${refusal}.`, "yellow");
    this.#refusal = refusal;
  }

  #raise(kind: WitnessAlarm | "silent", reason: string): Promise<void> {
    return this.setting.alarms.raise({ kind, reason, log: this.name, folder: this.book.folder });
  }

  async #get(path: string): Promise<Buffer> {
    const url = `${this.#address}/${path}`;
    try {
      const { status, body } = await fetchBounded(url, { timeoutMs, maxBytes });
      if (status !== 200) throw couldNot(`${url} answers with HTTP ${status}.`);
      return body;
    } catch (error) {
      if (error instanceof FetchFailed) throw couldNot(`${url}: ${error.message}. It is asked again.`);
      throw error;
    }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const refusals: Readonly<Record<number, string>> = {
  403: "this witness's key does not stand in the town's gateway.yaml (log: witnesses:)",
  404: "the town's Passerelle takes none",
  409: "it says that it has no such checkpoint",
};

const alarmWords: Readonly<Record<WitnessAlarm, (seen: number, shown: number) => string>> = {
  shrunk: (seen, shown) => `it had ${seen} entries, and now shows ${shown}`,
  split: (seen) => `it shows another history of the same ${seen} entries`,
  inconsistent: (seen, shown) => `the ${seen} entries that were seen are not in the ${shown} that it shows now`,
};

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
