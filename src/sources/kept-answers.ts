// Answers kept for the time that a service fails, of open datasets alone: nothing is kept that the gateway did not ask to
// keep. In memory, bounded in entries, bytes and age; a question is kept as its hash, since a condition may name somebody.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";

interface Kept {
  readonly json: Buffer;
  readonly from: string;
  readonly asOf: Date;
  /** By the clock that never goes back. */
  readonly until: number;
}

const mostEntries = 1_000;
const mostBytes = 16_000_000;
const mostBytesOfOne = 2_000_000;

/** What was asked, all that decides the answer: scope, operation, the request itself. */
export type Question = readonly [scope: string, operation: string, request: unknown];

export class KeptAnswers {
  readonly #kept: LRUCache<string, Kept>;

  /** @param now Milliseconds that never go back. */
  constructor(
    readonly forMs: number,
    readonly now: () => number,
  ) {
    this.#kept = new LRUCache({
      max: mostEntries,
      maxSize: mostBytes,
      maxEntrySize: mostBytesOfOne,
      sizeCalculation: ({ json }) => json.byteLength + 1,
      // What nobody asks for again goes too, also when its dataset is no longer open.
      ttl: forMs,
      ttlAutopurge: true,
    });
  }

  keep(question: Question, from: string, answer: unknown): void {
    const json = Buffer.from(JSON.stringify(answer));
    this.#kept.set(keyOf(question), { json, from, asOf: new Date(), until: this.now() + this.forMs });
  }

  find(question: Question): { readonly answer: unknown; readonly asOf: Date } | null {
    const kept = this.#kept.get(keyOf(question));
    if (kept === undefined || this.now() >= kept.until) return null;
    return { answer: JSON.parse(kept.json.toString()) as unknown, asOf: kept.asOf };
  }

  /** The service does not give this any more: what it gave before is not given either. @param from null: nothing of it */
  forget(from: string | null): void {
    for (const [key, kept] of this.#kept.entries()) if (from === null || kept.from === from) this.#kept.delete(key);
  }

  clear(): void {
    this.#kept.clear();
  }
}

const keyOf = (question: Question): string => createHash("sha256").update(JSON.stringify(question)).digest("base64url");
