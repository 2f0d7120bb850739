// What must not fill the log from outside is counted per minute: requests without a valid key, and shed load.
import { randomUUID } from "node:crypto";
import type { TenantName } from "../terms/index.js";
import type { Queryable } from "./append-connection.js";
import type { CountedEvent } from "./entry.js";

const minuteMs = 60_000;
/** Tenants times events times minutes without a database. */
const maxHeld = 20_000;

interface Counter {
  readonly tenant: string;
  /** Milliseconds, a whole minute. */
  readonly minute: number;
  readonly event: CountedEvent;
  count: number;
  flushed: number;
}

export class Counters {
  /** Rows are this run's own, with totals: a flush whose answer was lost is repeated and counts once. */
  private readonly node = randomUUID();
  private readonly held = new Map<string, Counter>();
  private lost = 0;

  constructor(
    private readonly on: Pick<Queryable, "query">,
    private readonly report: (line: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  count(tenant: TenantName, event: CountedEvent): void {
    const minute = Math.floor(this.now() / minuteMs) * minuteMs;
    const key = `${minute} ${event} ${tenant}`;
    const counter = this.held.get(key);
    if (counter) counter.count++;
    else if (this.held.size < maxHeld) this.held.set(key, { tenant, minute, event, count: 1, flushed: 0 });
    else this.lost++;
  }

  /** @throws when the database does not take them; they are kept for the next time. */
  async flush(): Promise<void> {
    const changed = [...this.held.values()].filter(({ count, flushed }) => count > flushed);
    for (let from = 0; from < changed.length; from += 1000) await this.write(changed.slice(from, from + 1000));
    this.forgetPast();
    if (this.lost > 0) this.report(`access log: ${this.lost} counts of refused requests were lost, memory was full`);
    this.lost = 0;
  }

  private async write(counters: readonly Counter[]): Promise<void> {
    const totals = counters.map(({ count }) => count);
    await this.on.query(
      `INSERT INTO access_counter (tenant, minute, event, node, count)
       SELECT tenant, minute, event, $5, count
         FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::bigint[]) AS c(tenant, minute, event, count)
        ORDER BY tenant, minute, event
       ON CONFLICT (tenant, minute, event, node)
         DO UPDATE SET count = greatest(access_counter.count, excluded.count)`,
      [
        counters.map(({ tenant }) => tenant),
        counters.map(({ minute }) => new Date(minute).toISOString()),
        counters.map(({ event }) => event),
        totals,
        this.node,
      ],
    );
    for (const [at, counter] of counters.entries()) counter.flushed = totals[at] ?? 0;
  }

  /** A minute that is over and written need not be held. */
  private forgetPast(): void {
    const current = Math.floor(this.now() / minuteMs) * minuteMs;
    for (const [key, { minute, count, flushed }] of this.held)
      if (minute < current && count === flushed) this.held.delete(key);
  }
}
