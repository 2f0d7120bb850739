// Geometries in answers, and lists asked by place. Law 2: a refused geometry chooses no rows. Laws 5, 11: a position asked
// for is a value, and stands in no error and no entry. Law 14: rows that lie elsewhere are not believed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkedSource, type Source } from "../../src/sources/index.js";
import { createTestGateway, type Reply, type TestGateway } from "../support/test-gateway.js";
import { FileFolder } from "../sources/files-service.js";

const folder = new FileFolder();
const feature = (code: string, type: string, coordinates: unknown) => ({
  type: "Feature",
  properties: { code },
  geometry: { type, coordinates },
});
const line = [[3.3, 48.2], [3.4, 48.3]]; // prettier-ignore
folder.write("fountains.geojson", JSON.stringify({ type: "FeatureCollection", features: [
  feature("a", "Point", [3.3, 48.2]), feature("b", "Point", [3.301, 48.2]), feature("c", "Point", [3.35, 48.25]),
  { ...feature("d", "Point", []), geometry: null },
] })); // prettier-ignore
folder.write("lanes.geojson", JSON.stringify({ type: "FeatureCollection", features: [feature("l", "LineString", line)] })); // prettier-ignore

const files = folder.source();
/** Calls to the files; what a lying service would say instead. */
let asked = 0;
let lie: ((rows: Awaited<ReturnType<Source["page"]>>) => typeof rows) | null = null;
const watched: Source = {
  name: files.name,
  kind: files.kind,
  abilities: files.abilities,
  async page(request, bounds) {
    asked += 1;
    if (lie === null) return files.page(request, bounds);
    return lie(await files.page({ ...request, filter: null }, bounds));
  },
  byKeys: (request, bounds) => files.byKeys(request, bounds),
  count: (request, bounds) => files.count(request, bounds),
  describe: (from, bounds) => files.describe(from, bounds),
  close: () => files.close(),
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await createTestGateway({
    schema: `
      type Fountain @dataset(source: "files", from: "fountains.geojson", status: SHARED) @key(fields: "code") {
        code: String
        place: GeoJSON @column(name: "geometry")
      }
      type Lane @dataset(source: "files", from: "lanes.geojson", status: SHARED) @key(fields: "code") {
        code: String
        path: GeoJSON @column(name: "geometry")
      }`,
    rules: `
p, all, everything, Fountain.*, all, -, allow
p, all, everything, Lane.*, all, -, allow
p, some, little, Fountain.code, all, -, allow`,
    databases: { files: "SELECT 1" },
    agreements: {
      all: { application: "all", purpose: "everything", fields: ["Fountain.code", "Fountain.place", "Lane.code", "Lane.path"] },
      some: { application: "some", purpose: "little", fields: ["Fountain.code", "Fountain.place"] },
    },
    around: () => checkedSource(watched),
  }); // prettier-ignore
});
afterAll(async () => {
  await gateway.close();
  await files.close();
  folder.remove();
});
afterEach(() => {
  lie = null;
});

const codes = (reply: Reply): unknown => (reply.body.errors ?? []).map((error) => error.extensions["code"]);
const found = (reply: Reply): unknown =>
  (reply.body.data?.["fountains"] as { nodes: { code: string }[] } | null)?.nodes.map(({ code }) => code);
const where = `query ($where: FountainWhere) { fountains(where: $where) { nodes { code } } }`;
const ask = (place: unknown, key = "all") => gateway.ask(key, where, { where: { place } });
const area = { type: "Polygon", coordinates: [[[3.29, 48.1], [3.31, 48.1], [3.31, 48.3], [3.29, 48.3], [3.29, 48.1]]] }; // prettier-ignore

describe("geometries", () => {
  it("stand in the answer as GeoJSON, a missing one as null", async () => {
    const { body } = await gateway.ask("all", `{ fountains { totalCount nodes { place } } lanes { nodes { path } } }`);
    expect(body.errors).toBeUndefined();
    expect(body.data).toEqual({
      fountains: {
        totalCount: 4,
        nodes: [
          ...[[3.3, 48.2], [3.301, 48.2], [3.35, 48.25]].map((coordinates) => ({ place: { type: "Point", coordinates } })),
          { place: null },
        ],
      },
      lanes: { nodes: [{ path: { type: "LineString", coordinates: line } }] },
    }); // prettier-ignore
  });

  it("choose rows: near a position, within an area, by variables and by literals", async () => {
    const near = { longitude: 3.3, latitude: 48.2, maxDistance: 100 };
    expect(found(await ask({ near }))).toEqual(["a", "b"]);
    expect(found(await ask({ near: { ...near, maxDistance: 10 } }))).toEqual(["a"]);
    expect(found(await ask({ within: area }))).toEqual(["a", "b"]);
    expect(found(await gateway.ask("all", where, { where: { not: { place: { within: area } } } }))).toEqual(["c"]);
    expect(found(await ask({ isNull: true }))).toEqual(["d"]);
    const literal = `{ fountains(where: { place: { within: { type: "Polygon", coordinates: ${JSON.stringify(area.coordinates)} } } }) { totalCount nodes { code } } }`;
    const reply = await gateway.ask("all", literal);
    expect(reply.body.data).toMatchObject({ fountains: { totalCount: 2 } });
    expect(found(reply)).toEqual(["a", "b"]);
  });

  it("are named in the entry when rows are chosen by them; where one looked is not", async () => {
    await gateway.ask("all", `{ fountains(where: { place: { near: { longitude: 3.123456, latitude: 48.2, maxDistance: 4321 } } }) { nodes { code } } }`); // prettier-ignore
    const entry = JSON.stringify(await gateway.entry());
    expect(entry).toContain("Fountain.place");
    expect(entry).not.toMatch(/3\.123456|4321/);
  });
});

describe("what is refused", () => {
  it("a geometry that is not shared: before anything is read", async () => {
    const before = asked;
    for (const place of [{ near: { longitude: 3, latitude: 48, maxDistance: 1 } }, { within: area }, { isNull: true }, null])
      expect(codes(await ask(place, "some"))).toEqual(["FILTER_NOT_SHARED"]);
    expect(asked).toBe(before);
  }); // prettier-ignore

  it.each<[string, unknown]>([
    ["a longitude out of range", { near: { longitude: 181.5, latitude: 48, maxDistance: 1 } }],
    ["a latitude out of range", { near: { longitude: 3, latitude: -90.5, maxDistance: 1 } }],
    ["a distance below nothing", { near: { longitude: 3, latitude: 48, maxDistance: -1.5 } }],
    ["a distance that is none", { near: { longitude: 3, latitude: 48, maxDistance: "1.5 km" } }],
    ["no position", { near: null }],
    ["half a position", { near: { longitude: 3, maxDistance: 1 } }],
    ["a ring that is open", { within: { type: "Polygon", coordinates: [area.coordinates[0]?.slice(1)] } }],
    ["a corner out of range", { within: { type: "Polygon", coordinates: [[[181.5, 0], [1, 1], [2, 2], [181.5, 0]]] } }],
    ["a point for an area", { within: { type: "Point", coordinates: [3, 48] } }],
    ["an area of 1,001 positions", { within: { type: "Polygon", coordinates: [Array.from({ length: 1_001 }, () => [3, 48])] } }],
    ["a text for an area", { within: JSON.stringify(area) }],
    ["a comparison", { eq: area }],
  ])("%s", async (_what, place) => {
    const before = asked;
    const reply = await ask(place);
    expect([reply.status, codes(reply)]).toEqual([400, ["BAD_USER_INPUT"]]);
    expect(reply.text).not.toMatch(/181\.5|90\.5|1\.5/);
    expect(asked).toBe(before);
  }); // prettier-ignore

  // Law 13: rows are compared here, and nobody else is answered meanwhile.
  it("more places than can be compared in no time, in one condition or by many lists", async () => {
    const before = asked;
    const ring = [...Array.from({ length: 999 }, (_, i) => [3 + Math.cos(i / 200), 48 + Math.sin(i / 200)]), [4, 48]];
    const large = { type: "Polygon", coordinates: [ring] };
    const or = Array.from({ length: 6 }, () => ({ place: { within: large } }));
    const near = { place: { near: { longitude: 3, latitude: 48, maxDistance: 1 } } };
    const lists = Array.from({ length: 12 }, (_, i) => `a${String(i)}: fountains(first: ${String(i)}, where: $where) { nodes { code } }`); // prettier-ignore
    for (const reply of [
      await gateway.ask("all", where, { where: { or } }),
      await gateway.ask("all", `query ($where: FountainWhere) { ${lists.join(" ")} }`, { where: near }),
    ])
      expect([reply.status, codes(reply)]).toEqual([400, ["LIMIT_EXCEEDED"]]);
    expect(asked).toBe(before);
    const some = Array.from({ length: 50 }, () => near);
    expect(codes(await gateway.ask("all", where, { where: { or: some } }))).toEqual([]);
  });

  it("an order by a geometry, and a literal that is none", async () => {
    expect(codes(await gateway.ask("all", `{ fountains(orderBy: { field: place }) { nodes { code } } }`))).toEqual(["GRAPHQL_VALIDATION_FAILED"]); // prettier-ignore
    const reply = await gateway.ask("all", `{ fountains(where: { place: { within: { type: "Polygon", coordinates: [[181.5]] } } }) { nodes { code } } }`); // prettier-ignore
    expect([reply.status, codes(reply)]).toEqual([400, ["GRAPHQL_VALIDATION_FAILED"]]);
    expect(reply.text).not.toContain("181.5");
  });

  it("rows that lie elsewhere, and lines where points are looked for: the source is not believed", async () => {
    lie = (rows) => rows;
    const reply = await ask({ near: { longitude: 3.3, latitude: 48.2, maxDistance: 100 } });
    expect([found(reply), codes(reply)]).toEqual([undefined, ["SOURCE_UNAVAILABLE"]]);
    lie = null;
    const lanes = await gateway.ask("all", `{ lanes(where: { path: { near: { longitude: 3, latitude: 48, maxDistance: 1e7 } } }) { nodes { code } } }`); // prettier-ignore
    expect(codes(lanes)).toEqual(["SOURCE_UNAVAILABLE"]);
  });
});
