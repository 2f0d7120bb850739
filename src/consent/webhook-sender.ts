// Tells applications what to erase, again and again until they acknowledge it (RGPD art. 19). Nothing waits for it: the
// person's rows left the answers with the decision itself.
import { randomInt } from "node:crypto";
import type { DueNotice, ErasureNotice, NoticeOutbox } from "./webhook-store.js";
import { postWebhook, type PostOptions } from "./webhook-post.js";

export interface SenderOptions extends PostOptions {
  readonly outbox: NoticeOutbox;
  /** The message's JSON text; null where nothing is to be told any more. @throws what makes it wait for another attempt */
  readonly message: (notice: ErasureNotice) => Promise<string | null>;
  /** Milliseconds between two looks for what is due. */
  readonly everyMs: number;
  /** For the operator: a name, never a value. */
  readonly report: (event: string) => void;
}

const atOnce = 8;
const seconds = (count: number): number => count * 1_000;
/** After each failed attempt; the last one from then on, for as long as nobody acknowledges. */
const waits = [10, 60, 300, 1_800, 7_200, 21_600].map(seconds);
/** In per cent, at most: never the same moment for all that failed together. */
const spread = 20;

export class WebhookSender {
  readonly #options: SenderOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  start(): this {
    this.#plan(0);
    return this;
  }

  /** What is under way is sent to its end. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** Sends what is due now; @returns how many were tried. */
  async sendDue(): Promise<number> {
    const { outbox, now, timeoutMs } = this.#options;
    const due = await outbox.take(now(), atOnce, timeoutMs * 3 + seconds(10));
    await Promise.all(due.map((notice) => this.#send(notice)));
    return due.length;
  }

  #plan(ms: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#look();
      void this.#round.then(() => this.#plan(this.#options.everyMs));
    }, ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    try {
      while (!this.#closed && (await this.sendDue()) === atOnce);
    } catch (error) {
      this.#options.report(`webhooks: ${error instanceof Error ? error.name : "unknown"}`);
    }
  }

  async #send(notice: DueNotice): Promise<void> {
    const { outbox, message, now, report } = this.#options;
    try {
      const body = await message(notice);
      if (body === null) return await outbox.acknowledged(notice, now(), "nothing to tell");
      const { acknowledged, result } = await postWebhook({ ...notice, body }, this.#options);
      if (acknowledged) return await outbox.acknowledged(notice, now(), result);
      await outbox.failed(notice, this.#next(notice.attempt), result);
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown";
      report(`webhook not sent: ${name}`);
      // The lease ends by itself where even this cannot be written.
      await outbox.failed(notice, this.#next(notice.attempt), name).catch(() => undefined);
    }
  }

  #next(attempt: number): Date {
    const wait = waits[Math.min(attempt, waits.length) - 1] ?? seconds(21_600);
    return new Date(this.#options.now().getTime() + wait * (1 + randomInt(spread) / 100));
  }
}
