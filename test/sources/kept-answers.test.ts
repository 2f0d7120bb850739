// Answers kept while a service fails: only where both sides say so, bounded, never of what the service refuses.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CellsInPlace } from "../../src/sources/index.js";
import { KeptAnswers } from "../../src/sources/kept-answers.js";
import { failingService, type FailingService, failureOf, list, ofCode, restTo, watched } from "./failing-service.js";

describe("what is kept", () => {
  const question = (n: number) => ["scope", "page", { from: "/a", n }] as const;

  it("is found for the very same question, until its time is over", () => {
    let now = 0;
    const kept = new KeptAnswers(1_000, () => now);
    kept.keep(question(1), "/a", [["P1", 1, null]]);
    expect(kept.find(question(1))?.answer).toEqual([["P1", 1, null]]);
    expect(kept.find(question(2))).toBeNull();
    expect(kept.find(["other", "page", { from: "/a", n: 1 }])).toBeNull();
    expect(kept.find(["scope", "count", { from: "/a", n: 1 }])).toBeNull();
    now = 999;
    expect(kept.find(question(1))).not.toBeNull();
    now = 1_000;
    expect(kept.find(question(1))).toBeNull();
  });

  it("is bounded in answers and bytes (law 13)", () => {
    const kept = new KeptAnswers(60_000, () => 0);
    for (let n = 0; n < 1_500; n++) kept.keep(question(n), "/a", []);
    const found = Array.from({ length: 1_500 }, (_, n) => kept.find(question(n))).filter((one) => one !== null);
    expect(found).toHaveLength(1_000);
    for (let n = 0; n < 20; n++) kept.keep(question(n), "/a", ["x".repeat(1_500_000)]);
    expect(kept.find(question(0))).toBeNull();
    expect(kept.find(question(19))).not.toBeNull();
    kept.keep(question(99), "/a", ["x".repeat(2_000_000)]);
    expect(kept.find(question(99))).toBeNull();
    kept.clear();
  });
});

describe("a service that fails", () => {
  let service: FailingService;
  beforeEach(async () => {
    service = await failingService();
  });
  afterEach(() => service.stand.close());
  const treated = (staleMs: number | null = 60_000, timeoutMs = 5_000) =>
    watched(restTo(service.stand.origin, timeoutMs), { retries: 0, breaker: { failures: 2, openMs: 10_000 }, staleMs });
  const told: Date[] = [];
  const keep = { scope: "testville", stale: (asOf: Date) => void told.push(asOf) };

  it.each([[503], [429], [500], ["drop" as const], ["hang" as const], ["lie" as const]])(
    "by %s: the earlier answer, and it is told, also while the circuit is open",
    async (behaviour) => {
      const { source } = treated(60_000, behaviour === "hang" ? 500 : 5_000);
      const rows = await list(source, { keep });
      service.always = behaviour;
      told.length = 0;
      for (let i = 0; i < 4; i++) expect(await list(source, { keep })).toEqual(rows);
      expect(told).toHaveLength(4);
      expect(source.health()).toMatchObject({ state: "open", calls: { answered: 1, failed: 0, refused: 0, stale: 4 } });
    },
  );

  // A place in what one request was sent is something else, or nothing, to another (law 12).
  it("of a request whose cells may stay in place: nothing is kept, nor answered from what was", async () => {
    const { source } = treated();
    const cells = new CellsInPlace();
    await list(source, { keep, cells });
    service.always = 503;
    await failureOf(list(source, { keep }));
    service.always = 200;
    await list(source, { keep });
    service.always = 503;
    await list(source, { keep });
    await failureOf(list(source, { keep, cells }));
  });

  it.each([[401], [403], [404], [410]])("by %s, a refusal: nothing, now and later", async (behaviour) => {
    const { source, later } = treated();
    await list(source, { keep });
    service.next = [behaviour];
    expect((await failureOf(list(source, { keep }))).detail).toBe(`HTTP ${String(behaviour)}`);
    service.always = 503;
    for (let i = 0; i < 4; i++) await failureOf(list(source, { keep }));
    later(60_000);
    await failureOf(list(source, { keep }));
  });

  it("by a condition that it does not take: what is kept stays for the others", async () => {
    const { source } = treated();
    const rows = await list(source, { keep });
    service.next = [400];
    await failureOf(list(source, { keep, filter: ofCode("[[") }));
    service.always = 503;
    expect(await list(source, { keep })).toEqual(rows);
  });

  it("nothing where nobody asked to keep it, or the operator did not say so", async () => {
    const [unasked, unsaid] = [treated().source, treated(null).source];
    await list(unasked);
    await list(unsaid, { keep });
    service.always = 503;
    await failureOf(list(unasked));
    // Asked now, but not then.
    await failureOf(list(unasked, { keep }));
    await failureOf(list(unsaid, { keep }));
  });

  it("nothing in another scope, nor what is older than the setting", async () => {
    const { source, later } = treated();
    await list(source, { keep });
    service.always = 503;
    await failureOf(list(source, { keep: { ...keep, scope: "other" } }));
    expect(await list(source, { keep })).toHaveLength(2);
    later(60_000);
    await failureOf(list(source, { keep }));
  });
});
