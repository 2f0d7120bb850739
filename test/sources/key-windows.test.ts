// A list walked along the keys that may be visible, held against filtering the whole list in memory.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canWalk, checkedSource, PageNotAvailable, walkedPage, type Guard } from "../../src/sources/index.js";
import type { Value } from "../../src/terms/index.js";
import { fixture } from "./fixture.js";
import { memorySource, unbounded } from "./memory-source.js";
import { byCodePoint, Reference } from "./reference.js";

const reference = new Reference(fixture, byCodePoint);
const { from, columns } = fixture;
const [id, parent] = [reference.column("id"), reference.column("parent")];
const keysOf = (column: typeof id): number[] =>
  [...new Set(fixture.rows.map((row) => reference.cell(row, column.name)))]
    .filter((key) => typeof key === "number")
    .sort((a, b) => a - b);

/** The key itself, or one that several rows have. */
const anyColumn = fc.constantFrom(id, parent);
const anyKeys = anyColumn.chain((column) =>
  fc.record({
    column: fc.constant(column),
    // Some that no row has: people who have left the register, and one that no Int is.
    keys: fc
      .subarray([...keysOf(column), 1_000, 2_000, 2 ** 40])
      .map((keys): readonly number[] => keys.toSorted((a, b) => a - b)),
  }),
);

describe("a walked list", () => {
  it("equals the visible part of the list, both directions, from any position", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyKeys,
        fc.constantFrom("asc" as const, "desc" as const),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(0, 3, 32),
        fc.option(fc.subarray(fixture.rows.map((row) => row[0])), { nil: null }),
        fc.option(fc.nat({ max: fixture.rows.length - 1 }), { nil: null }),
        async (walk, direction, limit, most, spare, hidden, start) => {
          const order =
            walk.column === id
              ? [{ column: id, direction }]
              : [
                  { column: parent, direction },
                  { column: id, direction },
                ];
          const whole = reference.list(null, order);
          const at = start === null ? undefined : whole[start];
          const after = at === undefined ? null : order.map(({ column }) => reference.cell(at, column.name));
          const guard: Guard | null =
            hidden === null ? null : (rows) => rows.map((row) => !hidden.includes(row[0] as Value));
          const request = { from, columns, filter: null, order, after, limit };
          expect(canWalk(request, walk)).toBe(true);
          const bounds = { ...unbounded(), scanRows: 10_000, spare, most };
          const memory = memorySource(reference);
          const { rows } = await walkedPage(checkedSource(memory), request, walk, guard, bounds);
          const expected = whole
            .slice(start === null ? 0 : start + 1)
            .filter((row) => walk.keys.includes(Number(reference.cell(row, walk.column.name) ?? Number.NaN)))
            .filter((row) => hidden?.includes(row[0] as Value) !== true);
          expect(rows).toEqual(expected.slice(0, limit));
          for (const asked of memory.asked) {
            const { filter } = asked;
            expect(filter?.op === "in" ? filter.values.length : Infinity).toBeLessThanOrEqual(most);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("asks once where every key has its row", async () => {
    const memory = memorySource(reference);
    const request = { from, columns, filter: null, order: [{ column: id, direction: "asc" as const }], after: null };
    const walk = { column: id, keys: keysOf(id) };
    const bounds = { ...unbounded(), scanRows: 100, most: 50 };
    expect((await walkedPage(memory, { ...request, limit: 20 }, walk, null, bounds)).rows).toHaveLength(20);
    expect(memory.asked).toHaveLength(1);
  });

  it("is given up beyond the bound, and is not begun in another order (law 13)", async () => {
    const order = [{ column: id, direction: "asc" as const }];
    const request = { from, columns, filter: null, order, after: null, limit: 5 };
    const gone = Array.from({ length: 5_000 }, (_, i) => 10_000 + i);
    const bounds = { ...unbounded(), scanRows: 200, most: 50 };
    await expect(
      walkedPage(memorySource(reference), request, { column: id, keys: gone }, null, bounds),
    ).rejects.toThrow(PageNotAvailable);
    const label = reference.column("label");
    expect(canWalk({ order: [{ column: label, direction: "asc" }, ...order] }, { column: id, keys: gone })).toBe(false);
    // Texts are in an order of the source's own.
    expect(canWalk({ order: [{ column: label, direction: "asc" }] }, { column: label, keys: [] })).toBe(false);
  });
});
