// Brokers asked by place: what is sent, and what becomes of brokers that understand something else. Law 14.
import { afterEach, describe, expect, it } from "vitest";
import { contextBroker } from "../../src/demo/context-broker.js";
import { checkedSource, type Column, type Filter, SourceFailure } from "../../src/sources/index.js";
import { type NgsiLdSettings, ngsiLdSource } from "../../src/sources/ngsi-ld/index.js";
import { type HttpStand, httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";

const name: Column = { name: "name", type: "String" };
const location: Column = { name: "location", type: "GeoJSON" };
const lamp = (id: string, longitude: number, latitude: number, more: object = {}) => ({
  id: `urn:ngsi-ld:Lamp:${id}`,
  type: "Lamp",
  name: { type: "Property", value: id },
  location: { type: "GeoProperty", value: { type: "Point", coordinates: [longitude, latitude] } },
  ...more,
});
const lamps = [
  lamp("a", 3.3, 48.2),
  lamp("b", 3.3, 48.2089),
  lamp("c", 3.3, 48.21),
  lamp("far", 3.9, 48.9, {
    power: { type: "Property", value: 40, unitCode: "WTT", observedAt: "2026-11-22T08:00:00Z" },
  }),
];

const near = (maxDistance: number): Filter => ({ op: "near", column: location, position: [3.3, 48.2], maxDistance });
const within: Filter = {
  op: "within",
  column: location,
  area: { type: "Polygon", coordinates: [[[3.2, 48.1], [3.4, 48.1], [3.4, 48.205], [3.2, 48.205], [3.2, 48.1]]] },
}; // prettier-ignore

describe("a context broker asked by place", () => {
  const stands: HttpStand[] = [];
  afterEach(() => Promise.all(stands.splice(0).map((stand) => stand.close())));

  /** `understands`: what the broker takes the query for. */
  async function broker(
    understands = (query: URLSearchParams): void => void query,
    more: Partial<NgsiLdSettings> = {},
  ) {
    const asked: URLSearchParams[] = [];
    const answer = contextBroker(lamps);
    const stand = await httpStand((request, response) => {
      const url = new URL(request.url ?? "/", "http://broker");
      asked.push(new URLSearchParams(url.search));
      understands(url.searchParams);
      request.url = `${url.pathname}${url.search}`;
      answer(request, response);
    });
    stands.push(stand);
    const source = checkedSource(
      ngsiLdSource({ name: "lamps", kind: "ngsi-ld", url: stand.origin, always: { Lamp: "name" }, ...more }),
    );
    const list = async (filter: Filter | null, columns: readonly Column[] = [name]) =>
      source.page(
        { from: "Lamp", columns, filter, order: [{ column: name, direction: "asc" }], after: null, limit: 9 },
        unbounded(),
      );
    return { list, asked, source };
  }

  it("is asked for a circle a little wider than is needed, and the rest is done here", async () => {
    const { list, asked } = await broker();
    // The broker's own sphere is larger: to it, b lies beyond 990 m.
    expect(await list(near(990))).toEqual([["a"], ["b"]]);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      ...{ georel: "near;maxDistance==1001", geometry: "Point", coordinates: "[3.3,48.2]", geoproperty: "location" },
    });
    expect(await list(within)).toEqual([["a"]]);
    expect(asked[1]?.get("georel")).toMatch(/^near;maxDistance==\d+$/);
    expect(asked).toHaveLength(2);
  });

  it("is asked by the smallest of several circles, by none where any row may matter, never together with ids", async () => {
    const { list, asked } = await broker();
    await list({ op: "and", filters: [near(5_000), near(100), { op: "eq", column: name, value: "a" }] });
    expect(asked[0]?.get("georel")).toBe("near;maxDistance==102");
    expect(asked[0]?.get("q")).toBe(`name=="a"`);
    await list({ op: "or", filters: [near(100), { op: "eq", column: name, value: "far" }] });
    await list({ op: "not", filter: near(100) });
    await list({ op: "and", filters: [near(100), { op: "eq", column: { name: "id", type: "String" }, value: "urn:ngsi-ld:Lamp:a" }] }); // prettier-ignore
    expect(asked.slice(1).map((query) => query.get("georel"))).toEqual([null, null, null]);
  });

  it("is not told a distance beyond the other side of the earth: 1e+300 is no number to every broker", async () => {
    const { list, asked } = await broker();
    expect(await list(near(1e300))).toHaveLength(4);
    expect(asked.map((query) => query.get("georel"))).toEqual([null]);
  });

  it("counts by place", async () => {
    const { source } = await broker();
    expect(await source.count({ from: "Lamp", filter: near(990) }, unbounded())).toBe(2);
  });

  it.each<[string, (query: URLSearchParams) => void]>([
    ["passes over what it is asked", (query) => ["georel", "geometry", "coordinates"].forEach((part) => query.delete(part))],
    ["turns latitude and longitude round", (query) => query.set("coordinates", "[3.9,48.9]")],
    ["takes metres for kilometres", (query) => query.set("georel", "near;maxDistance==1001000")],
  ])("is not believed when it %s", async (_what, understands) => {
    const { list } = await broker(understands);
    await expect(list(near(990))).rejects.toThrow(SourceFailure);
    await expect(list(near(990))).rejects.toThrow(/geoQueries: false/);
  }); // prettier-ignore

  it("is not asked by place where the settings say that it cannot be", async () => {
    const { list, asked } = await broker(undefined, { geoQueries: false });
    expect(await list(near(990))).toEqual([["a"], ["b"]]);
    expect(asked.map((query) => query.get("georel"))).toEqual([null]);
  });

  it.each(["normalized", "keyValues"] as const)("tells when and in which unit something was measured: %s", async (form) => {
    const { list, asked } = await broker(undefined, { form });
    const columns: readonly Column[] = [
      name,
      { name: "power", type: "Int" },
      { name: "power.observedAt", type: "DateTime" },
      { name: "power.unitCode", type: "String" },
    ];
    expect((await list(null, columns)).slice(2)).toEqual([
      ["c", null, null, null],
      ["far", 40, "2026-11-22T08:00:00.000Z", "WTT"],
    ]);
    const since: Filter = { op: "gte", column: { name: "power.observedAt", type: "DateTime" }, value: "2026-11-22T08:00:00.000Z" }; // prettier-ignore
    expect(await list(since)).toEqual([["far"]]);
    // keyValues would not tell; only then is another form asked for.
    expect(asked.map((query) => query.get("options"))).toEqual([null, null]);
    await list(null);
    expect(asked[2]?.get("options")).toBe(form === "keyValues" ? "keyValues" : null);
  }); // prettier-ignore
});
