// Group commit: entries wait while a batch commits, then go together. Everything that waits has a deadline of its own.
import { LRUCache } from "lru-cache";
import { canWriteAtOnce, remember, writeAtOnce, writeBatch } from "./append-batch.js";
import type { BatchMemory, BatchOutcome } from "./append-batch.js";
import type { AppendConnection } from "./append-connection.js";
import { failureKind, failureName, isOfPrepared, isUniqueViolation } from "./append-failure.js";
import { AccessLogUnavailable } from "./entry.js";
import type { Appended, UnavailableReason } from "./entry.js";
import type { PreparedEntry } from "./entry-format.js";

export interface QueueBounds {
  /** Milliseconds from append to the answer, whatever the database does. */
  readonly deadlineMs: number;
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  readonly maxBatch: number;
  readonly maxBatchBytes: number;
}

interface Waiting {
  readonly entry: PreparedEntry;
  /** As Date.now(). */
  readonly until: number;
  settled: boolean;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: AccessLogUnavailable) => void;
}

const sentences: Record<UnavailableReason, string> = {
  "queue-full": "Too many entries wait for the access log.",
  timeout: "The access log did not confirm the entry in time; it may be on record.",
  database: "The access log's database refuses to write.",
  "faulty-entry": "This entry cannot be written.",
  closed: "The access log is closed.",
};

const unavailable = (reason: UnavailableReason, detail?: string): AccessLogUnavailable =>
  new AccessLogUnavailable(detail === undefined ? sentences[reason] : `${sentences[reason]} (${detail})`, reason);

export class AppendQueue {
  /** In the order of their arrival, which is that of their deadlines: all wait for the same time. */
  private readonly waiting: Waiting[] = [];
  /** The batch under way, which arrived before them. */
  private taken: readonly Waiting[] = [];
  private queuedBytes = 0;
  private running: Promise<void> | null = null;
  /** One for all that wait: it goes off at the deadline of the oldest. */
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  private failing: string | null = null;
  /** False once a statement that the server was to keep was not found there: each is then written out. */
  private prepares = true;
  /** Entries confirmed so far. */
  appended = 0;
  private readonly memory: BatchMemory = {
    tenants: new Set(),
    operations: new LRUCache<string, string>({ max: 10_000 }),
  };

  constructor(
    private readonly connection: AppendConnection,
    private readonly bounds: QueueBounds,
    private readonly report: (line: string) => void,
  ) {}

  /** @throws AccessLogUnavailable */
  push(entry: PreparedEntry): Promise<Appended> {
    if (this.closed) return Promise.reject(unavailable("closed"));
    if (this.waiting.length >= this.bounds.maxQueued || this.queuedBytes + entry.size > this.bounds.maxQueuedBytes)
      return Promise.reject(unavailable("queue-full"));
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, until: Date.now() + this.bounds.deadlineMs, settled: false, resolve, reject });
      this.queuedBytes += entry.size;
      if (this.timer === null) this.timer = setTimeout(() => this.expire(), this.bounds.deadlineMs);
      else if (this.running === null) this.timer.ref();
      this.running ??= this.run();
    });
  }

  /** Waits for what was taken in, at most its deadline. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Refuses those whose time is over; a statement that nobody waits for any more is given up, and its connection. */
  private expire(): void {
    this.timer = null;
    const now = Date.now();
    const oldest = this.expireIn(this.taken, now) ?? this.expireIn(this.waiting, now);
    if (this.taken.length > 0 && this.taken.every(({ settled }) => settled)) this.connection.giveUp();
    if (oldest !== null) this.timer = setTimeout(() => this.expire(), oldest - now);
    else if (this.running !== null) this.timer = setTimeout(() => this.expire(), this.bounds.deadlineMs);
  }

  /** @returns the deadline of the first that still waits */
  private expireIn(list: readonly Waiting[], now: number): number | null {
    for (const waiting of list) {
      if (waiting.settled) continue;
      if (waiting.until > now) return waiting.until;
      refuse(waiting, unavailable("timeout"));
    }
    return null;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      // What arrives in the same turn of the event loop goes in one batch: answers of sources come in bundles.
      await new Promise((next) => setImmediate(next));
      this.taken = this.take();
      await this.commit(this.taken);
      this.taken = [];
    }
    this.running = null;
    // Nothing waits: it keeps no program from ending.
    this.timer?.unref();
  }

  /** The next batch, without what has timed out and without an id twice. */
  private take(): Waiting[] {
    const batch: Waiting[] = [];
    const ids = new Set<string>();
    let bytes = 0;
    for (let next = this.waiting[0]; next && batch.length < this.bounds.maxBatch; next = this.waiting[0]) {
      const { entry } = next;
      const full = batch.length > 0 && bytes + entry.size > this.bounds.maxBatchBytes;
      if (full || ids.has(entry.id)) break;
      this.waiting.shift();
      this.queuedBytes -= entry.size;
      if (next.settled) continue;
      batch.push(next);
      ids.add(entry.id);
      bytes += entry.size;
    }
    return batch;
  }

  /** Ends when each of the batch is settled; never throws. */
  private async commit(batch: readonly Waiting[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const live = batch.filter(({ settled }) => !settled);
      const first = live[0];
      if (!first) return;
      try {
        this.settle(live, await this.write(live, attempt));
        return;
      } catch (error) {
        switch (failureKind(error)) {
          case "data":
            return this.halve(live, first, error);
          case "refused":
            this.tellFailing(error);
            for (const waiting of live) refuse(waiting, unavailable("database", failureName(error)));
            return;
          case "passing":
            this.tellFailing(error);
            await pause(Math.min(250, 10 * 2 ** attempt));
        }
      }
    }
  }

  /** A batch that fails by its data is halved until the faulty entry stands alone: nobody else's request fails. */
  private async halve(live: readonly Waiting[], first: Waiting, error: unknown): Promise<void> {
    if (live.length === 1) {
      this.report(`access log: entry ${first.entry.id} cannot be written (${failureName(error)})`);
      refuse(first, unavailable("faulty-entry", failureName(error)));
      return;
    }
    const middle = Math.ceil(live.length / 2);
    await this.commit(live.slice(0, middle));
    await this.commit(live.slice(middle));
  }

  private async write(live: readonly Waiting[], attempt: number): Promise<BatchOutcome> {
    const entries = live.map(({ entry }) => entry);
    if (attempt === 0 && this.prepares && canWriteAtOnce(entries, this.memory)) {
      try {
        return await writeAtOnce(this.connection, entries);
      } catch (error) {
        if (isOfPrepared(error)) this.prepares = false;
        // Otherwise one of them is on record already. Either way nothing was written.
        else if (!isUniqueViolation(error)) throw error;
      }
    }
    const outcome = await this.connection.transaction((on) => writeBatch(on, entries, this.memory));
    remember(entries, outcome, this.memory);
    return outcome;
  }

  private settle(live: readonly Waiting[], { indexes, current }: BatchOutcome): void {
    if (this.failing !== null) this.report("access log: writes again");
    this.failing = null;
    for (const [nth, waiting] of live.entries()) {
      const { id, tenant } = waiting.entry;
      const index = indexes[nth];
      if (typeof index !== "number")
        refuse(waiting, unavailable("faulty-entry", `the id ${id} is on record for something else`));
      else if (!waiting.settled) {
        waiting.settled = true;
        this.appended++;
        waiting.resolve({ id, index, current: current.get(tenant) ?? null });
      }
      if (typeof index === "number") waiting.entry.forget();
    }
  }

  /** Once per kind of trouble, not once per request. */
  private tellFailing(error: unknown): void {
    const name = failureName(error);
    if (this.failing === name) return;
    this.failing = name;
    this.report(`access log: cannot write (${name}); requests that it cannot record in time get 503`);
  }
}

function refuse(waiting: Waiting, error: AccessLogUnavailable): void {
  if (waiting.settled) return;
  waiting.settled = true;
  waiting.reject(error);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
