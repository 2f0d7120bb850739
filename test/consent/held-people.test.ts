import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ColumnsBuilder, HeldPeople } from "../../src/consent/held-people.js";
import { Holdings } from "../../src/consent/holdings.js";
import type { Coordinate } from "../../src/terms/index.js";

const pause = (): Promise<void> => Promise.resolve();
const key = fc.oneof(fc.integer({ min: -40, max: 40 }), fc.constantFrom("a", "b", "é", "10", "-3"), fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)); // prettier-ignore
const ofKeys = (keys: fc.Arbitrary<number | string>) =>
  fc.array(fc.tuple(keys, fc.integer({ min: 0, max: 6 })), { maxLength: 40 }).map((all) => new Map(all));
// Close together, as a register numbers them; far apart; beyond 32 bits; texts; and all of it in one.
const people = fc.oneof(
  ofKeys(fc.integer({ min: -20, max: 60 })),
  ofKeys(fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(2 ** 40, 2 ** 40 + 1, 2 ** 32, 0))),
  ofKeys(fc.string({ maxLength: 12 })),
  ofKeys(key),
);

async function columnsOf(parts: readonly ReadonlyMap<number | string, number>[]): Promise<HeldPeople> {
  const builder = new ColumnsBuilder(pause);
  for (const part of parts) await builder.add(part);
  return new HeldPeople(await builder.finish(), new Map());
}

describe("people held in columns", () => {
  it("are a map in which what was said last wins, before and after changes are put in their places", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(people), fc.array(people, { maxLength: 4 }), async (parts, changes) => {
        const reference = new Map([...parts, ...changes].flatMap((part) => [...part]));
        let held = await columnsOf(parts);
        for (const change of changes) held = held.with(change);
        for (const each of [held, await held.settled(pause)]) {
          for (const [known, place] of reference) expect(each.place(known)).toBe(place);
          for (const other of [99, 1.5, -0.5, 1e-300, -1e-300, 2 ** 41, Number.NaN, "z", "", "0"])
            if (!reference.has(other)) expect(each.place(other)).toBe(-1);
          expect(each.place(true)).toBe(-1);
          const bits = Int32Array.from({ length: 7 }, (_, place) => place);
          for (const units of [1, 2, 4, 6]) {
            const unusual = [...reference].filter(([, place]) => (place & units) !== 0).map(([known]) => known);
            const numbers = unusual.filter((known) => typeof known === "number").sort((a, b) => a - b);
            const texts = unusual.filter((known) => typeof known === "string").sort();
            expect(each.unusual(bits, 0, units, 1_000)).toEqual([...numbers, ...texts]);
            expect(each.unusual(bits, 0, units, unusual.length)).toHaveLength(unusual.length);
            if (unusual.length > 0) expect(each.unusual(bits, 0, units, unusual.length - 1)).toBeNull();
          }
        }
        expect((await held.settled(pause)).changes.size).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it("are nobody else: a fraction is not the number that it is nearly", async () => {
    const close = await columnsOf([new Map([-2, -1, 0, 1].map((key) => [key, key + 2]))]);
    expect([-3, -2, -1, -0, 1, 2].map((each) => close.place(each))).toEqual([-1, 0, 1, 2, 3, -1]);
    expect([1e-300, -1e-300, 0.5, Number.NaN, Infinity].map((each) => close.place(each))).toEqual([-1, -1, -1, -1, -1]);
  });

  it("are not changed by changes: a request goes on with what it holds", async () => {
    const before = await columnsOf([new Map([[1, 1]])]);
    const after = before.with(new Map([[1, 2]]));
    expect([before.place(1), after.place(1)]).toEqual([1, 2]);
  });
});

describe("what people hold", () => {
  const unit = { name: "u", fields: ["T.a", "T.b"] as Coordinate[] };
  const asking = { basis: "consent" as const, units: [unit], day: "2026-01-01" };

  it("is bits by the day, also of what was met after they were asked for", () => {
    const holdings = new Holdings();
    holdings.add(70, [{ until: "2026-01-01", fields: unit.fields }]);
    expect([...holdings.bits(asking)]).toEqual([1]);
    holdings.add(90, [{ until: null, fields: ["T.a" as Coordinate] }]);
    expect([...holdings.bits(asking)]).toEqual([1, 0]);
    expect([...holdings.bits({ ...asking, day: "2026-01-02" })]).toEqual([0, 0]);
    expect([...holdings.bits({ ...asking, basis: "public-task" })]).toEqual([0, 0]);
    expect([...holdings.bits({ ...asking, basis: "public-task", day: "2026-01-02" })]).toEqual([1, 0]);
    expect([holdings.place(70), holdings.place(90), holdings.unknown([70, 1, 90, 1])]).toEqual([0, 1, [1]]);
  });
});
