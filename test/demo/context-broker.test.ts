import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DemoBroker, startBroker } from "../../src/demo/context-broker.js";
import { checkedSource, type Column, SourceFailure } from "../../src/sources/index.js";
import { ngsiLdSource } from "../../src/sources/ngsi-ld/index.js";
import { unbounded } from "../sources/memory-source.js";

describe("Rivemont's context broker", () => {
  let broker: DemoBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.close());

  const id: Column = { name: "id", type: "String" };
  const district: Column = { name: "district", type: "Int" };
  const connect = (tenant = broker.tenant) =>
    checkedSource(
      ngsiLdSource({
        kind: "ngsi-ld",
        name: "broker",
        url: broker.url,
        tenant,
        always: { Streetlight: "status", AirQualityObserved: "no2" },
      }),
    );
  const list = (from: string, columns: readonly Column[]) => ({
    from,
    columns,
    filter: null,
    order: [{ column: id, direction: "asc" as const }],
    after: null,
  });

  test("knows 420 street lights, those of some districts read with one request", async () => {
    const source = connect();
    expect(await source.count({ from: "Streetlight", filter: null }, unbounded())).toBe(420);
    const columns: readonly Column[] = [
      id,
      district,
      { name: "powerState", type: "String" },
      { name: "location.lon", type: "Float" },
      { name: "refStreetlightGroup", type: "String" },
      { name: "dateLastLampChange", type: "DateTime" },
    ];
    const before = broker.requests;
    const keys = [[3], [13]];
    const request = { ...list("Streetlight", columns), match: [district], keys, limitPerKey: 2 };
    expect(await source.byKeys(request, unbounded())).toMatchInlineSnapshot(`
      [
        [
          "urn:ngsi-ld:Streetlight:rivemont:03-001",
          3,
          "on",
          3.28825,
          "urn:ngsi-ld:StreetlightGroup:rivemont:03-1",
          "2020-10-26T00:00:00.000Z",
        ],
        [
          "urn:ngsi-ld:Streetlight:rivemont:03-002",
          3,
          "on",
          3.35618,
          "urn:ngsi-ld:StreetlightGroup:rivemont:03-2",
          "2023-04-06T00:00:00.000Z",
        ],
        [
          "urn:ngsi-ld:Streetlight:rivemont:13-001",
          13,
          "on",
          3.34323,
          "urn:ngsi-ld:StreetlightGroup:rivemont:13-1",
          "2022-05-02T00:00:00.000Z",
        ],
        [
          "urn:ngsi-ld:Streetlight:rivemont:13-002",
          13,
          "on",
          3.29921,
          "urn:ngsi-ld:StreetlightGroup:rivemont:13-2",
          "2020-08-08T00:00:00.000Z",
        ],
      ]
    `);
    expect(broker.requests - before).toBe(1);
    const all = await source.page({ ...list("Streetlight", columns), limit: 1_000 }, unbounded());
    expect(all).toHaveLength(420);
    expect(broker.requests - before).toBe(2);
    expect(all.some((row) => row.at(-1) === null)).toBe(true);
  });

  test("knows the air of 12 places, and says what it knows of it", async () => {
    const source = connect();
    const columns: readonly Column[] = [id, { name: "no2", type: "Int" }, { name: "o3", type: "Int" }];
    const rows = await source.page({ ...list("AirQualityObserved", columns), limit: 50 }, unbounded());
    expect(rows).toHaveLength(12);
    expect(rows.filter((row) => row[2] === null)).toHaveLength(2);
    const described = await source.describe("AirQualityObserved", unbounded());
    expect(Object.fromEntries(described ?? [])).toMatchObject({
      id: "URI",
      "location.lat": "GeoProperty",
      refDevice: "Relationship",
      no2: "Property",
    });
    expect(await source.describe("Nothing", unbounded())).toBeNull();
  });

  test("knows what is near, farther away, and within an area", async () => {
    const place = "geometry=Point&coordinates=[3.31,48.24]";
    const area = "geometry=Polygon&coordinates=[[[3.3,48.22],[3.33,48.22],[3.33,48.25],[3.3,48.25],[3.3,48.22]]]";
    const ids = async (query: string) => {
      const answer = await fetch(`${broker.url}/ngsi-ld/v1/entities?type=Streetlight&limit=1000&${query}`, {
        headers: { "ngsild-tenant": broker.tenant },
      });
      return ((await answer.json()) as { id: string }[]).map((entity) => entity.id);
    };
    const [close, away] = await Promise.all([
      ids(`georel=near;maxDistance==800&${place}`),
      ids(`georel=near;minDistance==800&${place}`),
    ]);
    expect(close.length).toBeGreaterThan(0);
    expect(close.length + away.length).toBe(420);
    const within = await ids(`georel=within&${area}`);
    expect(within.length).toBeGreaterThan(0);
    expect(await ids(`georel=intersects&${area}&geoproperty=location`)).toEqual(within);
    const streetlights = connect();
    const column: Column = { name: "location", type: "GeoJSON" };
    const found = await streetlights.page(
      {
        ...list("Streetlight", [id]),
        filter: { op: "near", column, position: [3.31, 48.24], maxDistance: 800 },
        limit: 500,
      },
      unbounded(),
    );
    expect(found.flat()).toEqual(expect.arrayContaining(close));
  });

  test("is closed to another tenant", async () => {
    await expect(connect("elsewhere").count({ from: "Streetlight", filter: null }, unbounded())).rejects.toThrow(
      SourceFailure,
    );
  });

  test("answers what it cannot read with an error, not with everything", async () => {
    for (const query of [
      "type=Streetlight&q=status==",
      "type=Streetlight&q=(a",
      "",
      "type=Streetlight&limit=1001",
      "type=Streetlight&georel=near;maxDistance==10",
      "type=Streetlight&georel=near&geometry=Point&coordinates=[3,48]",
      "type=Streetlight&georel=beside&geometry=Polygon&coordinates=[[[3,48]]]",
    ]) {
      const answer = await fetch(`${broker.url}/ngsi-ld/v1/entities?${query}`, {
        headers: { "ngsild-tenant": broker.tenant },
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ status: 400 });
    }
  });
});
