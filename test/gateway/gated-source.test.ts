import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAdmission } from "../../src/gateway/admission.js";
import { gatedSource, gatedSources, sourceGate } from "../../src/gateway/gated-source.js";
import { SourceFailure, type ByKeysRequest, type PageRequest, type Source } from "../../src/sources/index.js";
import type { Row } from "../../src/terms/index.js";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

/** Answers when it is told to. */
class HeldSource implements Source {
  readonly name = "people";
  readonly kind = "test";
  readonly abilities = { filter: new Set([]), order: true, count: true, backward: true, valuesIn: 1_000 };
  readonly calls: { readonly what: string; end(failure?: Error): void }[] = [];

  page(): Promise<readonly Row[]> {
    return this.#call("page", [[1]]);
  }
  byKeys(): Promise<readonly Row[]> {
    return this.#call("byKeys", [[2]]);
  }
  count(): Promise<number> {
    return this.#call("count", 3);
  }
  describe(): Promise<ReadonlyMap<string, string> | null> {
    return Promise.resolve(null);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  #call<T>(what: string, answer: T): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (failure?: Error): void => {
        this.calls.splice(this.calls.indexOf(call), 1);
        if (failure === undefined) resolve(answer);
        else reject(failure);
      };
      const call = { what, end };
      this.calls.push(call);
    });
  }
}

const page: PageRequest = { from: "t", columns: [], filter: null, order: [], after: null, limit: 1 };
const byKeys: ByKeysRequest = {
  ...{ from: "t", columns: [], match: [], keys: [], filter: null, order: [] },
  ...{ after: null, limitPerKey: null },
};
const bounds = (signal = never) => ({ signal, maxRows: 10 });
const reading = {
  page: (source: Source, signal?: AbortSignal) => source.page(page, bounds(signal)),
  byKeys: (source: Source, signal?: AbortSignal) => source.byKeys(byKeys, bounds(signal)),
  count: (source: Source, signal?: AbortSignal) => source.count({ from: "t", filter: null }, bounds(signal)),
};
const kinds = ["page", "byKeys", "count"] as const;
const failureOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe("a source's gate", () => {
  it.each([
    [1, 1],
    [2, 1],
    [4, 3],
  ])("of %i connections lets one agreement hold %i, and another in at once", async (poolSize, most) => {
    const held = new HeldSource();
    const gate = sourceGate(poolSize, 32);
    const flood = gatedSource(held, gate, "flood");
    const answers = Array.from({ length: 12 }, (_, i) => reading[kinds[i % 3] ?? "page"](flood));
    await settle();
    expect(held.calls).toHaveLength(most);
    const other = reading.count(gatedSource(held, gate, "other"));
    await settle();
    if (poolSize > 1) {
      expect(held.calls).toHaveLength(most + 1);
      held.calls.at(-1)?.end();
    } else {
      // One connection only: the other is next but one, before ten that came earlier.
      held.calls[0]?.end();
      await settle();
      held.calls[0]?.end();
      await settle();
      held.calls[0]?.end();
    }
    expect(await other).toBe(3);
    await settle();
    while (held.calls.length > 0) {
      held.calls[0]?.end();
      await settle();
    }
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 12 }, (_, i) => [[[1]], [[2]], 3][i % 3]));
    expect(gate.stats()).toEqual({ inFlight: 0, waiting: 0, groups: 0 });
  });

  it("gives every place back, whether the source answers or fails", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ kind: fc.constantFrom(...kinds), fails: fc.boolean() })), async (calls) => {
        const held = new HeldSource();
        const gate = sourceGate(3, 32);
        const failure = new SourceFailure("people", "unavailable", "08006");
        const ended = calls.map(({ kind }, i) => failureOf(reading[kind](gatedSource(held, gate, `group-${i % 3}`))));
        let failed = 0;
        for (const { fails } of calls) {
          await settle();
          expect(held.calls.length).toBeLessThanOrEqual(3);
          held.calls[0]?.end(fails ? failure : undefined);
          if (fails) failed++;
        }
        const results = await Promise.all(ended);
        expect(results.filter((result) => result === failure)).toHaveLength(failed);
        expect(gate.stats()).toEqual({ inFlight: 0, waiting: 0, groups: 0 });
      }),
      { numRuns: 50 },
    );
  });

  it("fails as the source's own call would: time over, client gone, no room to wait; nothing is asked then", async () => {
    const held = new HeldSource();
    const gate = createAdmission({ inFlight: 1, queued: 2 });
    const source = gatedSource(held, gate, "a");
    void reading.page(source);
    await settle();
    const [late, gone] = [new AbortController(), new AbortController()];
    const waiting = [failureOf(reading.page(source, late.signal)), failureOf(reading.count(source, gone.signal))];
    const busy = await failureOf(reading.byKeys(source));
    expect(busy).toBeInstanceOf(SourceFailure);
    expect(busy).toMatchObject({ source: "people", reason: "unavailable", detail: "busy" });
    late.abort(new DOMException("over", "TimeoutError"));
    gone.abort();
    const [timedOut, cancelled] = await Promise.all(waiting);
    expect(timedOut).toBeInstanceOf(SourceFailure);
    expect(timedOut).toMatchObject({ source: "people", reason: "timeout" });
    expect(cancelled).toBeInstanceOf(SourceFailure);
    expect(cancelled).toMatchObject({ source: "people", reason: "cancelled" });
    expect(held.calls).toHaveLength(1);
    expect(await failureOf(reading.page(source, AbortSignal.abort()))).toMatchObject({ reason: "cancelled" });
  });

  it("is needed: a source without one is not to be had", () => {
    const source = new HeldSource();
    const tenant = { budgets: new Map(), contact: "", timeZone: "UTC", sources: new Map([["people", source]]) };
    expect([...gatedSources({ ...tenant, gates: new Map() }, "a").keys()]).toEqual([]);
    expect([...gatedSources({ ...tenant, gates: new Map([["people", sourceGate(1, 1)]]) }, "a").keys()]).toEqual([
      "people",
    ]);
  });

  it("is made once for an agreement, and for each tenant and agreement by itself", () => {
    const gates = new Map([["people", sourceGate(1, 1)]]);
    const sources = new Map([["people", new HeldSource()]]);
    const tenant = { budgets: new Map(), contact: "", timeZone: "UTC", sources, gates };
    const asked = gatedSources(tenant, "a");
    expect(gatedSources(tenant, "a")).toBe(asked);
    expect(gatedSources(tenant, "b").get("people")).not.toBe(asked.get("people"));
    expect(gatedSources({ ...tenant }, "a").get("people")).not.toBe(asked.get("people"));
  });
});
