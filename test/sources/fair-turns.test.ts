// Law 13: an agreement whose one call is a hundred requests does not keep the others from a service.
import { expect, it } from "vitest";
import { FairTurns } from "../../src/sources/fair-turns.js";
import { createAdmission } from "../../src/gateway/admission.js";
import { gatedSource } from "../../src/gateway/gated-source.js";
import { restSource } from "../../src/sources/rest/index.js";
import { bounds, failingService, failureOf, list } from "./failing-service.js";

const never = new AbortController().signal;

/** Work that ends when it is told to, in the sequence in which it began. */
function bench(most: number) {
  const turns = new FairTurns("parking", most);
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const run = (name: string, group: string | undefined, signal = never) =>
    turns.run(group, signal, () => {
      began.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const end = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { began, run, end };
}

it("those who wait are let in by turns, whoever came with how many", async () => {
  const { began, run, end } = bench(2);
  const all = [..."12345678"].map((name) => run(`a${name}`, "a"));
  all.push(run("b1", "b"), run("b2", "b"), run("c1", undefined));
  for (let i = 0; i < 11; i++) await end();
  await Promise.all(all);
  expect(began).toEqual(["a1", "a2", "a3", "b1", "c1", "a4", "b2", "a5", "a6", "a7", "a8"]);
});

it("who goes away leaves the turn to the next, and a place given back is never lost", async () => {
  const { began, run, end } = bench(1);
  const client = new AbortController();
  const first = run("first", "a");
  const gone = [run("gone", "a", client.signal), run("gone", "b", client.signal)].map(failureOf);
  const last = run("last", "b");
  client.abort();
  expect((await Promise.all(gone)).map(({ reason }) => reason)).toEqual(["cancelled", "cancelled"]);
  expect((await failureOf(run("gone", "c", client.signal))).reason).toBe("cancelled");
  await end();
  await end();
  await Promise.all([first, last]);
  const again = run("again", "c");
  await end();
  await again;
  expect(began).toEqual(["first", "last", "again"]);
});

it("a failure gives its place back too", async () => {
  const turns = new FairTurns("parking", 1);
  for (let i = 0; i < 3; i++)
    await expect(turns.run("a", never, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await turns.run("b", never, () => Promise.resolve(1))).toBe(1);
});

it("an agreement that asks for many keys one by one lets another's list through at its turn", async () => {
  const service = await failingService();
  const code = { name: "code", type: "String" } as const;
  const byKeys = { code: { path: "/car-parks/{code}" } };
  const lists = { "/car-parks": { byKeys } };
  const bare = restSource({ name: "parking", url: service.stand.origin, lists, concurrency: 1 });
  const gate = createAdmission({ inFlight: 4, perGroup: 3, queued: 10 });
  const [crowd, other] = ["crowd", "other"].map((group) => gatedSource(bare, gate, group));
  if (crowd === undefined || other === undefined) throw new Error("no sources");
  service.rows = [];
  for (let i = 0; i < 60; i++) service.byPath.set(`/car-parks/K${String(i)}`, 404);
  const keys = Array.from({ length: 60 }, (_, i) => [`K${String(i)}`]);
  const many = crowd.byKeys(
    { from: "/car-parks", columns: [code], match: [code], keys, filter: null, order: [], after: null, limitPerKey: null },
    bounds(),
  ); // prettier-ignore
  while (service.asked.length === 0) await new Promise(setImmediate);
  const before = service.asked.length;
  await list(other);
  // The one under way, and one that came in between.
  expect(service.asked.indexOf("/car-parks")).toBeLessThan(before + 3);
  await many;
  expect(service.asked).toHaveLength(61);
  await service.stand.close();
});
