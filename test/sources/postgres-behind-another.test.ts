// What happens to one statement that shares a connection is not to shut the service for all others (law 13): a connection that
// breaks, or waits for a lock, is one failure, whoever else stood behind it.
import type net from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CellsInPlace, checkedSource, type Filter, SourceFailure } from "../../src/sources/index.js";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { type CircuitChange, resilientSource } from "../../src/sources/resilient-source.js";
import type { WatchedSource } from "../../src/sources/source-health.js";
import { complete, madeUpPostgres, ready, refusal, row, type Heard, type MadeUpPostgres } from "./made-up-postgres.js";

const id = { name: "id", type: "Int" } as const;
const label = { name: "label", type: "String" } as const;
const together = [1, 2, 3, 4, 5, 6, 7, 8];

let server: MadeUpPostgres;
let source: WatchedSource;
let changes: CircuitChange[];
const right = ({ values }: Heard, socket: net.Socket): unknown =>
  socket.write(Buffer.concat([...values.map((value) => row([value, `of ${value}`])), complete, ready]));
function open(statementTimeoutMs: number): void {
  const made = postgresSource({ name: "people", url: server.url, poolSize: 1, statementTimeoutMs });
  const resilience = { retries: 2, breaker: { failures: 5, openMs: 10_000 }, staleMs: null };
  const clock = { now: () => performance.now(), retryMs: 1 };
  source = resilientSource(checkedSource(made), resilience, (change) => changes.push(change), clock);
}
beforeEach(async () => {
  server = await madeUpPostgres();
  server.answer = right;
  changes = [];
  open(5_000);
});
afterEach(async () => {
  await source.close();
  await server.close();
});

async function outcome(
  key: number,
  more: { signal?: AbortSignal; cells?: CellsInPlace; filter?: Filter } = {},
): Promise<unknown> {
  const { signal = new AbortController().signal, cells = null, filter = null } = more;
  const columns = [id, { ...label, ...(cells === null ? {} : { passes: true as const }) }];
  const request = { from: "public.people", columns, match: [id], keys: [[key]], filter, order: [], cells };
  try {
    const rows = await source.byKeys({ ...request, after: null, limitPerKey: null }, { signal, maxRows: 1_000 });
    return rows.map(([, text]) => text).join();
  } catch (error) {
    return error instanceof SourceFailure ? error.reason : error;
  }
}
/** Once so many were heard on one connection, that were sent in one write, `then`. */
async function whenHeard(count: number, then: (heard: readonly Heard[], socket: net.Socket) => void): Promise<void> {
  for (let i = 0; i < 2; i++) await outcome(1);
  const heard: Heard[] = [];
  server.answer = (each, socket) => {
    heard.push(each);
    if (heard.length < count) return;
    server.answer = right;
    then(heard, socket);
  };
}
async function eight(then: (heard: readonly Heard[], socket: net.Socket) => void): Promise<unknown[]> {
  await whenHeard(together.length, then);
  return Promise.all(together.map((key) => outcome(key)));
}
const all = together.map((key) => `of ${key}`);

describe("of statements that share a connection", () => {
  it("all are asked again when it breaks, and the service stays open to all", async () => {
    expect(await eight((_, socket) => socket.destroy())).toEqual(all);
    expect(changes).toEqual([]);
  });

  it("all are asked again when the server ends it", async () => {
    expect(await eight((_, socket) => socket.end(refusal("57P01")))).toEqual(all);
    expect(changes).toEqual([]);
  });

  it("only the one is refused whose answer is too large; who stands behind it is asked again", async () => {
    const long = Buffer.from("D\0\0\0\0");
    long.writeInt32BE(2 ** 26 + 1, 1);
    expect(await eight((_, socket) => socket.write(long))).toEqual(["too-large", ...all.slice(1)]);
    expect(changes).toEqual([]);
  });

  it("those whose turn does not come in time say nothing of the service", async () => {
    await source.close();
    open(50);
    const ends = await eight(([one], socket) => {
      if (one !== undefined) socket.write(Buffer.concat([refusal("57014"), ready]));
    });
    expect(ends).toEqual(together.map(() => "timeout"));
    expect(changes).toEqual([]);
    expect(await outcome(9)).toBe("of 9");
  });

  it("nobody waits behind those who have gone, once nobody waits for them", async () => {
    const client = new AbortController();
    await whenHeard(2, ([one], socket) => {
      client.abort();
      if (one !== undefined) right(one, socket);
    });
    expect(await Promise.all([outcome(1), outcome(2, client)])).toEqual(["of 1", "cancelled"]);
    // The server never answers the second; there is one connection.
    expect(await outcome(3)).toBe("of 3");
  });

  it("one of more values than PostgreSQL takes is refused by itself, before anything is sent", async () => {
    await whenHeard(1, ([one], socket) => one !== undefined && right(one, socket));
    const eq = (value: number) => ({ op: "eq", column: id, value }) as const;
    const filter = { op: "or", filters: Array.from({ length: 65_535 }, (_, value) => eq(value)) } as const;
    expect(await Promise.all([outcome(1, { filter }), outcome(2)])).toEqual(["invalid-request", "of 2"]);
    // The key is the first of them.
    server.answer = (heard, socket) => right({ ...heard, values: heard.values.slice(0, 1) }, socket);
    expect(await outcome(1, { filter: { ...filter, filters: filter.filters.slice(0, 40_000) } })).toBe("of 1");
    expect(changes).toEqual([]);
  });

  it.each(["before they are sent", "before they are answered", "before they break"])(
    "all end when the source is closed %s, and so does the closing",
    async (moment) => {
      let closed: Promise<void> | null = null;
      await whenHeard(2, (heard, socket) => {
        closed = source.close();
        if (moment === "before they break") socket.destroy();
        else for (const each of heard) right(each, socket);
      });
      const asked = [outcome(1), outcome(2)];
      if (moment === "before they are sent") closed = source.close();
      const failed = moment !== "before they are answered";
      expect(await Promise.all(asked)).toEqual(failed ? ["unavailable", "unavailable"] : ["of 1", "of 2"]);
      await closed;
      expect(await outcome(3)).toBe("unavailable");
    },
  );

  it("of who has gone nothing is kept", async () => {
    const client = new AbortController();
    const gone = new CellsInPlace();
    const kept = new CellsInPlace();
    await whenHeard(2, (heard, socket) => {
      client.abort();
      gone.forget();
      for (const each of heard) right(each, socket);
    });
    const asked = [outcome(1, { signal: client.signal, cells: gone }), outcome(2, { cells: kept })];
    expect((await Promise.all(asked))[0]).toBe("cancelled");
    expect(() => kept.find(0)).not.toThrow();
    expect(() => gone.find(0)).toThrow(RangeError);
  });
});
