// Whether the access log can be written, known before traffic is taken. Answers fail closed each by itself (law 4); this
// keeps a gateway that could only say 503 from being sent requests at all.
import { setTimeout as pause } from "node:timers/promises";
import { AccessLogUnavailable, type AccessLog } from "../accesslog/index.js";
import type { AccessLogStatus } from "../gateway/index.js";
import { StoreError } from "../store/index.js";
import type { TenantName } from "../terms/index.js";

/** A database that is just being restarted is waited for. */
const beginMs = 30_000;
/** So long a commit, or a probe, speaks for the log. Readiness can be asked by anybody: more often nothing is tried. */
const freshMs = { good: 5_000, bad: 1_000 };

interface LivenessParts {
  readonly log: Pick<AccessLog, "probe">;
  readonly tenants: readonly TenantName[];
  readonly status: () => Pick<AccessLogStatus, "state" | "lastCommit">;
  readonly beginMs?: number;
}

export class LogLiveness {
  #last: { readonly at: number; readonly ok: boolean } | null = null;
  #asking: Promise<boolean> | null = null;

  constructor(private readonly parts: LivenessParts) {}

  /** Before listening. @throws StoreError in words for the operator */
  async begin(): Promise<void> {
    const until = Date.now() + (this.parts.beginMs ?? beginMs);
    for (;;) {
      const why = await this.#probe();
      if (why === null) return;
      if (Date.now() >= until)
        throw new StoreError(
          "log-unwritable",
          `${why} Without a record nothing may be answered, so the gateway does not start. ` +
            "Is PostgreSQL's disk full, or is it read only? See docs/operations.md#access-log-fails.",
        );
      await pause(Math.min(1_000, Math.max(0, until - Date.now())));
    }
  }

  /** Now, or some seconds ago. Never throws. */
  ok(): Promise<boolean> {
    const { state, lastCommit } = this.parts.status();
    const within = (at: number, ms: number): boolean => Math.abs(Date.now() - at) < ms;
    if (state === "writing" && lastCommit !== null && within(Date.parse(lastCommit), freshMs.good))
      return Promise.resolve(true);
    const last = this.#last;
    if (last !== null && within(last.at, last.ok && state !== "failing" ? freshMs.good : freshMs.bad))
      return Promise.resolve(last.ok);
    return (this.#asking ??= this.#probe()
      .then((why) => why === null)
      .finally(() => (this.#asking = null)));
  }

  /** @returns why it cannot be written; null: it can */
  async #probe(): Promise<string | null> {
    let why: string | null = null;
    try {
      for (const tenant of this.parts.tenants) await this.parts.log.probe(tenant);
    } catch (error) {
      why = error instanceof AccessLogUnavailable ? error.message : "The access log cannot be written.";
    }
    this.#last = { at: Date.now(), ok: why === null };
    return why;
  }
}
