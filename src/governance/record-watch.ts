// Whether the record is what it was: looked at all the time, so that the console can say it with a moment, and never says
// INTACT of what nobody has looked at. One whole look a day, from the first entry on; between two of them what has come
// since, held against the same tree.
import { setTimeout as wait } from "node:timers/promises";
import type { AccessLog, LogReport, OwnedLook, VerifierKey } from "../accesslog/index.js";
import type { TenantName } from "../terms/index.js";

export interface RecordLook {
  readonly report: LogReport;
  /** When it ended. */
  readonly at: Date;
}

export interface RecordWatchOptions {
  readonly log: Pick<AccessLog, "look">;
  readonly tenants: readonly TenantName[];
  readonly logKeys: (tenant: TenantName) => readonly VerifierKey[];
  readonly now: () => Date;
  /** One line for the operator. */
  readonly report: (line: string) => void;
  /** Milliseconds between two looks at what has come. 10000; 0: only when asked (`lookNow`). */
  readonly everyMs?: number;
  /** Milliseconds between two whole looks. A day. */
  readonly wholeEveryMs?: number;
}

interface Watched {
  looking: OwnedLook;
  wholeSince: number;
  last: RecordLook | null;
  busy: Promise<void>;
}

export class RecordWatch {
  readonly #watched: ReadonlyMap<TenantName, Watched>;
  readonly #ended = new AbortController();
  readonly #turning: Promise<void>;

  constructor(private readonly options: RecordWatchOptions) {
    this.#watched = new Map(
      options.tenants.map((tenant) => [tenant, { ...this.#begun(tenant), last: null, busy: Promise.resolve() }]),
    );
    this.#turning = (options.everyMs ?? 10_000) > 0 ? this.#turn(options.everyMs ?? 10_000) : Promise.resolve();
  }

  /** Null: not yet looked at since this gateway started. */
  last(tenant: TenantName): RecordLook | null {
    return this.#watched.get(tenant)?.last ?? null;
  }

  /** @throws AccessLogUnavailable */
  async lookNow(tenant: TenantName): Promise<void> {
    const watched = this.#watched.get(tenant);
    if (watched === undefined) return;
    const before = watched.busy;
    const mine = before.catch(() => undefined).then(() => this.#look(tenant, watched));
    watched.busy = mine;
    await mine;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    for (const { looking } of this.#watched.values()) looking.end();
    await this.#turning;
    await Promise.allSettled([...this.#watched.values()].map(({ busy }) => busy));
  }

  #begun(tenant: TenantName): Pick<Watched, "looking" | "wholeSince"> {
    const { log, logKeys, now } = this.options;
    return { looking: log.look(tenant, logKeys(tenant)), wholeSince: now().getTime() };
  }

  async #look(tenant: TenantName, watched: Watched): Promise<void> {
    const { now, wholeEveryMs = 86_400_000, report } = this.options;
    const altered = (watched.last?.report.faults.length ?? 0) > 0;
    // What was altered is looked at from the beginning: a look that found it has nothing more to go on from.
    const due = now().getTime() - watched.wholeSince >= (altered ? Math.min(wholeEveryMs, 600_000) : wholeEveryMs);
    if (altered && !due) return;
    if (due) this.#beginAgain(tenant, watched);
    const found = await watched.looking.goOn().catch((error: unknown) => {
      // Where it ended half-way nothing is known of what it had begun: from the beginning next time.
      this.#beginAgain(tenant, watched);
      throw error;
    });
    if (found.faults.length > 0 && !altered)
      report(`${tenant}: ALARM: the access log is not what was signed; look into it with: npx passerelle log verify`);
    Object.assign(watched, { last: { report: found, at: now() } });
  }

  #beginAgain(tenant: TenantName, watched: Watched): void {
    watched.looking.end();
    Object.assign(watched, this.#begun(tenant));
  }

  async #turn(everyMs: number): Promise<void> {
    while (!this.#ended.signal.aborted) {
      for (const tenant of this.#watched.keys())
        // A log that does not answer is told by what tends it; what was seen last stays, with its moment.
        if (!this.#ended.signal.aborted) await this.lookNow(tenant).catch(() => undefined);
      await wait(everyMs, undefined, { signal: this.#ended.signal, ref: false }).catch(() => undefined);
    }
  }
}
