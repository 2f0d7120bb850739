// One agreement cannot starve the others (law 13), with a real service that is slow: a table locked by someone else.
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestGateway, tenant, type Reply, type TestGateway, type TestTown } from "../support/test-gateway.js";
import { smallTown } from "./small-town.js";

const poolSize = 3;
const town: TestTown = {
  ...smallTown,
  rules: `${smallTown.rules}p, other, everything, House.*, all, -, allow\n`,
  agreements: {
    ...smallTown.agreements,
    other: { application: "other", purpose: "everything", fields: ["House.code", "House.street"] },
  },
};
let gateway: TestGateway;
let service: pg.Client;
/** Outside of the lock's transaction, in which PostgreSQL would show activity as it first was. */
let observer: pg.Client;
beforeAll(async () => {
  gateway = await createTestGateway({ ...town, poolSize, limits: { inFlight: 8, timeMs: 60_000 } });
  service = new pg.Client({ connectionString: gateway.databases["people"]?.url });
  observer = new pg.Client({ connectionString: gateway.databases["people"]?.url });
  await Promise.all([service.connect(), observer.connect()]);
});
afterEach(() => service.query("ROLLBACK"));
afterAll(async () => {
  await Promise.all([service.end(), observer.end()]);
  await gateway.close();
});

const slow = "{ people { nodes { number } } }";
const quick = '{ houses(where: { code: { eq: "c" } }) { nodes { code street } } }';

/** Statements of the gateway that wait for the lock. */
async function held(): Promise<number> {
  const { rows } = await observer.query<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.waiting ?? 0;
}

async function lockPeople(): Promise<void> {
  await service.query("BEGIN");
  await service.query("LOCK TABLE person IN ACCESS EXCLUSIVE MODE");
}

describe("an agreement whose lists are slow", () => {
  it("leaves places and a connection of the source to the others", async () => {
    // The columns are learnt before: learning them would wait for the lock too.
    for (const query of [slow, quick]) expect((await gateway.ask("all", query)).status).toBe(200);
    await lockPeople();
    const ended: Reply[] = [];
    const flood = Array.from({ length: 30 }, () =>
      gateway.ask("all", slow).then((reply) => {
        ended.push(reply);
        return reply;
      }),
    );
    await vi.waitFor(async () => expect(await held()).toBe(poolSize - 1), { timeout: 10_000 });
    expect(gateway.services.admission.stats()).toEqual({ inFlight: 4, waiting: 26, groups: 1 });

    // Another agreement goes on, while none of the thirty is answered.
    for (let i = 0; i < 5; i++) {
      const { status, body } = await gateway.ask("other", quick);
      expect(status).toBe(200);
      expect(body).toMatchObject({ data: { houses: { nodes: [{ code: "c", street: "Quai Nord" }] } } });
      expect(body.errors).toBeUndefined();
    }
    expect(ended).toEqual([]);
    expect(await held()).toBe(poolSize - 1);

    await service.query("ROLLBACK");
    for (const { status, body } of await Promise.all(flood)) {
      expect(status).toBe(200);
      expect(body.errors).toBeUndefined();
    }
    expect(gateway.services.admission.stats()).toEqual({ inFlight: 0, waiting: 0, groups: 0 });
  });

  it("gives its turn back when its client goes away", async () => {
    await lockPeople();
    const client = new AbortController();
    const flood = Array.from({ length: 4 }, () =>
      gateway.send({
        headers: { "content-type": "application/json", authorization: "Bearer all" },
        body: JSON.stringify({ query: slow }),
        signal: client.signal,
      }),
    );
    await vi.waitFor(async () => expect(await held()).toBe(poolSize - 1), { timeout: 10_000 });
    client.abort();
    await Promise.all(flood);
    await service.query("ROLLBACK");
    expect((await gateway.ask("all", slow)).body.errors).toBeUndefined();
    for (const { gates } of gateway.services.tenants.values())
      for (const gate of gates.values()) expect(gate.stats()).toEqual({ inFlight: 0, waiting: 0, groups: 0 });
  });
});

describe("an agreement's rate", () => {
  it("beyond it: 429 with the delay, counted and not recorded, nobody else's", async () => {
    const perMinute = 3;
    const bounded = await createTestGateway({ ...town, limits: { keyPerMinute: perMinute } });
    try {
      const entries = async (): Promise<number> => (await bounded.log.search(tenant, { limit: 100 })).entries.length;
      const places = "{ places { nodes { code } } }";
      // Both keys of one agreement, and a request that asks for nothing, take of one rate.
      for (const [key, query] of [
        ["all", quick],
        ["old", quick],
        ["all", "{ nothing }"],
      ] as const)
        expect((await bounded.ask(key, query)).status).not.toBe(429);
      const refused = await bounded.ask("all", quick);
      expect(refused.status).toBe(429);
      expect(refused.body.errors?.[0]?.extensions).toMatchObject({ code: "RATE_LIMITED" });
      expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(20);
      expect(refused.headers).not.toHaveProperty("passerelle-access");
      expect((await bounded.ask("old", quick)).status).toBe(429);
      expect(await entries()).toBe(perMinute);
      await bounded.log.flushCounters();
      const counted = await bounded.log.counters(tenant, new Date(Date.now() - 3_600_000).toISOString());
      expect(counted.filter(({ event }) => event === "rate-limited").reduce((sum, { count }) => sum + count, 0)).toBe(
        2,
      );
      // Others have their own; who has no key has the open data's.
      expect((await bounded.ask("meals", "{ people { nodes { number } } }")).status).toBe(200);
      for (let i = 0; i <= perMinute; i++) expect((await bounded.ask(null, places)).status).toBe(200);
      // A bad key takes of nobody's.
      expect((await bounded.ask("unknown", quick)).status).toBe(401);
    } finally {
      await bounded.close();
    }
  });
});
