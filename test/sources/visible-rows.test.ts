// "A page until N visible rows, bounded", held against filtering the whole list in memory.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkedSource, type Guard, PageNotAvailable, visibleByKeys, visiblePage } from "../../src/sources/index.js";
import type { Row, Value } from "../../src/terms/index.js";
import { anyFilter, anyOrder, fixture } from "./fixture.js";
import { memorySource, unbounded } from "./memory-source.js";
import { byCodePoint, Reference } from "./reference.js";

const reference = new Reference(fixture, byCodePoint);
const { from, columns } = fixture;
const parent = reference.column("parent");
const byId = [{ column: reference.column("id"), direction: "asc" as const }];
const bounds = (scanRows: number) => ({ ...unbounded(), scanRows });

/** Any set of visible rows, chosen by the key. */
const anyVisible = fc
  .tuple(fc.subarray(fixture.rows.map((row) => row[0])), fc.boolean())
  .map(([chosen, few]) => new Set(few ? chosen.slice(0, 4) : chosen));
const guardOf =
  (visible: ReadonlySet<Value | undefined>): Guard =>
  (rows) =>
    rows.map((row) => visible.has(row[0]));

async function outcome<T>(promise: Promise<T>): Promise<T | "not available"> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof PageNotAvailable) return "not available";
    throw error;
  }
}

describe("visiblePage", () => {
  it("equals the start of the list's visible part, or says that it is not available", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyVisible,
        fc.option(anyFilter, { nil: null }),
        anyOrder,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 12, max: 90 }),
        fc.constantFrom(0, 2, 32),
        async (visible, filter, order, limit, scanRows, spare) => {
          const memory = memorySource(reference);
          const request = { from, columns, filter, order, after: null, limit };
          const result = await outcome(
            visiblePage(checkedSource(memory), request, guardOf(visible), { ...bounds(scanRows), spare }),
          );
          const whole = reference.list(filter, order);
          const expected = whole.filter((row) => visible.has(row[0]));
          const lastNeeded = expected[limit - 1];
          // Rows that must be looked at: up to the last one shown, else all, and one look beyond to see the end.
          const needed = lastNeeded === undefined ? whole.length + 1 : whole.indexOf(lastNeeded) + 1;
          if (needed > scanRows) expect(result).toBe("not available");
          else {
            if (result === "not available") throw new Error("it was available");
            expect(result.rows).toEqual(expected.slice(0, limit));
            // `reachedEnd` is never said too early.
            if (result.reachedEnd) expect(expected.length).toBeLessThanOrEqual(limit);
            if (expected.length < limit) expect(result.reachedEnd).toBe(true);
          }
          const read = memory.asked.reduce((sum, page) => sum + ("limit" in page ? page.limit : 0), 0);
          expect(read).toBeLessThanOrEqual(Math.max(scanRows, limit));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("asks once when nothing is hidden, guarded or not, whatever the scan bound", async () => {
    for (const guard of [null, guardOf(new Set(fixture.rows.map((row) => row[0])))]) {
      const memory = memorySource(reference);
      const request = { from, columns, filter: null, order: byId, after: null, limit: 20 };
      const { rows, reachedEnd } = await visiblePage(memory, request, guard, bounds(20));
      expect(rows).toHaveLength(20);
      expect(reachedEnd).toBe(false);
      expect(memory.asked).toHaveLength(1);
    }
  });

  it("asks no more often for some hidden rows than for none: calls do not tell them from rows that are not there", async () => {
    for (const hidden of [0, 1, 5]) {
      const memory = memorySource(reference);
      const visible = new Set(fixture.rows.map((row) => row[0]).slice(hidden));
      const request = { from, columns, filter: null, order: byId, after: null, limit: 1 };
      const { rows } = await visiblePage(memory, request, guardOf(visible), { ...bounds(60), spare: 5 });
      expect(rows).toHaveLength(1);
      expect(memory.asked.map((asked) => ("limit" in asked ? asked.limit : null))).toEqual([6]);
    }
  });

  it("does not take a guard's silence for consent", async () => {
    const request = { from, columns, filter: null, order: byId, after: null, limit: 5 };
    await expect(visiblePage(memorySource(reference), request, () => [true], bounds(50))).rejects.toThrow(
      "judge every row",
    );
  });
});

describe("visibleByKeys", () => {
  const keys = [[0], [1], [2], [3], [99]];
  const isOwn = (key: readonly Value[]) => (row: Row) => reference.cell(row, "parent") === key[0];
  const asking = (order = byId, limitPerKey: number | null = 3) => ({
    from,
    columns,
    match: [parent],
    keys,
    filter: null,
    order,
    after: null,
    limitPerKey,
  });

  it("equals each key's first visible rows, or says that they are not available", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        anyVisible,
        anyOrder,
        fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
        fc.constantFrom(30, 45, 1_000),
        fc.constantFrom(0, 2, 32),
        async (visible, order, limit, scanRows, spare) => {
          const request = { ...asking(), order, limitPerKey: limit };
          const source = checkedSource(memorySource(reference));
          const result = await outcome(
            visibleByKeys(source, request, guardOf(visible), { ...bounds(scanRows), spare }),
          );
          if (result === "not available") {
            expect(scanRows).toBeLessThan(fixture.rows.length);
            refused += 1;
            return;
          }
          for (const key of keys) {
            const expected = reference.list(null, order).filter((row) => isOwn(key)(row) && visible.has(row[0]));
            expect(result.filter(isOwn(key))).toEqual(expected.slice(0, limit ?? undefined));
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it("asks once when nothing is hidden", async () => {
    for (const guard of [null, guardOf(new Set(fixture.rows.map((row) => row[0])))]) {
      const memory = memorySource(reference);
      expect(await visibleByKeys(memory, asking(), guard, bounds(15))).toHaveLength(12);
      expect(memory.asked).toHaveLength(1);
    }
  });

  it("looks at no more rows than the bound, each counted once", async () => {
    const seen = new Set<Value>();
    const nobody: Guard = (rows) => rows.map((row) => !seen.add(row[0] ?? null));
    expect(await outcome(visibleByKeys(memorySource(reference), asking(), nobody, bounds(40)))).toBe("not available");
    expect(seen.size).toBeLessThanOrEqual(40);
  });

  it("takes what the filled keys have used off the bound", async () => {
    const seen = new Set<Value>();
    const hidesThree: Guard = (rows) => rows.map((row) => !!seen.add(row[0] ?? null) && !isOwn([3])(row));
    expect(await outcome(visibleByKeys(memorySource(reference), asking(), hidesThree, bounds(13)))).toBe(
      "not available",
    );
    expect(seen.size).toBe(13);
  });
});
