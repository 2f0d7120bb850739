// Values over time of an NGSI-LD broker as rows: the conformance suite, conditions on time against a naive reference, and brokers
// that lie about time. What could break: a value outside the dataset's time or of another entity leaves (law 14), and a cut list
// is taken for the whole (law 13).
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { contextBroker } from "../../src/demo/context-broker.js";
import type { TemporalEntity } from "../../src/demo/temporal-query.js";
import {
  checkedSource,
  type Column,
  type Filter,
  type Order,
  type Source,
  SourceFailure,
} from "../../src/sources/index.js";
import { type NgsiLdSettings, ngsiLdSource } from "../../src/sources/ngsi-ld/index.js";
import type { Row, Value } from "../../src/terms/index.js";
import { sourceConformance } from "./conformance.js";
import { somebody } from "./hostile-answers.js";
import { type HttpStand, httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";
import { ngsiLdSeriesService } from "./ngsi-ld-series-service.js";
import { byCodePoint, Reference } from "./reference.js";

sourceConformance("ngsi-ld, values over time", ngsiLdSeriesService("normalized"), 9);
sourceConformance("ngsi-ld, temporalValues", ngsiLdSeriesService("keyValues"), 9);

const entity: Column = { name: "entity", type: "String" };
const observedAt: Column = { name: "observedAt", type: "DateTime" };
const value: Column = { name: "value", type: "Int" };
const unitCode: Column = { name: "unitCode", type: "String" };
const columns = [entity, observedAt, value, unitCode];
const from = "Air/no2";
const urn = (name: string): string => `urn:ngsi-ld:Air:${name}`;
const noon = Date.parse("2026-11-20T12:00:00Z");
const at = (seconds: number): string => new Date(noon + seconds * 1_000).toISOString();

const connect = (stand: HttpStand, more: Partial<NgsiLdSettings> = {}): Source =>
  checkedSource(
    ngsiLdSource({
      kind: "ngsi-ld",
      name: "broker",
      url: stand.origin,
      temporal: { [from]: { since: "P9999W", lastN: true } },
      ...more,
    }),
  );
const newest: readonly Order[] = [
  { column: observedAt, direction: "desc" },
  { column: entity, direction: "asc" },
];
const list = (filter: Filter | null = null, more: Partial<Parameters<Source["page"]>[0]> = {}) => ({
  ...{ from, columns: columns.slice(0, 3), filter, order: newest, after: null, limit: 40 },
  ...more,
});
const ofEntities = (names: readonly string[], more: Partial<Parameters<Source["byKeys"]>[0]> = {}) => ({
  ...{ from, columns: columns.slice(0, 3), match: [entity], keys: names.map((name) => [urn(name)]) },
  ...{ filter: null, order: newest, after: null, limitPerKey: 2 },
  ...more,
});

describe("conditions on time", () => {
  /** Around noon, to the millisecond, at the same instants in several entities; `d` has no value at all. */
  const instants = [-7200, -3600, -1, -0.001, 0, 0.001, 0.5, 1, 3600, 7200];
  const told = ["a", "b", "c"].map((name, i) => ({
    name,
    values: instants.filter((_, k) => (k + i) % 4 > 0).map((seconds, k) => ({ seconds, value: (k * 7 + i) % 5 })),
  }));
  const unit = (seconds: number) => (seconds % 3600 === 0 ? "GQ" : null);
  const reference = new Reference(
    {
      ...{ from, columns, key: "observedAt" },
      rows: told.flatMap(({ name, values }) =>
        values.map(({ seconds, value: no2 }): Row => [urn(name), at(seconds), no2, unit(seconds)]),
      ),
    },
    byCodePoint,
  );
  const history = told.map(({ name, values }): TemporalEntity => {
    const instances = values.map(({ seconds, value: no2 }) => {
      const code = unit(seconds);
      return { type: "Property", value: no2, observedAt: at(seconds), ...(code === null ? {} : { unitCode: code }) };
    });
    return { id: urn(name), type: "Air", history: new Map([["no2", instances]]) };
  });

  let stand: HttpStand;
  const asked: Record<string, string>[] = [];
  beforeAll(async () => {
    const answer = contextBroker([], [], () => history);
    stand = await httpStand((request, response) => {
      asked.push(Object.fromEntries(new URL(request.url ?? "/", "http://broker").searchParams));
      answer(request, response);
    });
  });
  afterAll(() => stand.close());
  afterEach(() => void asked.splice(0));

  const anyTime = fc.constantFrom(...instants, -1800, 1.5, 90_000).map(at);
  const comparison = fc.constantFrom(
    "eq" as const,
    "ne" as const,
    "lt" as const,
    "lte" as const,
    "gt" as const,
    "gte" as const,
  );
  const leaf: fc.Arbitrary<Filter> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: comparison, column: fc.constant(observedAt), value: anyTime }) },
    fc.record({ op: fc.constant("in" as const), column: fc.constant(observedAt), values: fc.array(anyTime, { maxLength: 3 }) }),
    fc.record({ op: fc.constantFrom("eq" as const, "ne" as const), column: fc.constant(entity), value: fc.constantFrom("a", "b", "d").map(urn) }),
    fc.record({ op: comparison, column: fc.constant(value), value: fc.nat(4) }),
    fc.record({ op: fc.constant("isNull" as const), column: fc.constantFrom(unitCode, observedAt), value: fc.boolean() }),
  ); // prettier-ignore
  const anyFilter: fc.Arbitrary<Filter | null> = fc.option(
    fc.letrec<{ filter: Filter }>((tie) => ({
      filter: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        leaf,
        fc.record({ op: fc.constantFrom("and" as const, "or" as const), filters: fc.array(tie("filter"), { maxLength: 3 }) }),
        fc.record({ op: fc.constant("not" as const), filter: tie("filter") }),
      ),
    })).filter,
    { nil: null },
  ); // prettier-ignore
  const direction = fc.constantFrom("asc" as const, "desc" as const);
  const mixedOrder: fc.Arbitrary<readonly Order[]> = fc
    .tuple(fc.shuffledSubarray([observedAt, value, unitCode], { maxLength: 2 }), fc.array(direction, { minLength: 4, maxLength: 4 }))
    .map(([chosen, directions]) =>
      [...new Set([...chosen, entity, observedAt])].map((column, i) => ({ column, direction: directions[i] ?? "asc" })),
    ); // prettier-ignore

  const anyOrder = fc.oneof(mixedOrder, fc.constant(newest));
  /** What the latest values alone can answer, often enough. */
  const timely: fc.Arbitrary<Filter | null> = fc.oneof(
    anyFilter,
    fc.option(
      fc.record({
        op: fc.constantFrom("gt" as const, "gte" as const),
        column: fc.constant(observedAt),
        value: anyTime,
      }),
    ),
  );

  it("say what they say of rows, page after page, however much of them the broker was told", async () => {
    const source = connect(stand);
    let latest = 0;
    await fc.assert(
      fc.asyncProperty(timely, anyOrder, fc.integer({ min: 1, max: 9 }), async (filter, order, limit) => {
        const found: Row[] = [];
        for (let after: readonly Value[] | null = null; ;) {
          const rows: readonly Row[] = await source.page({ from, columns, filter, order, after, limit }, unbounded());
          found.push(...rows);
          const last = rows.at(-1);
          if (last === undefined) break;
          after = order.map((part) => reference.cell(last, part.column.name));
        }
        expect(found).toEqual(reference.list(filter, order));
        expect(await source.count({ from, filter, key: [entity, observedAt] }, unbounded())).toBe(found.length);
        latest += asked.splice(0).filter(({ lastN }) => lastN !== undefined).length;
      }),
      { numRuns: 90 },
    );
    expect(latest).toBeGreaterThan(5);
  });

  it("give each entity its first values in order, whatever the condition", async () => {
    const source = connect(stand, { form: "keyValues" });
    await fc.assert(
      fc.asyncProperty(timely, anyOrder, fc.integer({ min: 1, max: 4 }), async (filter, order, limitPerKey) => {
        const keys = ["a", "b", "c", "d"].map((name) => [urn(name)]);
        const request = { from, columns, match: [entity], keys, filter, order, after: null, limitPerKey };
        const rows = await source.byKeys(request, unbounded());
        for (const [key] of keys) {
          const own = (row: Row) => row[0] === key;
          expect(rows.filter(own)).toEqual(reference.list(filter, order).filter(own).slice(0, limitPerKey));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are told to the broker: a little more than is meant, the latest only where that says the same", async () => {
    const source = connect(stand);
    const time = (op: "gt" | "gte" | "lt" | "lte", seconds: number): Filter => ({
      op,
      column: observedAt,
      value: at(seconds),
    });
    const both: Filter = { op: "and", filters: [time("gte", -1), time("lt", 3600)] };
    const narrow = { type: "Air", attrs: "no2", limit: "1000", count: "true" };
    const since = expect.stringMatching(/^18\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const before = { timerel: "between", timeAt: since };
    const cases: readonly (readonly [() => Promise<unknown>, object])[] = [
      [() => source.page(list(), unbounded()), { timerel: "after", timeAt: since, lastN: "40" }],
      [() => source.page(list(time("gte", 0.5)), unbounded()), { timerel: "after", timeAt: "2026-11-20T11:59:59Z", lastN: "40" }],
      [() => source.page(list(both), unbounded()), { timerel: "between", timeAt: "2026-11-20T11:59:58Z", endTimeAt: "2026-11-20T13:00:01Z" }],
      [() => source.page(list(time("lte", 0)), unbounded()), { ...before, endTimeAt: "2026-11-20T12:00:01Z" }],
      // The next page: what is later than its position does not matter.
      [() => source.page(list(null, { after: [at(0), urn("a")] }), unbounded()), { ...before, endTimeAt: "2026-11-20T12:00:01Z" }],
      [() => source.page(list({ op: "eq", column: value, value: 3 }), unbounded()), { timerel: "after", timeAt: since }],
      [() => source.page(list(null, { order: newest.toReversed() }), unbounded()), { timerel: "after", timeAt: since }],
      [() => source.byKeys(ofEntities(["a", "b"]), unbounded()), { id: `${urn("a")},${urn("b")}`, timerel: "after", timeAt: since, lastN: "2" }],
      [() => source.byKeys(ofEntities(["a"], { limitPerKey: null }), unbounded()), { id: urn("a"), timerel: "after", timeAt: since }],
      [() => source.byKeys(ofEntities(["a"], { filter: both }), unbounded()), { id: urn("a"), timerel: "between", timeAt: "2026-11-20T11:59:58Z", endTimeAt: "2026-11-20T13:00:01Z" }],
    ]; // prettier-ignore
    for (const [ask] of cases) await ask();
    expect(asked).toEqual(cases.map(([, query]) => ({ ...narrow, ...query })));
    asked.splice(0);
    // Nothing is asked where there is nothing.
    expect(await source.page(list(time("lt", -1e10)), unbounded())).toEqual([]);
    expect(await source.byKeys(ofEntities([], { keys: [["no uri"]] }), unbounded())).toEqual([]);
    expect(asked).toEqual([]);
    // Without the word of the settings the broker's own order of the latest is not relied on.
    await connect(stand, { temporal: { [from]: { since: "P9999W" } } }).page(list(), unbounded());
    await connect(stand, { form: "keyValues" }).page(list(null, { columns }), unbounded());
    await connect(stand, { form: "keyValues" }).page(list(), unbounded());
    expect(asked.map(({ lastN, options }) => [lastN, options])).toEqual([
      [undefined, undefined],
      ["40", undefined],
      ["40", "temporalValues"],
    ]);
  });
});

describe("a broker that lies about time", () => {
  const stands: HttpStand[] = [];
  afterEach(() => Promise.all(stands.splice(0).map((stand) => stand.close())));

  async function answering(body: unknown, { status = 200, total = "1" } = {}): Promise<HttpStand> {
    const stand = await httpStand((_, response) => {
      const headers = {
        "content-type": "application/json",
        "ngsild-results-count": total,
        "content-range": "DateTime a-b/9",
      };
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
    stands.push(stand);
    return stand;
  }
  async function failure(promise: Promise<unknown>): Promise<SourceFailure> {
    const outcome: unknown = await promise.then(
      (rows) => `rows: ${JSON.stringify(rows)}`,
      (error: unknown) => error,
    );
    if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
    expect(`${outcome.message}${outcome.stack ?? ""}`).not.toContain(somebody);
    return outcome;
  }

  const one = (seconds: number, more: object = {}) => ({
    type: "Property",
    value: 4,
    observedAt: at(seconds),
    ...more,
  });
  const air = (name: string, ...no2: readonly unknown[]) => ({ id: urn(name), type: "Air", no2 });
  const recent: Filter = { op: "gte", column: observedAt, value: at(0) };

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ["values before the time asked for", [air("a", one(60), one(-60))], "a value of another time than asked for"],
    ["another entity", [air("b", one(60))], "an entity of another id"],
    ["another type", [{ ...air("a", one(60)), type: "Resident" }], "an entity of another type"],
    [
      "two values of one instant",
      [air("a", one(60), one(60, { value: 5 }))],
      "two values of one entity at one instant",
    ],
    ["one value twice", [air("a", one(60), one(60))], "two values of one entity at one instant"],
    ["a value without its instant", [air("a", one(60, { observedAt: undefined }))], "instant"],
    ["an instant that is none", [air("a", one(60, { observedAt: somebody }))], "instant"],
    ["an instant without its offset", [air("a", one(60, { observedAt: "2026-11-20T12:01:00" }))], "instant"],
    ["a text for a number", [air("a", one(60, { value: somebody }))], "is not Int"],
    ["bare values", [air("a", 4)], "an attribute without instances over time"],
    ["the simplified form", [{ ...air("a"), no2: { type: "Property", values: [[4, at(60)]] } }], "instant"],
    ["no list", { a: 1 }, "no list of entities"],
  ];
  it.each(wrong)("with %s is a failure", async (_, body, detail) => {
    const source = connect(await answering(body));
    const failed = await failure(source.byKeys(ofEntities(["a"], { filter: recent }), unbounded()));
    expect(failed.reason).toBe("invalid-answer");
    expect(failed.detail).toContain(detail);
  });

  const simplified: readonly (readonly [string, unknown])[] = [
    ["instances", one(60)],
    ["values without their time", { type: "Property", values: [4] }],
    ["values that are no list", { type: "Property", values: 4 }],
    ["a time that is none", { type: "Property", values: [[4, somebody]] }],
  ];
  it.each(simplified)("with %s for temporalValues is a failure", async (_, no2) => {
    const source = connect(await answering([{ id: urn("a"), type: "Air", no2 }]), { form: "keyValues" });
    expect((await failure(source.page(list(), unbounded()))).reason).toBe("invalid-answer");
  });

  it("and cuts its values (206) is a question too wide, not a part of the answer", async () => {
    const source = connect(await answering([air("a", one(60))], { status: 206 }));
    const { reason, detail, bearing } = await failure(source.page(list(), unbounded()));
    expect([reason, bearing.reach]).toEqual(["too-large", "question"]);
    expect(detail).toBe("more values over time than the broker gives at once");
    const real = await httpStand(
      contextBroker([], [], () => [
        { id: urn("a"), type: "Air", history: new Map([["no2", Array.from({ length: 1_001 }, (_, i) => one(i))]]) },
      ]),
    );
    stands.push(real);
    expect((await failure(connect(real).count({ from, filter: null }, unbounded()))).reason).toBe("too-large");
    expect(await connect(real).page(list(null, { limit: 3 }), unbounded())).toHaveLength(3);
  });

  it("or gives more values than the bound is not read on", async () => {
    const source = connect(await answering([air("a", one(1), one(2), one(3))]), { maxRows: 2 });
    expect((await failure(source.page(list(), unbounded()))).reason).toBe("too-large");
  });

  it("gives nothing older than the dataset goes back, nor is such a thing asked for", async () => {
    const hours = (count: number): string => new Date(Date.now() - count * 3_600_000).toISOString();
    // One of them so little older than the bound that the broker was asked for it too.
    const past = [47, 48 + 0.5 / 3600, 49, 50].map((count) => ({
      type: "Property",
      value: count,
      observedAt: hours(count),
    }));
    const asked: URL[] = [];
    const answer = contextBroker([], [], () => [{ id: urn("a"), type: "Air", history: new Map([["no2", past]]) }]);
    const stand = await httpStand((request, response) => {
      asked.push(new URL(request.url ?? "/", "http://broker"));
      answer(request, response);
    });
    stands.push(stand);
    const source = connect(stand, { temporal: { [from]: { since: "P1DT24H" } } });
    const older: Filter = { op: "gte", column: observedAt, value: hours(60) };
    expect((await source.page(list(older), unbounded())).map((row) => row[2])).toEqual([47]);
    expect(Date.parse(asked[0]?.searchParams.get("timeAt") ?? "")).toBeGreaterThan(Date.now() - 49 * 3_600_000);
    const before: Filter = { op: "lt", column: observedAt, value: hours(48.5) };
    expect(await source.page(list(before), unbounded())).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it("leaves out values of other sensors (datasetId), and asks for all where they took the place of the latest", async () => {
    const lasts: (string | null)[] = [];
    const stand = await httpStand((request, response) => {
      const lastN = new URL(request.url ?? "/", "http://broker").searchParams.get("lastN");
      lasts.push(lastN);
      const other = one(90, { datasetId: "urn:x:other" });
      const body = [air("a", other, ...(lastN === null ? [one(60), one(30)] : [one(60)]))];
      response.writeHead(200, { "ngsild-results-count": "1" }).end(JSON.stringify(body));
    });
    stands.push(stand);
    expect(await connect(stand).byKeys(ofEntities(["a"]), unbounded())).toEqual([
      [urn("a"), at(60), 4],
      [urn("a"), at(30), 4],
    ]);
    expect(lasts).toEqual(["2", null]);
  });

  it("says relationships, texts in languages and places as today's values are said", async () => {
    const said = [
      [{ type: "Relationship", object: "urn:x:1", observedAt: at(1) }, { type: "Relationship", objects: [["urn:x:1", at(1)]] }, "value", "String", "urn:x:1"],
      [{ type: "LanguageProperty", languageMap: { fr: "Air" }, observedAt: at(1) }, { type: "LanguageProperty", languageMaps: [[{ fr: "Air" }, at(1)]] }, "value.fr", "String", "Air"],
      [{ type: "GeoProperty", value: { type: "Point", coordinates: [3, 48] }, observedAt: at(1) }, { type: "GeoProperty", values: [[{ type: "Point", coordinates: [3, 48] }, at(1)]] }, "value.lon", "Float", 3],
      [{ type: "Property", value: "urn:ngsi-ld:null", observedAt: at(1) }, { type: "Property", values: [[null, at(1)]] }, "value", "Int", null],
    ] as const; // prettier-ignore
    for (const [normalized, keyValues, name, type, cell] of said)
      for (const [form, no2] of Object.entries({ normalized, keyValues })) {
        const stand = await answering([{ id: urn("a"), type: "Air", no2 }]);
        const source = connect(stand, { form: form as "normalized" | "keyValues" });
        const read = { columns: [entity, observedAt, { name, type }] };
        expect(await source.page(list(null, read), unbounded())).toEqual([[urn("a"), at(1), cell]]);
      }
  });

  it("is asked for no column that such values have not", async () => {
    const source = connect(await answering([]));
    for (const name of ["id", "no2", "value.", "entity.x", "observedAt.x", "secret"]) {
      const read = { columns: [entity, observedAt, { name, type: "String" as const }] };
      expect((await failure(source.page(list(null, read), unbounded()))).reason).toBe("unavailable");
    }
    expect(stands[0]?.requests).toBe(0);
  });
});
