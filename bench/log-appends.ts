// What an append costs: entries per second and times at 32 clients, beside one INSERT for each request, in turns.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { openAccessLog, type EntryDraft } from "../src/accesslog/index.js";
import type { Store } from "../src/store/index.js";
import type { TenantName } from "../src/terms/index.js";
import { percentile } from "./figures.js";
import { draftOf, type Span } from "./log-entries.js";
import { asSuperuser } from "./log-fill.js";

export interface AppendPhase {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** One round of each, taken one after the other. */
export interface AppendRound {
  readonly without: AppendPhase;
  readonly plainWithout: AppendPhase;
  readonly with: AppendPhase;
  readonly plainWith: AppendPhase;
}

const clients = 32;

/** A log of its own beside the large one, so that its tree and index begin small and its tables are the large ones. */
export async function measureAppends(
  store: Store,
  span: Span,
  seconds: number,
  rounds: number,
  report: (line: string) => void,
): Promise<AppendRound[]> {
  await asSuperuser(store, (client) =>
    client.query(
      `CREATE TABLE bench.plain (id uuid PRIMARY KEY, at timestamptz NOT NULL, body text NOT NULL, subjects text[] NOT NULL);
       GRANT USAGE ON SCHEMA bench TO passerelle_gateway; GRANT INSERT ON bench.plain TO passerelle_gateway`,
    ),
  );
  const log = await openAccessLog({ connectionString: store.addresses.gateway, report });
  const pool = new pg.Pool({ connectionString: store.addresses.gateway, max: clients });
  const append = async (draft: EntryDraft): Promise<void> => void (await log.append(draft));
  const insert = async ({ id, at, personal, tenant, ...rest }: EntryDraft): Promise<void> => {
    await pool.query("INSERT INTO bench.plain (id, at, body, subjects) VALUES ($1, $2, $3, $4)", [
      ...[id, at, JSON.stringify({ tenant, ...rest }), personal.subjects.map(({ token }) => token)],
    ]);
  };
  const [none, some] = [drafts(span, 0), drafts(span, 10)];
  const phase = async (write: (draft: EntryDraft) => Promise<void>, of: () => EntryDraft): Promise<AppendPhase> => {
    const figures = await underLoad(() => write(of()), seconds * 1000);
    // What stands behind the appends is done before the next phase begins.
    if (!(await log.catchUp(120_000))) throw new Error("the search index does not catch up");
    return figures;
  };
  try {
    await underLoad(() => append(none()), 500);
    await underLoad(() => insert(none()), 500);
    const all: AppendRound[] = [];
    for (let round = 0; round < rounds; round++) {
      const without = await phase(append, none);
      const plainWithout = await phase(insert, none);
      const withSome = await phase(append, some);
      all.push({ without, plainWithout, with: withSome, plainWith: await phase(insert, some) });
      report(`appends, round ${round + 1} of ${rounds}`);
    }
    return all;
  } finally {
    await Promise.all([log.close(), pool.end()]);
  }
}

/** Drafts of the bench's year that have so many people in them, each under an id of its own. */
function drafts(span: Span, people: number): () => EntryDraft {
  const tenant = "appends" as TenantName;
  const fitting: EntryDraft[] = [];
  for (let n = 0; fitting.length < 500; n++) {
    const draft = draftOf(tenant, n, { ...span, entries: Math.max(span.entries, n + 1) });
    if (draft.personal.subjects.length === people && draft.outcome === "answered") fitting.push(draft);
  }
  let next = 0;
  return () => {
    const draft = fitting[next++ % fitting.length];
    if (draft === undefined) throw new Error("there is no draft");
    return { ...draft, id: randomUUID(), at: new Date().toISOString() };
  };
}

async function underLoad(work: () => Promise<void>, ms: number): Promise<AppendPhase> {
  const times: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let at = performance.now(); at - began < ms; at = performance.now()) {
        await work();
        times.push(performance.now() - at);
      }
    }),
  );
  const took = (performance.now() - began) / 1000;
  return { perSecond: times.length / took, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
