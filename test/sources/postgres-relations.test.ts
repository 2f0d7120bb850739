// What a service's statistics say makes lists quicker and nothing else: nobody waits for it, it is asked for seldom whatever
// applications ask, and what proved wrong is not believed again soon (law 13).
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkedSource, SourceFailure, type Source } from "../../src/sources/index.js";
import { postgresSource } from "../../src/sources/postgres/index.js";
import { complete, madeUpPostgres, ready, refusal, type MadeUpPostgres } from "./made-up-postgres.js";

const group = { name: "group", type: "String" } as const;
const nothing = Buffer.concat([complete, ready]);

let server: MadeUpPostgres;
let source: Source;
beforeEach(async () => {
  server = await madeUpPostgres();
  server.answer = (_, socket) => socket.write(nothing);
  source = checkedSource(postgresSource({ name: "people", url: server.url, poolSize: 1, statementTimeoutMs: 300 }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await source.close();
  await server.close();
});

const ask = (name: string): Promise<unknown> => {
  const request = { from: "public.people", columns: [group], match: [group], keys: [[name]], filter: null, order: [] };
  const bounds = { signal: new AbortController().signal, maxRows: 10 };
  return source.byKeys({ ...request, after: null, limitPerKey: null }, bounds).then(
    () => "answered",
    (error: unknown) => (error instanceof SourceFailure ? error.reason : error),
  );
};
const statistics = () => server.sequence.filter((kind) => kind === "statistics").length;
/** How many of two are heard before the first is answered. */
async function together(): Promise<number> {
  server.heard.length = 0;
  let held: (() => void) | null = null;
  server.answer = (_, socket) => {
    held ??= () => socket.write(nothing);
    if (server.heard.length > 1) socket.write(nothing);
  };
  const asked = Promise.all([ask("a"), ask("b")]);
  await expect.poll(() => held).not.toBeNull();
  await wait(50);
  const count = server.heard.length;
  (held as (() => void) | null)?.();
  await asked;
  server.answer = (_, socket) => socket.write(nothing);
  return count;
}

describe("the statistics of a service", () => {
  it("are asked for behind the first answer, once, and make lists go together", async () => {
    for (let i = 0; i < 5; i++) expect(await ask("a")).toBe("answered");
    expect(server.sequence.slice(0, 3)).toEqual(["columns", "statement", "statistics"]);
    expect(statistics()).toBe(1);
    expect(await together()).toBe(2);
  });

  it("that never come hold up nobody but the connection they were asked on, and close waits for none", async () => {
    server.rowsOfGroup = null;
    await source.close();
    source = checkedSource(
      postgresSource({ name: "people", url: server.url, poolSize: 2, statementTimeoutMs: 10_000 }),
    );
    for (let i = 0; i < 5; i++) expect(await ask("a")).toBe("answered");
    expect(statistics()).toBe(1);
    const closed = source.close().then(() => "closed");
    expect(await Promise.race([closed, wait(4_000).then(() => "it waits for the statistics")])).toBe("closed");
  });

  it("are not asked for again because an application asks what is refused", async () => {
    for (let i = 0; i < 3; i++) await ask("a");
    server.answer = (_, socket) => socket.write(Buffer.concat([refusal("22P05"), ready]));
    for (let i = 0; i < 5; i++) expect(await ask("a")).toBe("unavailable");
    server.answer = (_, socket) => socket.write(nothing);
    for (let i = 0; i < 3; i++) await ask("a");
    expect(statistics()).toBe(1);
    // And what they said is still known, though the columns were learnt anew.
    expect(await together()).toBe(2);
  });

  it("are not believed of a table that was late, until they are asked for again", async () => {
    for (let i = 0; i < 3; i++) await ask("a");
    server.answer = () => undefined;
    expect(await ask("a")).toBe("timeout");
    server.answer = (_, socket) => socket.write(nothing);
    for (let i = 0; i < 3; i++) await ask("a");
    expect(await together()).toBe(1);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 3_600_001);
    for (let i = 0; i < 3; i++) await ask("a");
    expect(statistics()).toBe(2);
    expect(await together()).toBe(2);
  });

  it("are asked for again after an hour: a list may have grown", async () => {
    for (let i = 0; i < 3; i++) await ask("a");
    server.rowsOfGroup = 501;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 3_600_001);
    for (let i = 0; i < 3; i++) await ask("a");
    expect(statistics()).toBe(2);
    expect(await together()).toBe(1);
  });
});
