// What every kind of source must do, whatever stands behind it. A kind says how the fixture gets into its service.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JsonBytes } from "../../src/gateway/json-bytes.js";
import { resilientSource } from "../../src/sources/resilient-source.js";
import {
  CellsInPlace,
  checkedSource,
  type Column,
  type Filter,
  filterColumns,
  type Order,
  type Source,
  SourceFailure,
} from "../../src/sources/index.js";
import type { Row, Value } from "../../src/terms/index.js";
import { anyFilter, anyGeoFilter, anyOrder, fixture } from "./fixture.js";
import { type CompareText, type Fixture, Reference } from "./reference.js";

export interface ServiceUnderTest {
  /** The bare connector, not wrapped. */
  readonly source: Source;
  /** Another, which gives the service a fraction of a second. */
  readonly hasty: Source;
  /** Another, which gives the service a minute. */
  readonly patient: Source;
  /** Texts as the service orders them. */
  readonly compareText: CompareText;
  /**
   * A connector to the same rows whose account fails when any other column of them is read. Null: the service gives all columns
   * or none, so that nobody could be told.
   */
  readonly readingOnly: ((columns: readonly Column[]) => Promise<Source>) | null;
  /** From now on the service does not answer about the fixture, until released. */
  stall(): Promise<() => Promise<void>>;
  /** Statements or requests of ours that the service is still working on. */
  working(): Promise<number>;
  /** A connector to a service that is not there. */
  gone(): Source;
  stop(): Promise<void>;
}

const bounds = (more: Partial<{ signal: AbortSignal; maxRows: number }> = {}) => ({
  signal: new AbortController().signal,
  maxRows: 1_000,
  ...more,
});

/** As `openSources` makes it. */
const opened = (source: Source): Source =>
  resilientSource(checkedSource(source), { retries: 2, breaker: { failures: 5, openMs: 10_000 }, staleMs: null });

async function failure(promise: Promise<unknown>): Promise<SourceFailure> {
  const outcome: unknown = await promise.then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
  return outcome;
}

/** What would leave for a cell. A place of a column that is looked at stays a number, which equals no text. */
function valueOf(cell: Value, column: Column | undefined, looked: ReadonlySet<string>, cells: CellsInPlace): Value {
  const { type, name } = column ?? { type: "Int", name: "" };
  if (typeof cell !== "number" || looked.has(name)) return cell;
  if (type !== "String" && type !== "Date" && type !== "DateTime") return cell;
  cells.find(cell);
  const json = new JsonBytes();
  if (type === "DateTime") json.instant(cells.view, cells.from, cells.to);
  else json.copied(cells.view, cells.from, cells.to);
  return JSON.parse(json.take().toString()) as Value;
}

/** `runs`: how many examples each property is tried on. */
export function sourceConformance(
  kind: string,
  make: (fixture: Fixture) => Promise<ServiceUnderTest>,
  runs = 150,
): void {
  describe(`a source of kind ${kind}`, () => {
    let service: ServiceUnderTest;
    let source: Source;
    let reference: Reference;
    const { columns, from } = fixture;
    const column = (name: string): Column => reference.column(name);
    const byId = (direction: Order["direction"] = "asc"): readonly Order[] => [{ column: column("id"), direction }];
    const short = () => ({ from, columns, filter: null, order: byId(), after: null, limit: 5 });
    const pageOf = (filter: Filter | null, more: Partial<Parameters<Source["page"]>[0]> = {}) =>
      source.page({ from, columns, filter, order: byId(), after: null, limit: 500, ...more }, bounds());

    beforeAll(async () => {
      service = await make(fixture);
      source = opened(service.source);
      reference = new Reference(fixture, service.compareText);
    });
    afterAll(() => service.stop());

    it("returns every value as it stands in the service", async () => {
      expect(await pageOf(null)).toEqual(reference.list(null, byId()));
    });

    // Laws 10 and 14: what is looked at on the way (filter, order) is never a place; what is one stands for the very value.
    it("gives a text that only passes as its value or as the place where it stands", async () => {
      const passing = columns.map((each) => ({ ...each, passes: true as const }));
      await fc.assert(
        fc.asyncProperty(anyOrder, fc.option(anyFilter, { nil: null }), async (order, filter) => {
          const cells = new CellsInPlace();
          const asked = { from, columns: passing, filter, order, after: null, limit: 500, cells };
          const rows = await source.page(asked, bounds());
          const looked = new Set(
            [...order.map((part) => part.column), ...filterColumns(filter)].map(({ name }) => name),
          );
          const shown = rows.map((row) => row.map((cell, i) => valueOf(cell, columns[i], looked, cells)));
          expect(shown).toEqual(reference.list(filter, order));
        }),
        { numRuns: Math.ceil(runs / 3) },
      );
    });

    // Law 12: what is emptied for one request must be nothing that another one reads.
    it("answers the same after rows that were used have been forgotten", async () => {
      const forgetting: (() => void)[] = [];
      const kept = { ...bounds(), afterUse: (forget: () => void) => forgetting.push(forget) };
      const expected = reference.list(null, byId());
      const all = { from, columns, filter: null, order: byId(), after: null, limit: 500 };
      const byKeys = {
        ...all,
        match: [column("id")],
        keys: expected.slice(0, 3).map((row) => row.slice(0, 1).flatMap((id) => id ?? [])),
        limitPerKey: null,
      };
      for (let time = 0; time < 3; time++) {
        expect(await source.page(all, kept)).toEqual(expected);
        expect(await source.byKeys(byKeys, kept)).toHaveLength(3);
        const other = await source.page(all, bounds());
        for (const forget of forgetting.splice(0)) forget();
        expect(other).toEqual(expected);
      }
    });

    it("filters as SQL's three-valued logic does, and counts the same", async () => {
      await fc.assert(
        fc.asyncProperty(anyFilter, async (filter) => {
          const expected = reference.list(filter, byId());
          expect(await pageOf(filter)).toEqual(expected);
          expect(await source.count({ from, filter }, bounds())).toBe(expected.length);
        }),
        { numRuns: runs },
      );
    });

    it("finds what is near a position and within an area, where it says that it can", async () => {
      const able = (["near", "within"] as const).map((operator) => source.abilities.filter.has(operator));
      expect(new Set(able).size).toBe(1);
      if (!able[0]) return;
      await fc.assert(
        fc.asyncProperty(anyGeoFilter, async (filter) => {
          const expected = reference.list(filter, byId());
          expect(await pageOf(filter)).toEqual(expected);
          expect(await source.count({ from, filter }, bounds())).toBe(expected.length);
        }),
        { numRuns: runs },
      );
    });

    it("gives pages which together are the whole ordered list, both directions, nulls and ties among them", async () => {
      await fc.assert(
        fc.asyncProperty(
          anyOrder,
          fc.option(anyFilter, { nil: null }),
          fc.integer({ min: 1, max: 30 }),
          async (order, filter, limit) => {
            const found: Row[] = [];
            let after: readonly Value[] | null = null;
            for (;;) {
              const rows = await pageOf(filter, { order, after, limit });
              found.push(...rows);
              const last = rows.at(-1);
              if (last === undefined) break;
              after = order.map((part) => reference.cell(last, part.column.name));
            }
            expect(found).toEqual(reference.list(filter, order));
          },
        ),
        { numRuns: Math.ceil(runs / 3) },
      );
    });

    it("finds rows by one key column", async () => {
      const keys = [[1], [4], [99]];
      const rows = await source.byKeys(
        { from, columns, match: [column("parent")], keys, filter: null, order: [], after: null, limitPerKey: null },
        bounds(),
      );
      const expected = fixture.rows.filter((row) => [1, 4].includes(Number(reference.cell(row, "parent") ?? -1)));
      expect(new Set(rows.map((row) => row[0]))).toEqual(new Set(expected.map((row) => row[0])));
      expect(rows).toHaveLength(expected.length);
    });

    it("finds each key's first rows in order, for any key, order, filter and position", async () => {
      const matches = [
        ["parent"],
        ["label"],
        ["parent", "flag"],
        ["day", "label"],
        ['at "quoted"'],
        ["amount"],
        ["big"],
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...matches),
          anyOrder,
          fc.option(anyFilter, { nil: null }),
          fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
          fc.option(fc.constantFrom(...fixture.rows), { nil: null }),
          async (names, order, filter, limitPerKey, position) => {
            const match = names.map(column);
            const keyOf = (row: Row) => names.map((name) => reference.cell(row, name));
            const known = new Map(fixture.rows.map((row) => [JSON.stringify(keyOf(row)), keyOf(row)]));
            const keys = [...known.values()].filter((key): key is NonNullable<Value>[] => !key.includes(null));
            const after = position && order.map((part) => reference.cell(position, part.column.name));
            const rows = await source.byKeys(
              { from, columns, match, keys, filter, order, after, limitPerKey },
              bounds(),
            );
            const whole = reference.list(null, order);
            const behind = new Set(position ? whole.slice(whole.indexOf(position) + 1) : whole);
            for (const key of keys) {
              const own = (row: Row) => JSON.stringify(keyOf(row)) === JSON.stringify(key);
              const expected = reference.list(filter, order).filter((row) => behind.has(row) && own(row));
              expect(rows.filter(own)).toEqual(expected.slice(0, limitPerKey ?? undefined));
            }
          },
        ),
        { numRuns: Math.ceil(runs / 2) },
      );
    });

    it("reads the columns asked for and no other", async () => {
      const asked = [column("id"), column("day")];
      if (service.readingOnly === null) return;
      const narrow = opened(await service.readingOnly(asked));
      const rows = await narrow.page(
        { from, columns: asked, filter: null, order: byId("desc"), after: null, limit: 5 },
        bounds(),
      );
      expect(rows).toEqual(reference.narrowed(reference.list(null, byId("desc")).slice(0, 5), asked));
      const link = { from, columns: asked, match: [column("id")], keys: [[1]], filter: null, after: null };
      expect(await narrow.byKeys({ ...link, order: byId(), limitPerKey: 2 }, bounds())).toHaveLength(1);
      expect(await narrow.byKeys({ ...link, order: [], limitPerKey: null }, bounds())).toHaveLength(1);
      // The account does notice: one column more and it fails.
      const more = narrow.page({ from, columns, filter: null, order: byId(), after: null, limit: 5 }, bounds());
      expect((await failure(more)).reason).toBe("unavailable");
      await narrow.close();
    });

    it("describes its columns, and says null of what does not exist", async () => {
      const described = await source.describe(from, bounds());
      expect([...(described?.keys() ?? [])].sort()).toEqual(columns.map(({ name }) => name).sort());
      expect(await source.describe("public.nobody", bounds())).toBeNull();
      expect(await source.describe("public.people\0", bounds())).toBeNull();
      expect(await source.describe("", bounds())).toBeNull();
    });

    it("fails, and cuts nothing, when more rows come than the bound", async () => {
      const request = { from, columns, filter: null, order: byId(), after: null };
      expect((await failure(source.page({ ...request, limit: 50 }, bounds({ maxRows: 49 })))).reason).toBe("too-large");
      expect(await source.page({ ...request, limit: 49 }, bounds({ maxRows: 49 }))).toHaveLength(49);
      const all = {
        ...request,
        match: [column("parent")],
        keys: [[1], [2], [3]],
        limitPerKey: null,
      };
      expect((await failure(source.byKeys(all, bounds({ maxRows: 10 })))).reason).toBe("too-large");
      expect((await failure(source.byKeys({ ...all, limitPerKey: 9 }, bounds({ maxRows: 10 })))).reason).toBe(
        "too-large",
      );
    });

    it("never says a value in a failure", async () => {
      const secret = "secret-of-somebody";
      const filter: Filter = { op: "gt", column: column("label"), value: `${secret}\0` };
      const refused = await failure(pageOf(filter));
      expect(refused.reason).toBe("invalid-request");
      const broken = await failure(pageOf({ op: "lt", column: column("label"), value: `${secret}\ud800` }));
      expect(broken.reason).toBe("invalid-request");
      const missing = await failure(
        pageOf({ op: "eq", column: { name: "no such column", type: "String" }, value: secret }),
      );
      for (const { message, stack } of [refused, broken, missing])
        expect(`${message}${stack ?? ""}`).not.toContain(secret);
    });

    it("fails with `timeout` when the service does not answer, and works again afterwards", async () => {
      const release = await service.stall();
      try {
        expect((await failure(service.hasty.page(short(), bounds()))).reason).toBe("timeout");
      } finally {
        await release();
      }
      expect(await service.hasty.page(short(), bounds())).toHaveLength(5);
    });

    it("gives up when the request ends, leaves no work behind, and works again afterwards", async () => {
      const release = await service.stall();
      try {
        const controllers = Array.from({ length: 8 }, () => new AbortController());
        // On the bare connector: it must give up by itself, not only be abandoned.
        const asked = controllers.map(({ signal }) => failure(service.patient.page(short(), bounds({ signal }))));
        await expect.poll(() => service.working(), { timeout: 10_000 }).toBeGreaterThan(0);
        for (const controller of controllers) controller.abort();
        for (const { reason } of await Promise.all(asked)) expect(reason).toBe("cancelled");
        await expect.poll(() => service.working(), { timeout: 10_000 }).toBe(0);
      } finally {
        await release();
      }
      const again = await Promise.all(Array.from({ length: 12 }, () => service.patient.page(short(), bounds())));
      expect(again.every((rows) => rows.length === 5)).toBe(true);
      const late = failure(source.count({ from, filter: null }, bounds({ signal: AbortSignal.abort() })));
      expect((await late).reason).toBe("cancelled");
    });

    it("fails with `unavailable` when there is no service", async () => {
      const gone = opened(service.gone());
      const { reason, detail } = await failure(gone.count({ from, filter: null }, bounds()));
      expect(reason).toBe("unavailable");
      expect(detail).not.toMatch(/password|secret/);
      await gone.close();
    });
  });
}
