// Group commit: entries wait while a batch commits, then go together. Everything that waits has a deadline of its own.
import { LRUCache } from "lru-cache";
import { canWriteAtOnce, remember, writeAtOnce, writeBatch } from "./append-batch.js";
import type { BatchMemory, BatchOutcome } from "./append-batch.js";
import type { AppendConnection } from "./append-connection.js";
import { failureKind, failureName, isUniqueViolation } from "./append-failure.js";
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
  resolve(appended: Appended): void;
  reject(error: AccessLogUnavailable): void;
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
  private readonly waiting: Waiting[] = [];
  private queuedBytes = 0;
  private running: Promise<void> | null = null;
  private closed = false;
  private failing: string | null = null;
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
      const waiting = this.waitFor(entry, resolve, reject);
      this.waiting.push(waiting);
      this.queuedBytes += entry.size;
      this.running ??= this.run();
    });
  }

  /** Waits for what was taken in, at most its deadline. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private waitFor(
    entry: PreparedEntry,
    resolve: (appended: Appended) => void,
    reject: (error: AccessLogUnavailable) => void,
  ): Waiting {
    const settle = <T>(tell: (value: T) => void) => {
      return (value: T): void => {
        if (waiting.settled) return;
        waiting.settled = true;
        clearTimeout(timer);
        tell(value);
      };
    };
    const waiting: Waiting = {
      entry,
      until: Date.now() + this.bounds.deadlineMs,
      settled: false,
      resolve: settle(resolve),
      reject: settle(reject),
    };
    const timer = setTimeout(() => waiting.reject(unavailable("timeout")), this.bounds.deadlineMs);
    return waiting;
  }

  private async run(): Promise<void> {
    // Entries that arrive in the same turn of the event loop go into one batch.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.commit(this.take());
    this.running = null;
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
            for (const waiting of live) waiting.reject(unavailable("database", failureName(error)));
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
      first.reject(unavailable("faulty-entry", failureName(error)));
      return;
    }
    const middle = Math.ceil(live.length / 2);
    await this.commit(live.slice(0, middle));
    await this.commit(live.slice(middle));
  }

  private async write(live: readonly Waiting[], attempt: number): Promise<BatchOutcome> {
    const entries = live.map(({ entry }) => entry);
    const until = Math.max(...live.map((waiting) => waiting.until));
    const atOnce = attempt === 0 && canWriteAtOnce(entries, this.memory);
    const outcome =
      (atOnce ? await this.writeAtOnce(entries, until) : null) ?? (await this.writeAsking(entries, until));
    remember(outcome, this.memory);
    return outcome;
  }

  /** Null: one of them is on record already, and nothing was written. */
  private async writeAtOnce(entries: readonly PreparedEntry[], until: number): Promise<BatchOutcome | null> {
    try {
      return await this.connection.statement((on) => writeAtOnce(on, entries), until);
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  private writeAsking(entries: readonly PreparedEntry[], until: number): Promise<BatchOutcome> {
    return this.connection.transaction((on) => writeBatch(on, entries, this.memory), until);
  }

  private settle(live: readonly Waiting[], { indexes, current }: BatchOutcome): void {
    if (this.failing !== null) this.report("access log: writes again");
    this.failing = null;
    for (const waiting of live) {
      const { id, tenant } = waiting.entry;
      const index = indexes.get(waiting.entry);
      if (typeof index === "number") waiting.resolve({ id, index, current: current.get(tenant) ?? null });
      else waiting.reject(unavailable("faulty-entry", `the id ${id} is on record for something else`));
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
