// A real HTTP service that fails, hangs and heals, behind the wrapper of every source.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { restSource } from "../../src/sources/rest/index.js";
import {
  bounds,
  failingService,
  type FailingService,
  failureOf,
  list,
  ofCode,
  restTo,
  watched,
} from "./failing-service.js";

let service: FailingService;
beforeEach(async () => {
  service = await failingService();
});
afterEach(() => service.stand.close());

const open = (timeoutMs?: number, resilience?: Parameters<typeof watched>[1]) =>
  watched(restTo(service.stand.origin, timeoutMs), resilience);

describe("retries", () => {
  it.each([["drop" as const], [500], [502], [503], [504]])("a read that meets %s is tried again", async (behaviour) => {
    const { source } = open();
    service.next = [behaviour, behaviour];
    expect(await list(source)).toHaveLength(2);
    expect(service.asked).toHaveLength(3);
    expect(source.health()).toMatchObject({ state: "up", calls: { answered: 1, failed: 0, retries: 2 } });
    // It did fail on the way, and that is known.
    expect(source.health().lastFailure?.reason).toBe("unavailable");
  });

  it.each([[400], [401], [403], [404], [429], [302], ["lie" as const]])(
    "%s is not asked for again",
    async (behaviour) => {
      const { source } = open();
      service.always = behaviour;
      const { message } = await failureOf(list(source));
      expect(service.asked).toHaveLength(1);
      expect(message).not.toContain("Dupont");
    },
  );

  it("nor is what took too long, was too much, or could not be asked", async () => {
    const { source } = open(500);
    service.always = "hang";
    expect((await failureOf(list(source))).reason).toBe("timeout");
    service.always = 200;
    const column = { name: "code", type: "String" } as const;
    const all = { from: "/car-parks", columns: [column], filter: null, order: [], after: null, limit: 9 };
    expect((await failureOf(source.page(all, { ...bounds(), maxRows: 1 }))).reason).toBe("too-large");
    const unaskable = { op: "eq", column, value: "\0" } as const;
    const count = source.count({ from: "/car-parks", filter: unaskable }, bounds());
    expect((await failureOf(count)).reason).toBe("invalid-request");
    expect(service.asked).toHaveLength(2);
    expect(source.health().calls).toEqual({ answered: 0, failed: 3, retries: 0, refused: 0, stale: 0 });
  });

  it("ends after the attempts that the settings allow", async () => {
    const { source } = open(undefined, { retries: 1, breaker: null, staleMs: null });
    service.always = 503;
    expect(await failureOf(list(source))).toMatchObject({ reason: "unavailable", detail: "HTTP 503" });
    expect(service.asked).toHaveLength(2);
  });

  it("are a tenth of the calls where everything fails: no storm", async () => {
    const { source } = open(undefined, { retries: 10, breaker: null, staleMs: null });
    service.always = 503;
    for (let i = 0; i < 100; i++) await failureOf(list(source));
    expect(source.health().calls.retries).toBeGreaterThanOrEqual(10);
    expect(source.health().calls.retries).toBeLessThanOrEqual(10 + 100 / 10);
  });

  it("end with the request: a client that has gone is not asked for", async () => {
    const { source } = open();
    const client = new AbortController();
    service.next = ["hang"];
    const asked = failureOf(list(source, { signal: client.signal }));
    await expect.poll(() => service.stand.working()).toBe(1);
    client.abort();
    expect((await asked).reason).toBe("cancelled");
    // The service learns of it too.
    await expect.poll(() => service.stand.working()).toBe(0);
    expect(service.asked).toHaveLength(1);
    expect(source.health()).toMatchObject({ state: "untried", calls: { answered: 0, failed: 0 }, seconds: 0 });
  });

  it("the wait before a retry ends with the request too", async () => {
    const client = new AbortController();
    const { source } = watched(restTo(service.stand.origin), { retries: 2, breaker: null, staleMs: null }, 100_000);
    service.always = 503;
    const asked = failureOf(list(source, { signal: client.signal }));
    await expect.poll(() => service.asked.length).toBe(1);
    await expect.poll(() => source.health().state).toBe("failing");
    client.abort();
    expect((await asked).reason).toBe("cancelled");
    expect(service.asked).toHaveLength(1);
  });
});

describe("the circuit", () => {
  const fail = async (source: Parameters<typeof list>[0], times: number, from?: string) => {
    for (let i = 0; i < times; i++) await failureOf(list(source, from === undefined ? {} : { from }));
  };
  const none = { retries: 0, breaker: { failures: 5, openMs: 10_000 }, staleMs: null };

  it("opens after five failures in a row, answers at once, and heals by one trial", async () => {
    const { source, changes, later } = open(undefined, none);
    service.always = 503;
    await fail(source, 5);
    expect(source.health()).toMatchObject({
      state: "open",
      lastFailure: { reason: "unavailable", detail: "HTTP 503" },
      calls: { failed: 5, refused: 0 },
    });
    expect(await failureOf(list(source))).toMatchObject({ reason: "unavailable", detail: "circuit open" });
    expect(service.asked).toHaveLength(5);
    expect(source.health().calls.refused).toBe(1);
    service.always = 200;
    later(9_999);
    await fail(source, 1);
    expect(service.asked).toHaveLength(5);
    later(1);
    expect(await list(source)).toHaveLength(2);
    expect(source.health()).toMatchObject({ state: "up", lastFailure: { detail: "HTTP 503" } });
    // Each told once, whatever was asked in between.
    expect(changes).toMatchObject([
      { source: "parking", from: null, open: true, failure: { reason: "unavailable", detail: "HTTP 503" } },
      { source: "parking", from: null, open: false, openMs: 10_000 },
    ]);
  });

  it("counts attempts, not calls: retries are no way round it", async () => {
    const { source } = open();
    service.always = 503;
    await fail(source, 2);
    expect(service.asked).toHaveLength(5);
    expect(source.health().state).toBe("open");
    // The second call ends with what the service did, not with our own refusal.
    expect(source.health().calls).toMatchObject({ failed: 2, refused: 0, retries: 3 });
  });

  it("one success between closes the count", async () => {
    const { source } = open(undefined, none);
    service.next = [503, 503, 503, 503, 200, 503, 503, 503, 503];
    for (let i = 0; i < 9; i++) await list(source).catch(() => undefined);
    expect(source.health().state).toBe("failing");
    expect(service.asked).toHaveLength(9);
  });

  it("doubles its time with each trial that fails, up to six times, and begins anew once healed", async () => {
    const { source, changes, later } = open(undefined, none);
    service.always = 503;
    await fail(source, 5);
    const waits: number[] = [];
    for (let trial = 0; trial < 5; trial++) {
      const before = service.asked.length;
      let waited = 0;
      while (service.asked.length === before) {
        later(1_000);
        waited += 1_000;
        await fail(source, 1);
      }
      waits.push(waited);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(changes).toHaveLength(1);
    service.always = 200;
    later(60_000);
    await list(source);
    service.always = 503;
    await fail(source, 5);
    later(10_000);
    const before = service.asked.length;
    await fail(source, 1);
    expect(service.asked).toHaveLength(before + 1);
  });

  it("lets one call try while the others fail at once", async () => {
    const { source, later } = open(undefined, none);
    service.always = "drop";
    await fail(source, 5);
    later(10_000);
    const release = service.stand.stall();
    service.always = 200;
    const trial = list(source);
    await expect.poll(() => service.stand.working()).toBe(1);
    const others = await Promise.all(Array.from({ length: 20 }, () => failureOf(list(source))));
    expect(new Set(others.map(({ detail }) => detail))).toEqual(new Set(["circuit open"]));
    expect(source.health()).toMatchObject({ state: "open", calls: { refused: 20 } });
    release();
    expect(await trial).toHaveLength(2);
    expect(source.health().state).toBe("up");
  });

  it("a trial whose client goes away neither heals it nor makes it wait longer", async () => {
    const { source, changes, later } = open(undefined, none);
    service.always = "drop";
    await fail(source, 5);
    service.always = "hang";
    later(10_000);
    for (let i = 0; i < 3; i++) {
      const client = new AbortController();
      const trial = failureOf(list(source, { signal: client.signal }));
      await expect.poll(() => service.stand.working()).toBe(1);
      client.abort();
      expect((await trial).reason).toBe("cancelled");
      await expect.poll(() => service.stand.working()).toBe(0);
      expect(source.health().state).toBe("open");
    }
    service.always = 200;
    expect(await list(source)).toHaveLength(2);
    expect(changes.map(({ open: is }) => is)).toEqual([true, false]);
  });

  it("neither clients that go away nor questions that cannot be asked open it", async () => {
    const { source } = open(undefined, none);
    for (let i = 0; i < 10; i++) {
      await failureOf(list(source, { signal: AbortSignal.abort() }));
      const filter = { op: "eq", column: { name: "code", type: "String" }, value: "\0" } as const;
      await failureOf(source.count({ from: "/car-parks", filter }, bounds()));
    }
    expect(await list(source)).toHaveLength(2);
    expect(source.health()).toMatchObject({ state: "up", lastFailure: null });
  });

  // Law 13: an application that asks what the service does not take shuts it for itself alone.
  it.each([[400], [413], [414], [422], [431]])("a condition that meets %s does not open it", async (status) => {
    const { source, changes } = open(undefined, none);
    service.always = status;
    for (let i = 0; i < 10; i++) await failureOf(list(source, { filter: ofCode("x".repeat(i + 1)) }));
    expect(service.asked).toHaveLength(10);
    expect(changes).toEqual([]);
    // A list that nobody has put a condition to says something of the dataset.
    await fail(source, 5);
    expect(changes).toMatchObject([{ from: "/car-parks", open: true }]);
  });

  it("nor do places asked for where lines lie", async () => {
    const at = { name: "at", type: "GeoJSON" } as const;
    const lines = restSource({ name: "lanes", url: service.stand.origin, lists: { "/lanes": {} } });
    service.rows = [{ code: "L1", places: 1, at: { type: "LineString", coordinates: [[3, 48], [4, 49]] } }]; // prettier-ignore
    const { source, changes } = watched(lines, none);
    const filter = { op: "near", column: at, position: [3, 48], maxDistance: 10 } as const;
    for (let i = 0; i < 10; i++)
      expect(await failureOf(list(source, { from: "/lanes", filter }))).toMatchObject({ reason: "invalid-answer" });
    expect(changes).toEqual([]);
    expect(await list(source, { from: "/lanes" })).toHaveLength(1);
  });

  it.each([["lie" as const], ["hang" as const], [404], [500]])(
    "one dataset that meets %s is left alone, and the others go on",
    async (behaviour) => {
      const { source, changes, later } = open(behaviour === "hang" ? 1_000 : 5_000, none);
      service.byPath.set("/meters", behaviour);
      await Promise.all(Array.from({ length: 5 }, () => fail(source, 1, "/meters")));
      expect(await failureOf(list(source, { from: "/meters" }))).toMatchObject({ detail: "circuit open" });
      expect(service.asked).toHaveLength(5);
      expect(await list(source)).toHaveLength(2);
      // Whoever looks sees that not all is well, and the terminal says which.
      expect(source.health().state).toBe("open");
      expect(changes).toMatchObject([{ from: "/meters", open: true }]);
      service.byPath.clear();
      later(10_000);
      expect(await list(source, { from: "/meters" })).toHaveLength(2);
      expect(source.health().state).toBe("up");
    },
  );

  it("a wrong clock of the machine neither opens nor shortens anything", async () => {
    const { source, later } = open(undefined, none);
    service.always = 503;
    await fail(source, 5);
    const wall = Date.now;
    try {
      Date.now = () => wall() + 86_400_000;
      await fail(source, 1);
      expect(service.asked).toHaveLength(5);
      Date.now = () => wall() - 86_400_000;
      later(10_000);
      service.always = 200;
      expect(await list(source)).toHaveLength(2);
    } finally {
      Date.now = wall;
    }
  });

  it("health counts right when many calls end at once, each once", async () => {
    const { source } = open(undefined, { retries: 1, breaker: null, staleMs: null });
    service.next = [200, 503, 503, 200, 404, 200];
    const ended = await Promise.allSettled(Array.from({ length: 12 }, () => list(source)));
    const answered = ended.filter(({ status }) => status === "fulfilled").length;
    const { calls } = source.health();
    expect(calls.answered).toBe(answered);
    expect(calls.answered + calls.failed).toBe(12);
    expect(calls.retries).toBe(2);
  });
});
