// Brief statements that share connections of a real PostgreSQL, while requests end, connections are killed and the table
// changes under what is prepared. Nobody gets another's rows (laws 1, 14), every question ends, and the pool works afterwards
// (law 13).
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CellsInPlace, checkedSource, SourceFailure, type Source } from "../../src/sources/index.js";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";

const id = { name: "id", type: "Int" } as const;
const family = { name: "family", type: "Int" } as const;
const label = { name: "label", type: "String", passes: true } as const;
const people = 500;
const familySize = 4;
const labelOf = (key: number): string => `person ${key} ${"é".repeat(key % 300)}`;

let database: TestDatabase;
let admin: pg.Client;
let source: Source;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(`
    CREATE TABLE people (id int PRIMARY KEY, family int NOT NULL, label text NOT NULL);
    INSERT INTO people SELECT i, i / ${familySize}, 'person ' || i || ' ' || repeat('é', i % 300) FROM generate_series(1, ${people}) AS i;
    CREATE INDEX ON people (family);
    ANALYZE people`);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

/** mulberry32: the same run each time, as far as it depends on us. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

function textAt(cells: CellsInPlace, place: unknown): unknown {
  if (typeof place !== "number") return place;
  cells.find(place);
  const { view, from, to } = cells;
  return Buffer.from(view.buffer, view.byteOffset + from, to - from).toString();
}

/** People, each by number; or the first two of families. */
interface Wanted {
  readonly of: "people" | "families";
  readonly keys: readonly number[];
}

/** Exactly its own rows, or why it has none. */
async function ask({ of, keys }: Wanted, signal: AbortSignal): Promise<string> {
  const cells = new CellsInPlace();
  const whose = of === "people" ? id : family;
  const request = {
    from: "public.people",
    columns: [id, family, label],
    match: [whose],
    keys: keys.map((key) => [key]),
  };
  const common = { filter: null, order: [{ column: id, direction: "asc" }] as const, after: null, cells };
  try {
    const rows = await source.byKeys(
      { ...request, ...common, limitPerKey: of === "people" ? null : 2 },
      { signal, maxRows: 1_000 },
    );
    // Others are answered before these are read: the pieces that they share are whole still.
    await turn();
    const found = new Map(rows.map(([key, , place]) => [key, textAt(cells, place)]));
    const numbers = of === "people" ? keys : keys.flatMap((key) => [familySize * key, familySize * key + 1]);
    const wanted = new Map(numbers.filter((key) => key <= people).map((key) => [key, labelOf(key)]));
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
    return "answered";
  } catch (error) {
    if (error instanceof SourceFailure) return error.reason;
    throw error;
  } finally {
    cells.forget();
  }
}

const kill = (which = "true") =>
  admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'passerelle' AND ${which}`,
  );

/** `rounds` bundles of questions, some of which are given up at some moment; meanwhile `trouble`, again and again. */
async function chaos(rounds: number, roll: (sides: number) => number, trouble: () => Promise<unknown>) {
  const ended = new Map<string, number>();
  const asked: Promise<void>[] = [];
  let over = false;
  const troubled = (async () => {
    while (!over) {
      await trouble();
      await wait(roll(20));
    }
  })();
  for (let round = 0; round < rounds; round++) {
    for (let count = 1 + roll(30); count > 0; count--) {
      const client = new AbortController();
      const of = roll(3) === 0 ? "families" : "people";
      const most = of === "people" ? people + 20 : people / familySize + 5;
      const keys = [...new Set(Array.from({ length: roll(8) === 0 ? 1 + roll(100) : 1 }, () => 1 + roll(most)))];
      asked.push(ask({ of, keys }, client.signal).then((end) => void ended.set(end, (ended.get(end) ?? 0) + 1)));
      const moment = roll(12);
      if (moment === 0) client.abort();
      else if (moment === 1) queueMicrotask(() => client.abort());
      else if (moment === 2) setImmediate(() => client.abort());
      else if (moment === 3) setTimeout(() => client.abort(), roll(6));
    }
    await (roll(3) === 0 ? wait(roll(4)) : turn());
  }
  await Promise.all(asked);
  over = true;
  await troubled;
  return { asked: asked.length, ended };
}

describe.each([1, 4])("brief statements on %d connections", (poolSize) => {
  it("end each with its own rows or a failure, whatever happens, and the pool works afterwards", async () => {
    source = checkedSource(postgresSource({ name: "people", url: database.url, poolSize, statementTimeoutMs: 5_000 }));
    const roll = dice(poolSize);
    let extra = 0;
    const { asked, ended } = await chaos(120, roll, () => {
      const what = roll(4);
      if (what === 0) return kill(`pid % 2 = ${roll(2)}`);
      // What is prepared is refused then (0A000), or asked anew.
      const type = ++extra % 2 === 0 ? "text" : "varchar(1000)";
      return what === 1 ? admin.query(`ALTER TABLE people ALTER COLUMN label TYPE ${type}`) : wait(roll(10));
    });
    expect([...ended.keys()].filter((end) => !["answered", "cancelled", "unavailable"].includes(end))).toEqual([]);
    expect([...ended.values()].reduce((sum, count) => sum + count, 0)).toBe(asked);
    expect(ended.get("answered")).toBeGreaterThan(asked / 3);
    expect(ended.get("cancelled")).toBeGreaterThan(0);
    const calm = Array.from({ length: 200 }, (_, key) =>
      ask({ of: "people", keys: [key + 1] }, new AbortController().signal),
    );
    expect(new Set(await Promise.all(calm))).toEqual(new Set(["answered"]));
    const { rows } = await admin.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'passerelle' AND state <> 'active'`,
    );
    expect(rows[0]?.n).toBeLessThanOrEqual(poolSize);
    await source.close();
  });
});
