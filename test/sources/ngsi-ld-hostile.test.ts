// NGSI-LD brokers that lie, break or mean harm; what they are asked; and what their two forms mean.
import { afterEach, describe, expect, it } from "vitest";
import { contextBroker } from "../../src/demo/context-broker.js";
import { checkedSource, type Column, type Filter, type Source, SourceFailure } from "../../src/sources/index.js";
import { type NgsiLdSettings, ngsiLdSource } from "../../src/sources/ngsi-ld/index.js";
import { hostileAnswers, somebody } from "./hostile-answers.js";
import { type HttpStand, httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";

const id: Column = { name: "id", type: "String" };
const no2: Column = { name: "no2", type: "Int" };
const level: Column = { name: "level", type: "String" };

const urn = (name: string): string => `urn:ngsi-ld:Air:${name}`;
const air = (name: string, more: object = {}) => ({
  id: urn(name),
  type: "Air",
  no2: { type: "Property", value: 40 },
  ...more,
});

describe("a context broker", () => {
  const stands: HttpStand[] = [];
  afterEach(() => Promise.all(stands.splice(0).map((stand) => stand.close())));

  const connect = (stand: HttpStand, more: Partial<NgsiLdSettings> = {}): Source =>
    checkedSource(
      ngsiLdSource({
        name: "broker",
        kind: "ngsi-ld",
        url: stand.origin,
        always: { Air: "no2" },
        timeoutMs: 5_000,
        maxBytes: 1_000_000,
        maxRows: 50,
        pageSize: 2,
        ...more,
      }),
    );

  async function answering(
    answer: (query: URLSearchParams, turn: number) => { total?: number | string | undefined; body: unknown },
  ) {
    const asked: Record<string, string>[] = [];
    const stand = await httpStand((request, response) => {
      const query = new URL(request.url ?? "/", "http://broker").searchParams;
      asked.push(Object.fromEntries(query));
      const { total, body } = answer(query, asked.length);
      const count = total ?? (Array.isArray(body) ? body.length : 0);
      response
        .writeHead(200, { "content-type": "application/json", "ngsild-results-count": String(count) })
        .end(JSON.stringify(body));
    });
    stands.push(stand);
    return { stand, asked };
  }

  const page = (source: Source, columns: readonly Column[] = [id, no2], filter: Filter | null = null) =>
    source.page(
      { from: "Air", columns, filter, order: [{ column: id, direction: "asc" }], after: null, limit: 40 },
      unbounded(),
    );
  const byIds = (source: Source, ...ids: readonly string[]) =>
    source.byKeys(
      {
        from: "Air",
        columns: [id, no2],
        match: [id],
        keys: ids.map((one) => [one]),
        filter: null,
        order: [],
        after: null,
        limitPerKey: null,
      },
      unbounded(),
    );

  async function failure(promise: Promise<unknown>): Promise<SourceFailure> {
    const outcome: unknown = await promise.then(
      (rows) => `rows: ${JSON.stringify(rows)}`,
      (error: unknown) => error,
    );
    if (!(outcome instanceof SourceFailure)) throw new Error(`expected a SourceFailure, got ${String(outcome)}`);
    expect(`${outcome.message}${outcome.stack ?? ""}`).not.toContain(somebody);
    return outcome;
  }

  it.each(hostileAnswers)("that answers $title is a failure", async ({ answer, reason }) => {
    const stand = await httpStand(answer);
    stands.push(stand);
    const source = connect(stand, { timeoutMs: reason === "timeout" ? 500 : 5_000 });
    expect((await failure(page(source))).reason).toBe(reason);
    expect(stand.requests).toBe(1);
  });

  const wrong: readonly (readonly [string, unknown, (number | string)?])[] = [
    ["an entity of another type", [air("a", { type: "Resident" })]],
    ["an entity without type", [{ ...air("a"), type: undefined }]],
    ["an entity without id", [{ ...air("a"), id: 4 }]],
    ["an entity that comes twice", [air("a"), air("a")]],
    ["a null for an entity", [null]],
    ["more entities than the page", [air("a"), air("b"), air("c")]],
    ["fewer entities than told, then none", [], 5],
    ["more entities than told", [air("a"), air("b")], 1],
    ["no count", [air("a")], ""],
    ["a count that is none", [air("a")], "1e0"],
    ["an object for a list", { 0: air("a") }, 1],
    ["keyValues for normalized", [air("a", { no2: 40 })]],
    ["an attribute of no kind", [air("a", { no2: { value: 40 } })]],
    ["an attribute of an unknown kind", [air("a", { no2: { type: "Secret", value: 40 } })]],
    ["a property that has no value", [air("a", { no2: { type: "Property", object: 40 } })]],
    ["a text for a number", [air("a", { no2: { type: "Property", value: "40" } })]],
    ["a list for a number", [air("a", { no2: { type: "Property", value: [40] } })]],
    ["instances, none of them the usual", [air("a", { no2: [{ type: "Property", value: 1, datasetId: "urn:x:1" }] })]],
  ];
  it.each(wrong.map(([name, body, total]) => ({ name, body, total })))(
    "that answers $name is a failure",
    async ({ body, total }) => {
      const { stand } = await answering(() => ({ total, body }));
      expect((await failure(page(connect(stand)))).reason).toBe("invalid-answer");
    },
  );

  it("is read page after page; a number of entities that changes meanwhile is a failure", async () => {
    const all = ["c", "a", "b"].map((name) => air(name));
    const paged = (query: URLSearchParams) => all.slice(Number(query.get("offset") ?? 0)).slice(0, 2);
    const sound = await answering((query) => ({ total: 3, body: paged(query) }));
    expect(await page(connect(sound.stand))).toEqual(["a", "b", "c"].map((name) => [urn(name), 40]));
    expect(sound.asked).toEqual([
      { type: "Air", attrs: "no2", limit: "2", count: "true" },
      { type: "Air", attrs: "no2", limit: "2", offset: "2", count: "true" },
    ]);
    // One that went moved the others: the second page would skip one, and end where it should.
    const changing = await answering((query, turn) => ({ total: 5 - turn, body: paged(query) }));
    expect((await failure(page(connect(changing.stand)))).reason).toBe("invalid-answer");
    // Pages that overlap.
    const shifting = await answering((_, turn) => ({ total: 4, body: turn === 1 ? all.slice(0, 2) : all.slice(1) }));
    expect((await failure(page(connect(shifting.stand)))).reason).toBe("invalid-answer");
  });

  it("that has more than the bound is not read to the end", async () => {
    const { stand, asked } = await answering(() => ({ total: 51, body: [air("a"), air("b")] }));
    expect((await failure(page(connect(stand)))).reason).toBe("too-large");
    expect(asked).toHaveLength(1);
    const count = connect(stand).count({ from: "Air", filter: null }, unbounded());
    expect((await failure(count)).reason).toBe("too-large");
  });

  it("that ignores `q` widens nothing", async () => {
    const { stand, asked } = await answering(() => ({
      body: [air("a"), air("b", { no2: { type: "Property", value: 9 } })],
    }));
    const filter: Filter = { op: "gt", column: no2, value: 20 };
    expect(await page(connect(stand), [id], filter)).toEqual([[urn("a")]]);
    expect(asked[0]).toMatchObject({ q: "no2>20", attrs: "no2" });
  });

  it("is asked by ids in lists that fit an address; another id than asked is a failure", async () => {
    const { stand, asked } = await answering((query) => ({
      body: (query.get("id") ?? "").split(",").map((one) => ({ ...air(""), id: one })),
    }));
    const ids = [urn("a"), "no uri", urn("b"), urn("long".repeat(500)), urn("c")];
    const rows = await byIds(connect(stand, { pageSize: 10 }), ...ids);
    expect(rows.map((row) => row[0])).toEqual(ids.filter((one) => one !== "no uri"));
    expect(asked.map((query) => query["id"])).toEqual([`${urn("a")},${urn("b")}`, ids[3], urn("c")]);
    const lying = await answering(() => ({ body: [air("b")] }));
    expect((await failure(byIds(connect(lying.stand), urn("a")))).reason).toBe("invalid-answer");
    expect(await byIds(connect(stand), "not a uri", "")).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it("is told its tenant, its context and our headers", async () => {
    const seen: unknown[] = [];
    const stand = await httpStand((request, response) => {
      const { "ngsild-tenant": tenant, link, authorization } = request.headers;
      seen.push({ path: request.url?.split("?")[0], tenant, link, authorization });
      response.writeHead(200, { "ngsild-results-count": "0" }).end("[]");
    });
    stands.push(stand);
    const more = {
      tenant: "town",
      context: "https://town.example/context.jsonld",
      headers: { authorization: "Bearer x" },
    };
    expect(await page(connect(stand, { url: `${stand.origin}/broker`, ...more }))).toEqual([]);
    expect(seen).toEqual([
      {
        path: "/broker/ngsi-ld/v1/entities",
        tenant: "town",
        link: '<https://town.example/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
        authorization: "Bearer x",
      },
    ]);
  });

  it("leaves out entities without the attributes asked for: that is seen, never taken for the whole list", async () => {
    const stand = await httpStand(
      contextBroker(
        [air("a"), air("b", { level: { type: "Property", value: "good" } }), air("c", { no2: undefined })].map((one) =>
          JSON.parse(JSON.stringify(one)),
        ),
      ),
    );
    stands.push(stand);
    const unsure = connect(stand, { always: {} });
    expect((await failure(page(unsure, [id, level]))).reason).toBe("invalid-answer");
    expect((await failure(page(unsure, [id]))).reason).toBe("unavailable");
    expect(await unsure.count({ from: "Air", filter: null }, unbounded())).toBe(3);
    expect(await page(unsure, [id, level, no2], { op: "eq", column: level, value: "good" })).toEqual([
      [urn("b"), "good", 40],
    ]);
    const mistaken = connect(stand, { always: { Air: "level" } });
    expect((await failure(page(mistaken, [id, no2]))).reason).toBe("invalid-answer");
  });

  it("is asked nothing that no attribute or type could be named", async () => {
    const { stand, asked } = await answering(() => ({ body: [] }));
    const source = connect(stand);
    for (const name of ["", "no2,secret", "no2&type=Resident", "no2..x", " no2", "@context", "no2;secret"]) {
      expect((await failure(page(source, [id, { name, type: "Int" }]))).reason).toBe("unavailable");
    }
    const others = { columns: [id], filter: null, order: [], after: null, limit: 1 };
    for (const from of ["", "Air,Resident", "Air;Resident", "(Air|Resident)", "Air\0"])
      expect((await failure(source.page({ from, ...others }, unbounded()))).reason).toBe("unavailable");
    expect(asked).toEqual([]);
  });

  it("is told a filter as `q` only where both say the same", async () => {
    const { stand, asked } = await answering(() => ({ body: [] }));
    const source = connect(stand);
    const flag: Column = { name: "flag", type: "Boolean" };
    const day: Column = { name: "day", type: "Date" };
    const deep: Column = { name: "address.city", type: "String" };
    const eq = (column: Column, value: string | number | boolean): Filter => ({ op: "eq", column, value });
    const cases: readonly (readonly [Filter, string | undefined])[] = [
      [eq(level, "Les Quais"), 'level=="Les Quais"'],
      [eq(level, "Pré-Fleuri"), 'level=="Pré-Fleuri"'],
      [eq(level, 'x";no2>0'), undefined],
      [eq(level, "x\\"), undefined],
      [eq(level, "L'Île"), undefined],
      [eq(level, "a;b"), undefined],
      [eq(level, "a|b"), undefined],
      [eq(level, ""), undefined],
      [eq(level, " a"), undefined],
      [eq(level, "e\u0301"), undefined],
      [eq(level, "2026-11-22"), undefined],
      [eq(level, urn("a")), undefined],
      [{ op: "lt", column: level, value: "m" }, undefined],
      [{ op: "startsWith", column: level, value: "m" }, undefined],
      [eq(day, "2026-11-22"), undefined],
      [eq(deep, "Rivemont"), undefined],
      [eq(flag, true), "flag==true"],
      [{ op: "ne", column: no2, value: 3 }, "no2!=3"],
      [{ op: "lte", column: { name: "t", type: "Float" }, value: -1.5 }, "t<=-1.5"],
      [{ op: "lt", column: { name: "t", type: "Float" }, value: 1e-7 }, undefined],
      [{ op: "in", column: no2, values: [1, 2] }, "(no2==1|no2==2)"],
      [{ op: "in", column: level, values: ["a", 'b"'] }, undefined],
      [{ op: "isNull", column: level, value: false }, "level"],
      [{ op: "isNull", column: level, value: true }, undefined],
      [{ op: "not", filter: eq(no2, 1) }, undefined],
      [{ op: "and", filters: [eq(no2, 1), eq(deep, "x"), eq(flag, false)] }, "(no2==1;flag==false)"],
      [{ op: "or", filters: [eq(no2, 1), eq(deep, "x")] }, undefined],
      [{ op: "or", filters: [eq(no2, 1), { op: "and", filters: [eq(no2, 2), eq(flag, true)] }] }, "(no2==1|(no2==2;flag==true))"],
      [{ op: "or", filters: [] }, undefined],
    ]; // prettier-ignore
    for (const [filter] of cases) await page(source, [id, no2], filter);
    expect(asked.map(({ q }) => q)).toEqual(cases.map(([, q]) => q));
  });

  const columns: readonly Column[] = [
    id,
    { name: "location.lon", type: "Float" },
    { name: "location.lat", type: "Float" },
    { name: "changed", type: "DateTime" },
    { name: "group", type: "String" },
    { name: "info.cityName", type: "String" },
    { name: "info.ward", type: "Int" },
    { name: "name.fr", type: "String" },
    { name: "gone", type: "String" },
  ];
  const lamp = { id: urn("a"), type: "Air" };
  const point = { type: "Point", coordinates: [3.3, 48.2] };
  const written = { "@type": "DateTime", "@value": "2021-01-11T15:51:02+05:30" };
  const forms: Readonly<Record<"normalized" | "keyValues", object>> = {
    normalized: {
      ...lamp,
      location: { type: "GeoProperty", value: point },
      changed: { type: "Property", value: written },
      group: { type: "Relationship", object: urn("group") },
      info: { type: "Property", value: { cityName: "Rivemont" }, ward: { type: "Property", value: 4 } },
      name: [
        { type: "LanguageProperty", languageMap: { fr: "Air" } },
        { type: "LanguageProperty", languageMap: { fr: "Autre" }, datasetId: "urn:x:other" },
      ],
      gone: { type: "Property", value: "urn:ngsi-ld:null" },
    },
    keyValues: {
      ...lamp,
      location: point,
      changed: "2021-01-11T10:21:02Z",
      group: urn("group"),
      info: { cityName: "Rivemont" },
      name: { languageMap: { fr: "Air" } },
    },
  };
  it.each(["normalized", "keyValues"] as const)("says the same in %s form", async (form) => {
    const always = { Air: "group" };
    const { stand, asked } = await answering(() => ({ body: [forms[form]] }));
    expect(await page(connect(stand, { form, always }), columns)).toEqual([
      [urn("a"), 3.3, 48.2, "2021-01-11T10:21:02.000Z", urn("group"), "Rivemont", null, "Air", null],
    ]);
    expect(asked[0]?.["options"]).toBe(form === "keyValues" ? "keyValues" : undefined);
    const other = await answering(() => ({ body: [forms[form === "keyValues" ? "normalized" : "keyValues"]] }));
    expect((await failure(page(connect(other.stand, { form, always }), columns))).reason).toBe("invalid-answer");
  });
});
