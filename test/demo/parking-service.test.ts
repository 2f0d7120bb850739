import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ParkingService, startParking } from "../../src/demo/parking-service.js";
import { checkedSource, type Column, type Filter } from "../../src/sources/index.js";
import { restSource } from "../../src/sources/rest/index.js";
import { unbounded } from "../sources/memory-source.js";

describe("Rivemont's car parks", () => {
  let service: ParkingService;
  beforeAll(async () => {
    service = await startParking();
  });
  afterAll(() => service.close());

  const code: Column = { name: "code", type: "String" };
  const district: Column = { name: "district", type: "Int" };
  const columns: readonly Column[] = [
    code,
    district,
    { name: "places.free", type: "Int" },
    { name: "location.lat", type: "Float" },
    { name: "countedAt", type: "DateTime" },
  ];
  const from = "/car-parks";
  const connect = () =>
    checkedSource(
      restSource({
        name: "parking",
        url: service.url,
        lists: {
          [from]: {
            items: "items",
            filters: { district: { param: "district", style: "comma" } },
            page: { style: "page", param: "page", total: "total", size: 100 },
            byKeys: { code: { path: "/car-parks/{code}" } },
          },
        },
      }),
    );
  const order = [{ column: code, direction: "asc" }] as const;

  test("are 60, the same at each start, read with one request; those of a few districts with one more", async () => {
    const source = connect();
    const before = service.requests;
    const request = { from, columns, filter: null, order, after: null, limit: 100 };
    const rows = await source.page(request, unbounded());
    expect(rows).toHaveLength(60);
    expect(service.requests).toBe(before + 1);
    const again = await startParking();
    const twin = checkedSource(restSource({ name: "p", url: again.url, lists: { [from]: { items: "items" } } }));
    expect(await twin.page(request, unbounded())).toEqual(rows);
    await again.close();

    const keys = [[3], [7], [14], [99]];
    const link = { from, columns, match: [district], keys, filter: null, order, after: null, limitPerKey: 2 };
    const found = await source.byKeys(link, unbounded());
    expect(found.map((row) => row[1])).toEqual([3, 3, 7, 7, 14, 14]);
    expect(service.requests).toBe(before + 2);
  });

  test("are found one by one, and not where there is none", async () => {
    const keys = [["P01"], ["P60"], ["P61"], ["no/../such"]];
    const link = {
      from,
      columns: [code],
      match: [code],
      keys,
      filter: null,
      order: [],
      after: null,
      limitPerKey: null,
    };
    expect(await connect().byKeys(link, unbounded())).toEqual([["P01"], ["P60"]]);
  });

  test("are described by the OpenAPI document as they are", async () => {
    const source = connect();
    const described = [...((await source.describe(from, unbounded()))?.keys() ?? [])].sort();
    const response = await fetch(`${service.url}/openapi.json`);
    const document = (await response.json()) as { components: { schemas: { CarPark: Properties } } };
    expect(leaves(document.components.schemas.CarPark).sort()).toEqual(described);
  });

  test("are not sent twice where nothing has changed", async () => {
    const address = `${service.url}/car-parks?district=1`;
    const first = await fetch(address);
    const etag = first.headers.get("etag") ?? "";
    const second = await fetch(address, { headers: { "if-none-match": etag } });
    expect([first.status, second.status, await second.text()]).toEqual([200, 304, ""]);
  });

  test("nothing else is answered", async () => {
    const status = async (path: string, method = "GET") => (await fetch(`${service.url}${path}`, { method })).status;
    expect(await Promise.all([status("/"), status("/car-parks?page=0"), status("/car-parks", "DELETE")])).toEqual([
      404, 400, 405,
    ]);
  });

  test("a filter that the service does not know is kept at hand", async () => {
    const kind: Column = { name: "kind", type: "String" };
    const filter: Filter = { op: "eq", column: kind, value: "underground" };
    const rows = await connect().page(
      { from, columns: [code, kind], filter, order, after: null, limit: 100 },
      unbounded(),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => row[1] === "underground")).toBe(true);
  });
});

interface Properties {
  readonly properties?: Readonly<Record<string, Properties>>;
}

function leaves({ properties = {} }: Properties, prefix = ""): string[] {
  return Object.entries(properties).flatMap(([name, schema]) =>
    schema.properties === undefined ? [`${prefix}${name}`] : leaves(schema, `${prefix}${name}.`),
  );
}
