import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Revision, RevisionReader } from "../../src/store/index.js";
import type { TenantName } from "../../src/terms/index.js";

const tenant = "rivemont" as TenantName;
const at = (revision: number): Revision => ({ revision, policyVersion: null, shadow: null, consent: 0 });

/** A database whose reads see the state at their start and answer when told to. */
class SlowDatabase {
  revision = 0;
  reads = 0;
  readonly #waiting: (() => void)[] = [];
  readonly reader = new RevisionReader(() => {
    this.reads += 1;
    const seen = at(this.revision);
    return new Promise((done) => this.#waiting.push(() => done(seen)));
  });

  async answerOldest(): Promise<void> {
    this.#waiting.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }

  async answerAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.answerOldest();
  }
}

describe("law 6: the revision is read after the request arrived", () => {
  it("whatever changes, requests and answers interleave", async () => {
    const step = fc.constantFrom("change", "request", "answer");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const database = new SlowDatabase();
        const requests: { readonly arrivedAt: number; readonly got: Promise<Revision | null> }[] = [];
        for (const what of steps) {
          if (what === "change") database.revision += 1;
          else if (what === "answer") await database.answerOldest();
          else requests.push({ arrivedAt: database.revision, got: database.reader.current(tenant) });
        }
        await database.answerAll();
        for (const { arrivedAt, got } of requests) {
          expect((await got)?.revision).toBeGreaterThanOrEqual(arrivedAt);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("and requests that wait together share one read", async () => {
    const database = new SlowDatabase();
    const requests = Array.from({ length: 100 }, () => database.reader.current(tenant));
    await database.answerAll();
    await Promise.all(requests);
    expect(database.reads).toBe(2);
  });

  it("reads of two tenants do not wait for each other", async () => {
    const asked: TenantName[] = [];
    const reader = new RevisionReader((name) => {
      asked.push(name);
      return name === tenant ? new Promise(() => undefined) : Promise.resolve(at(7));
    });
    void reader.current(tenant);
    expect(await reader.current("autre-ville" as TenantName)).toEqual(at(7));
    expect(asked).toEqual([tenant, "autre-ville"]);
  });

  it("a read that fails fails those that share it, and nobody after them", async () => {
    let works = false;
    const reader = new RevisionReader(() => (works ? Promise.resolve(at(3)) : Promise.reject(new Error("down"))));
    const first = reader.current(tenant);
    const shared = [reader.current(tenant), reader.current(tenant)];
    for (const one of [first, ...shared]) await expect(one).rejects.toThrow("down");
    works = true;
    expect(await reader.current(tenant)).toEqual(at(3));
  });

  it("a read that throws at once is a failure like another", async () => {
    const reader = new RevisionReader(() => {
      throw new Error("no connection");
    });
    await expect(reader.current(tenant)).rejects.toThrow("no connection");
    await expect(reader.current(tenant)).rejects.toThrow("no connection");
  });
});
