// One log as a serving witness knows it. Requests are judged one after another: between looking up what was signed last
// and writing down what is signed now, nothing else happens (C2SP tlog-witness asks that the two be one step).
import {
  judgeCheckpoint,
  readAddCheckpoint,
  signatureLine,
  type AddCheckpoint,
  type VerifierKey,
} from "../../accesslog/index.js";
import { Silence, type Alarm } from "./alarm.js";
import { Notebook } from "./notebook.js";
import type { Setting } from "./setting.js";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
}

/**
 * How long the log has to prove a checkpoint that came without a good proof. Whoever reaches this witness can send the
 * log's newest checkpoint with a bad proof; only a log that was rewritten can never bring a good one.
 */
const doubtMs = 600_000;
const conflictType = "text/x.tlog.size";

interface Doubt {
  readonly size: number;
  readonly note: string;
  readonly since: number;
  told: boolean;
}

export class LogDesk {
  #turn: Promise<unknown> = Promise.resolve();
  #doubt: Doubt | null = null;
  /** Roots of other histories that were told. */
  readonly #told = new Set<string>();
  readonly #silence: Silence;

  private constructor(
    private readonly setting: Setting,
    private readonly name: string,
    private readonly keys: readonly VerifierKey[],
    private readonly book: Notebook,
  ) {
    this.#silence = new Silence(setting.silenceMs, book.last?.at ?? setting.context.now());
  }

  static async open(setting: Setting, name: string, keys: readonly VerifierKey[]): Promise<LogDesk> {
    return new LogDesk(setting, name, keys, await Notebook.open(setting.home, name, setting.own));
  }

  /** @param body of add-checkpoint. @throws CommandFailure where it cannot be written down */
  static async answer(desks: ReadonlyMap<string, LogDesk>, body: string): Promise<Answer> {
    const asked = readAddCheckpoint(body);
    if (asked === null) return { status: 400, body: "Not an add-checkpoint (C2SP tlog-witness).\n" };
    const desk = desks.get(asked.checkpoint.origin);
    if (desk === undefined) return { status: 404, body: "This witness does not follow this log.\n" };
    return desk.#inTurn(() => desk.#take(asked));
  }

  /** From time to time: has the log been silent, has a doubt not been cleared up? */
  async look(): Promise<void> {
    const now = this.setting.context.now();
    const silent = this.#silence.broken(now);
    if (silent !== null) await this.#raise("silent", silent);
    const doubt = this.#doubt;
    if (doubt === null || doubt.told || now.getTime() - doubt.since < doubtMs) return;
    doubt.told = true;
    const seen = this.book.last?.checkpoint.size ?? 0;
    await this.book.keepEvidence("inconsistent", doubt.note, now);
    await this.#raise(
      "inconsistent",
      `the access log was changed: the ${seen} entries that were seen are not in the ${doubt.size} that it has signed, and it has proved nothing since`,
    );
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.book.close());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #take(asked: AddCheckpoint): Promise<Answer> {
    const { book, keys } = this;
    const verdict = judgeCheckpoint(asked, keys, book.last?.checkpoint ?? null);
    switch (verdict.outcome) {
      case "unknown-key":
        return { status: 403, body: "Not signed by a key that this witness knows of this log.\n" };
      case "backwards":
        return { status: 400, body: "The old size is larger than the checkpoint's.\n" };
      case "conflict":
        return { status: 409, body: `${verdict.size}\n`, contentType: conflictType };
      case "split":
        await this.#otherHistory(asked);
        return { status: 409, body: `${verdict.size}\n`, contentType: conflictType };
      case "unproved":
        this.#doubt ??= {
          ...{ size: asked.checkpoint.size, note: asked.text, told: false },
          since: this.setting.context.now().getTime(),
        };
        return { status: 422, body: "What this witness saw is not proved to be in this checkpoint.\n" };
      case "sign":
        return { status: 200, body: await this.#sign(asked, verdict.again) };
    }
  }

  async #sign({ note, text, checkpoint }: AddCheckpoint, again: boolean): Promise<string> {
    const { context, own } = this.setting;
    const now = context.now();
    const line = signatureLine(own, note.text, Math.floor(now.getTime() / 1000));
    // Before anybody gets the signature.
    if (!again) {
      await this.book.see(`${text}${line}`, now);
      this.#silence.heard(now);
      context.terminal.out(`${now.toISOString()} ${this.name}: ${checkpoint.size} entries`);
    }
    if (this.#doubt !== null && checkpoint.size >= this.#doubt.size) this.#doubt = null;
    return line;
  }

  async #otherHistory({ checkpoint, text }: AddCheckpoint): Promise<void> {
    const root = checkpoint.root.toString("hex");
    if (this.#told.has(root) || this.#told.size > 100) return;
    this.#told.add(root);
    await this.book.keepEvidence("split", text, this.setting.context.now());
    // The log's answer does not wait for the program of --alarm.
    void this.#raise(
      "split",
      `the access log was changed: it has signed another history of the same ${checkpoint.size} entries`,
    );
  }

  #raise(kind: Alarm["kind"], reason: string): Promise<void> {
    return this.setting.alarms.raise({ kind, reason, log: this.name, folder: this.book.folder });
  }
}
