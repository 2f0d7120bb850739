// A list walked along the keys that may be visible, held against filtering the whole list in memory.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canWalk, checkedSource, PageNotAvailable, walkedPage, type Guard } from "../../src/sources/index.js";
import type { Value } from "../../src/terms/index.js";
import { fixture } from "./fixture.js";
import { memorySource, unbounded } from "./memory-source.js";
import { byCodePoint, Reference } from "./reference.js";

// Every third number is somebody's.
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
          // Every row is judged, whatever was asked (law 14): of other keys none is visible.
          const place = columns.indexOf(walk.column);
          const guard: Guard = (rows) =>
            rows.map(
              (row) =>
                walk.keys.includes(Number(row[place] ?? Number.NaN)) && hidden?.includes(row[0] as Value) !== true,
            );
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
          for (const { filter } of memory.asked)
            expect(filter?.op === "in" ? filter.values.length : 0).toBeLessThanOrEqual(most);
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
    const gone = Array.from({ length: 5_000 }, (_, i) => 10_000 + 2 * i);
    const bounds = { ...unbounded(), scanRows: 200, most: 50 };
    await expect(
      walkedPage(memorySource(reference), request, { column: id, keys: gone }, null, bounds),
    ).rejects.toThrow(PageNotAvailable);
    const label = reference.column("label");
    expect(canWalk({ order: [{ column: label, direction: "asc" }, ...order] }, { column: id, keys: gone })).toBe(false);
    // Texts are in an order of the source's own.
    expect(canWalk({ order: [{ column: label, direction: "asc" }] }, { column: label, keys: [] })).toBe(false);
  });

  it("is read as it stands where nearly every number is among the keys: no key is named, and nothing before them read", async () => {
    // Numbers 1 to 75, as a register has them.
    const dense = new Reference(
      { ...fixture, rows: fixture.rows.map((row, i) => [i + 1, ...row.slice(1)]) },
      byCodePoint,
    );
    let [named, stretches] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(Array.from({ length: 80 }, (_, i) => i + 1)),
        fc.integer({ min: -5, max: 70 }),
        fc.constantFrom("asc" as const, "desc" as const),
        fc.integer({ min: 1, max: 40 }),
        fc.option(fc.integer({ min: -3, max: 82 }), { nil: null }),
        fc.subarray(fixture.rows.map((_, i) => i + 1)),
        async (without, first, direction, limit, start, hidden) => {
          const keys = Array.from({ length: 85 }, (_, i) => i).filter((key) => key >= first && !without.includes(key));
          const visible = (key: Value): boolean => keys.includes(Number(key)) && !hidden.includes(Number(key));
          const memory = memorySource(dense);
          const order = [{ column: id, direction }];
          const request = { from, columns, filter: null, order, after: start === null ? null : [start], limit };
          const bounds = { ...unbounded(), scanRows: 10_000, spare: 3, most: 50 };
          const guard: Guard = (rows) => rows.map((row) => visible(row[0] ?? null));
          const { rows } = await walkedPage(checkedSource(memory), request, { column: id, keys }, guard, bounds);
          const beyond = (key: number): boolean => start === null || (direction === "asc" ? key > start : key < start);
          const expected = dense.list(null, order).filter(([key]) => visible(key ?? null) && beyond(Number(key)));
          expect(rows).toEqual(expected.slice(0, limit));
          for (const asked of memory.asked) {
            if (asked.filter === null) stretches += 1;
            else named += 1;
            // Not more than half as many rows again as keys, and none before the first of them.
            if (asked.filter !== null || !("limit" in asked)) continue;
            expect(asked.limit).toBeLessThanOrEqual(1.5 * (limit + Math.ceil(limit / 32)));
            if (direction === "asc") expect(Number(asked.after?.[0])).toBeGreaterThanOrEqual((keys[0] ?? 0) - 1);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(named, stretches)).toBeGreaterThan(20);
  });

  it("costs one call where nine of ten consent, for a page of 100 and one of 1,000", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [i + 1, ...(fixture.rows[0] ?? []).slice(1)]);
    const many = new Reference({ ...fixture, rows }, byCodePoint);
    const keys = rows.map(([key]) => Number(key)).filter((key) => key % 10 !== 7);
    const guard: Guard = (judged) => judged.map(([key]) => Number(key) % 10 !== 7);
    for (const limit of [101, 1_001]) {
      const memory = memorySource(many);
      const request = {
        from,
        columns,
        filter: null,
        order: [{ column: id, direction: "asc" as const }],
        after: [1_000],
      };
      const bounds = { ...unbounded(), scanRows: 10_000, spare: 32, most: 10_000 };
      const page = await walkedPage(memory, { ...request, limit }, { column: id, keys }, guard, bounds);
      expect(page.rows.map(([key]) => key)).toEqual(keys.filter((key) => key > 1_000).slice(0, limit));
      expect(memory.asked).toHaveLength(1);
      expect(memory.asked[0]).toMatchObject({ filter: null });
    }
  });
});
