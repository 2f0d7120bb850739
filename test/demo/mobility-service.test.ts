import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DemoService, startMobility } from "../../src/demo/mobility-service.js";
import { graphqlSource } from "../../src/sources/graphql/index.js";
import { checkedSource, type Column } from "../../src/sources/index.js";
import { unbounded } from "../sources/memory-source.js";

describe("Rivemont's bike stations", () => {
  let service: DemoService;
  beforeAll(async () => {
    service = await startMobility();
  });
  afterAll(() => service.close());

  const code: Column = { name: "code", type: "String" };
  const columns: readonly Column[] = [
    code,
    { name: "district", type: "Int" },
    { name: "bikes", type: "Int" },
    { name: "location.lat", type: "Float" },
    { name: "reported", type: "DateTime" },
  ];
  const connect = () =>
    checkedSource(
      graphqlSource({
        kind: "graphql",
        name: "mobility",
        url: service.url,
        datasets: {
          BikeStation: {
            key: ["code"],
            entities: true,
            list: { field: "bikeStations", keyArgument: "codes: [ID!]", connection: "relay" },
          },
        },
      }),
    );

  test("are 80, the same at each start, read with one request; by key with one more", async () => {
    const source = connect();
    const request = {
      from: "BikeStation",
      columns,
      filter: null,
      order: [{ column: code, direction: "asc" as const }],
    };
    const before = service.requests;
    const rows = await source.page({ ...request, after: null, limit: 100 }, unbounded());
    expect(rows).toHaveLength(80);
    expect(service.requests - before).toBe(1);
    expect(rows.slice(0, 2)).toMatchInlineSnapshot(`
      [
        [
          "RV-001",
          1,
          10,
          48.26967,
          null,
        ],
        [
          "RV-002",
          2,
          3,
          48.24664,
          "2026-11-22T07:44:00.000Z",
        ],
      ]
    `);
    const keys = [["RV-080"], ["RV-999"], ["RV-001"]];
    const found = await source.byKeys({ ...request, match: [code], keys, after: null, limitPerKey: 1 }, unbounded());
    expect(found).toEqual([rows[79], rows[0]]);
    expect(service.requests - before).toBe(2);
  });

  test("describe themselves, also as a Federation subgraph", async () => {
    const described = await connect().describe("BikeStation", unbounded());
    expect(Object.fromEntries(described ?? [])).toMatchObject({
      code: "ID!",
      district: "Int!",
      reported: "String",
      "location.lat": "Float!",
    });
    const answer = await fetch(service.url, {
      method: "POST",
      body: JSON.stringify({ query: "{ _service { sdl } }" }),
    });
    const { data } = (await answer.json()) as { data: { _service: { sdl: string } } };
    expect(data._service.sdl).toContain('type BikeStation @key(fields: "code")');
  });
});
