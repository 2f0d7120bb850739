// What the shadow found, counted in memory and written in batches behind the requests. Figures, not the record: where
// the database is away they wait, up to a bound, and what is beyond it is lost and said to be.
import type { DifferenceCount, LookedCount, ShadowCounts, ShadowDifference } from "../policy/index.js";
import type { PolicyVersionId, TenantName } from "../terms/index.js";

export interface LookedAt {
  readonly tenant: TenantName;
  readonly shadow: PolicyVersionId;
  readonly inForce: PolicyVersionId;
  readonly agreement: string;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
const hourMs = 3_600_000;
/** Agreements times coordinates that differ, in the seconds between two writes. */
const mostHeld = 20_000;

export class ShadowTally {
  #looked = new Map<string, Mutable<LookedCount>>();
  #differences = new Map<string, Mutable<DifferenceCount>>();
  #lost = 0;
  #writing: Promise<void> | null = null;

  constructor(
    private readonly write: (counts: ShadowCounts) => Promise<void>,
    private readonly report: (event: string) => void,
    private readonly now: () => number,
  ) {}

  /** One request, looked at or not. */
  looked(at: LookedAt, end: "looked" | "skipped" | "failed", differences: readonly ShadowDifference[] = []): void {
    const now = this.now();
    const hour = new Date(Math.floor(now / hourMs) * hourMs).toISOString();
    const moment = new Date(now).toISOString();
    const { tenant, shadow, inForce, agreement } = at;
    const place = { tenant, shadow, inForce, agreement, hour };
    const key = JSON.stringify([tenant, shadow, inForce, agreement, hour]);
    const row = held(this.#looked, key, () => ({ ...place, looked: 0, differing: 0, skipped: 0, failed: 0 }));
    if (row === null) return void this.#lost++;
    row[end]++;
    if (differences.length > 0) row.differing++;
    for (const difference of differences) {
      const ofOne = held(this.#differences, `${key} ${difference.coordinate} ${difference.kind}`, () => ({
        ...place,
        ...difference,
        requests: 0,
        firstSeen: moment,
        lastSeen: moment,
      }));
      if (ofOne === null) this.#lost++;
      else [ofOne.requests, ofOne.lastSeen] = [ofOne.requests + 1, moment];
    }
  }

  /** Never throws. What could not be written is kept for the next time. */
  async flush(): Promise<void> {
    // One write at a time: the second takes what came meanwhile.
    while (this.#writing !== null) await this.#writing;
    this.#writing = this.#flush();
    await this.#writing;
    this.#writing = null;
  }

  async #flush(): Promise<void> {
    if (this.#lost > 0) this.report(`shadow: ${this.#lost} counts were lost, memory was full`);
    this.#lost = 0;
    const [looked, differences] = [this.#looked, this.#differences];
    if (looked.size === 0) return;
    this.#looked = new Map();
    this.#differences = new Map();
    try {
      await this.write({ looked: [...looked.values()], differences: [...differences.values()] });
    } catch (error) {
      this.report(`shadow: counts not written (${error instanceof Error ? error.name : "unknown"})`);
      this.#merge(looked, differences);
    }
  }

  #merge(looked: ReadonlyMap<string, LookedCount>, differences: ReadonlyMap<string, DifferenceCount>): void {
    for (const [key, old] of looked) {
      const row = held(this.#looked, key, () => ({ ...old, looked: 0, differing: 0, skipped: 0, failed: 0 }));
      if (row === null) this.#lost++;
      else for (const figure of ["looked", "differing", "skipped", "failed"] as const) row[figure] += old[figure];
    }
    for (const [key, old] of differences) {
      const row = held(this.#differences, key, () => ({ ...old, requests: 0 }));
      if (row === null) this.#lost++;
      else [row.requests, row.firstSeen] = [row.requests + old.requests, old.firstSeen];
    }
  }
}

function held<Row>(rows: Map<string, Row>, key: string, make: () => Row): Row | null {
  const known = rows.get(key);
  if (known !== undefined) return known;
  if (rows.size >= mostHeld) return null;
  const made = make();
  rows.set(key, made);
  return made;
}
