// One query over Rivemont's services of five kinds, with the settings, rules and agreement of the town folder itself. What
// each service is asked is counted where it arrives: at its own door.
import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStatementDoor, type StatementDoor } from "../../bench/statement-door.js";
import { loadSettings } from "../../src/config.js";
import { airHistory } from "../../src/demo/air-history.js";
import { rivemontEntities } from "../../src/demo/city-entities.js";
import { contextBroker } from "../../src/demo/context-broker.js";
import { demoAgreements, demoQueries } from "../../src/demo/index.js";
import { startMobility } from "../../src/demo/mobility-service.js";
import { startParking } from "../../src/demo/parking-service.js";
import { districts } from "../../src/demo/town.js";
import { openSources, type Source } from "../../src/sources/index.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { rivemontSchema } from "../support/rivemont.js";
import { createTestGateway, type Reply, type TestGateway } from "../support/test-gateway.js";

const root = resolve(import.meta.dirname, "../..");
const rulesOf = (file: string): string => readFileSync(resolve(root, "policies/rivemont", file), "utf8");

async function districtsDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("CREATE TABLE public.quartiers (id int PRIMARY KEY, nom text, superficie_km2 numeric(6,2))");
  const rows = districts.map(({ id, name, area }) => ({ id, nom: name, superficie_km2: area }));
  await client.query("INSERT INTO public.quartiers SELECT * FROM json_populate_recordset(NULL::public.quartiers, $1)", [
    JSON.stringify(rows),
  ]);
  await client.end();
  return database;
}

const asked: { readonly broker: URL[] } = { broker: [] };
let parking: Awaited<ReturnType<typeof startParking>>;
let mobility: Awaited<ReturnType<typeof startMobility>>;
let broker: Server;
let door: StatementDoor;
let database: TestDatabase;
let sources: ReadonlyMap<string, Source>;
let gateway: TestGateway;

/** The sources of gateway.yaml, at the addresses of today. */
function townSources(addresses: Readonly<Record<string, string>>): ReadonlyMap<string, Source> {
  const { settings, faults } = loadSettings(root, {});
  expect(faults).toEqual([]);
  const [tenant] = settings?.tenants.values() ?? [];
  const others = [...(tenant?.sources ?? [])].flatMap(([name, source]) => {
    if (source.kind === "postgres") return [];
    return [[name, source.kind === "files" ? source : { ...source, url: addresses[source.url] ?? "" }] as const];
  });
  return openSources(new Map(others));
}

beforeAll(async () => {
  [parking, mobility, database] = await Promise.all([startParking(), startMobility(), districtsDatabase()]);
  const entities = rivemontEntities();
  const answer = contextBroker(entities, ["rivemont"], () => airHistory(entities, Date.now()));
  broker = createHttpServer((request, response) => {
    asked.broker.push(new URL(request.url ?? "", "http://broker.invalid"));
    answer(request, response);
  });
  broker.listen(0, "127.0.0.1");
  await once(broker, "listening");
  door = await openStatementDoor(database.url);
  sources = townSources({
    "demo:parking": parking.url,
    "demo:mobility": mobility.url,
    "demo:broker": `http://127.0.0.1:${String((broker.address() as AddressInfo).port)}`,
  });
  const agreement = demoAgreements("2026-11-22").find(({ application }) => application.name === "parkeasy");
  gateway = await createTestGateway({
    schema: rivemontSchema(),
    rules: rulesOf("mobility.csv") + rulesOf("open-data.csv"),
    databases: {},
    addresses: { families: door.url, education: database.url, territory: database.url },
    sources,
    agreements: { parkeasy: { application: "parkeasy", purpose: "mobility", fields: agreement?.fields ?? [] } },
  });
});
afterAll(async () => {
  await gateway.close();
  for (const source of sources.values()) await source.close();
  await Promise.all([parking.close(), mobility.close()]);
  broker.close();
  broker.closeAllConnections();
  await door.close();
  await database.drop();
});

/** What the services were asked meanwhile. */
async function counting<T>(work: () => Promise<T>) {
  const before = [parking.requests, mobility.requests] as const;
  door.take();
  asked.broker.length = 0;
  const result = await work();
  const counts = {
    statements: door.take().length,
    rest: parking.requests - before[0],
    graphql: mobility.requests - before[1],
    broker: asked.broker.map((url) => url.searchParams.get("type")).sort(),
  };
  return { result, counts };
}

const query = `{
  districts(first: 14) {
    nodes {
      number
      carParks(first: 10) { nodes { name freePlaces } }
      bikeStations(first: 10) { nodes { name bikes } }
      streetlights(first: 30) { nodes { powerState } }
      airQuality(first: 5) { nodes { level no2 } }
      schoolMenus(first: 10) { nodes { day mainDish } }
      publicToilets(first: 5) { nodes { address } }
    }
  }
}`;

interface DistrictAnswer {
  readonly number: number;
  readonly [link: string]: unknown;
}
const districtsOf = ({ body }: Reply) => (body.data?.["districts"] as { nodes: DistrictAnswer[] }).nodes;
const nodesOf = (district: DistrictAnswer | undefined, link: string) =>
  (district?.[link] as { nodes: Record<string, unknown>[] } | undefined)?.nodes ?? [];

describe("one query over five kinds of services", () => {
  it("is one statement, one REST call, one GraphQL call, and one broker call for each type", async () => {
    // The first request also learns what the table is.
    await gateway.ask("parkeasy", "{ districts(first: 1) { nodes { number } } }");
    const { result, counts } = await counting(() => gateway.ask("parkeasy", query));
    expect(result.body.errors).toBeUndefined();
    expect(counts).toEqual({
      statements: 1,
      rest: 1,
      graphql: 1,
      broker: ["AirQualityObserved", "Streetlight"],
    });
    const found = districtsOf(result);
    expect(found.map(({ number }) => number)).toEqual(districts.map(({ id }) => id));
    const links = ["carParks", "bikeStations", "streetlights", "airQuality", "schoolMenus", "publicToilets"];
    const rows = links.map((link) => found.reduce((sum, district) => sum + nodesOf(district, link).length, 0));
    expect(rows).toEqual([60, 80, 420, 12, 108, 20]);
  });

  it("gives each district what the services themselves say of it", async () => {
    const found = districtsOf(await gateway.ask("parkeasy", query));
    for (const { id } of districts) {
      const own = found.find(({ number }) => number === id);
      const listed = (await (await fetch(`${parking.url}/car-parks?district=${String(id)}`)).json()) as {
        items: { name: string; places: { free: number | null } }[];
      };
      expect(nodesOf(own, "carParks")).toEqual(
        listed.items.map(({ name, places }) => ({ name, freePlaces: places.free })),
      );
      const air = rivemontEntities().filter((each) => {
        const { value } = (each["district"] ?? {}) as { value?: unknown };
        return each.type === "AirQualityObserved" && value === id;
      });
      expect(nodesOf(own, "airQuality").map(({ no2 }) => no2)).toEqual(
        air.map((each) => (each["no2"] as { value: number }).value),
      );
    }
  });

  it("stands on record: what left, by which rule; what was refused was never asked for (laws 2, 5, 8)", async () => {
    const example = demoQueries.find(({ application }) => application === "parkeasy")?.query ?? "";
    const { result, counts } = await counting(() => gateway.ask("parkeasy", example));
    expect(counts).toEqual({ statements: 1, rest: 1, graphql: 1, broker: ["AirQualityObserved", "Streetlight"] });
    expect(result.body.errors?.map(({ extensions }) => [extensions["code"], extensions["coordinate"]])).toEqual([
      ["FIELD_NOT_SHARED", "Streetlight.powerConsumption"],
    ]);
    const attributes = asked.broker.map((url) => url.searchParams.get("attrs")).join();
    expect(attributes).toContain("powerState");
    expect(attributes).not.toContain("powerConsumption");
    const { body } = await gateway.entry();
    expect(body.refused.map((each) => each.coordinate)).toEqual(["Streetlight.powerConsumption"]);
    expect(body.rows).toEqual([
      { dataset: "AirQualityObserved", rows: 2 },
      { dataset: "BikeStation", rows: 2 },
      { dataset: "CarPark", rows: 4 },
      { dataset: "District", rows: 2 },
      { dataset: "SchoolMenu", rows: 2 },
      { dataset: "Streetlight", rows: 2 },
    ]);
    expect(body.sources).toEqual([]);
    const rules = rulesOf("mobility.csv").split("\n");
    for (const { coordinate, rule } of body.fields) {
      const line = Number(/:(\d+)$/.exec(rule)?.[1]);
      expect(rules[line - 1]).toContain(`${coordinate},`);
    }
    expect(body.fields.map(({ coordinate, cells }) => `${coordinate} ${String(cells)}`)).toContain(
      "CarPark.freePlaces 4",
    );
  });

  it("goes on where one service is away: its fields are null, the entry names it", async () => {
    await parking.close();
    const { body } = await gateway.ask("parkeasy", query);
    expect(body.errors?.map(({ extensions }) => extensions["code"])).toEqual(["SOURCE_UNAVAILABLE"]);
    const nodes = (body.data?.["districts"] as { nodes: DistrictAnswer[] }).nodes;
    expect(nodes.every(({ carParks }) => carParks === null)).toBe(true);
    expect(nodes.reduce((sum, district) => sum + nodesOf(district, "streetlights").length, 0)).toBe(420);
    expect((await gateway.entry()).body.sources).toEqual([{ source: "parking", reason: "unavailable" }]);
    parking = await startParking(Number(new URL(parking.url).port));
  });

  it("without a key reaches what is open, and neither street lights nor districts", async () => {
    const { body } = await gateway.ask(
      null,
      `{ bikeStations(first: 2) { nodes { name districtNumber district { name } } } schoolMenus(first: 1) { nodes { mainDish } }
         streetlights(first: 1) { nodes { powerState } } }`,
    );
    expect(body.data).toMatchObject({
      bikeStations: { nodes: [{ districtNumber: 1 }, { districtNumber: 2 }] },
      schoolMenus: { nodes: [{ mainDish: expect.any(String) as string }] },
    });
    expect(JSON.stringify(body.data)).not.toMatch(/powerState":"|district":\{"name":"/);
    const coordinates = new Set(body.errors?.map(({ extensions }) => extensions["coordinate"]));
    expect(coordinates).toEqual(new Set(["BikeStation.district", "Query.streetlights"]));
  });
});

describe("what the stations measured over time", () => {
  const hour = 3_600_000;
  const instant = (hoursAgo: number): string =>
    new Date((Math.floor(Date.now() / hour) - hoursAgo) * hour).toISOString();
  interface Readings {
    readonly nodes: { observedAt: string; no2: number }[];
    readonly pageInfo: { hasNextPage: boolean; endCursor: string };
  }
  const readingsIn = ({ body }: Reply): readonly Readings[] => {
    const { nodes } = body.data?.["airQualities"] as { nodes: { readings: Readings }[] };
    return nodes.map(({ readings }) => readings);
  };
  const stations = (args: string): string =>
    `{ airQualities(first: 3) { nodes { station readings(${args}) { nodes { observedAt no2 } pageInfo { hasNextPage endCursor } } } } }`;
  const latest = "orderBy: [{ field: observedAt, direction: DESC }]";
  const temporal = (): readonly URL[] => asked.broker.filter(({ pathname }) => pathname.endsWith("/temporal/entities"));

  it("comes as bounded lists of each station: one call for all of them, and on record", async () => {
    const { result } = await counting(() => gateway.ask("parkeasy", stations(`first: 24, ${latest}`)));
    expect(result.body.errors).toBeUndefined();
    expect(asked.broker).toHaveLength(2);
    expect(temporal().map(({ searchParams }) => searchParams.get("lastN"))).toEqual(["25"]);
    expect(temporal()[0]?.searchParams.get("id")?.split(",")).toHaveLength(3);
    for (const { nodes, pageInfo } of readingsIn(result)) {
      const times = nodes.map(({ observedAt }) => Date.parse(observedAt));
      expect(times).toEqual(times.map((_, i) => (times[0] ?? 0) - i * hour));
      expect([nodes.length, pageInfo.hasNextPage]).toEqual([24, true]);
    }
    expect((await gateway.entry()).body.rows).toEqual([
      { dataset: "AirQualityObserved", rows: 3 },
      { dataset: "AirQualityReading", rows: 72 },
    ]);
  });

  it("is asked by time, and goes on page after page", async () => {
    const where = `where: { observedAt: { gte: "${instant(48)}", lt: "${instant(24)}" } }`;
    const { result } = await counting(() => gateway.ask(null, stations(`first: 15, ${where}, ${latest}`)));
    expect(result.body.errors).toBeUndefined();
    const [query] = temporal().map(({ searchParams }) => Object.fromEntries(searchParams));
    expect([query?.["timerel"], query?.["lastN"]]).toEqual(["between", undefined]);
    const [first] = readingsIn(result);
    const after = `after: "${first?.pageInfo.endCursor ?? ""}"`;
    const [rest] = readingsIn(await gateway.ask(null, stations(`first: 15, ${where}, ${latest}, ${after}`)));
    expect(rest?.pageInfo.hasNextPage).toBe(false);
    const found = [...(first?.nodes ?? []), ...(rest?.nodes ?? [])].map(({ observedAt }) => observedAt);
    expect(found).toEqual(Array.from({ length: 24 }, (_, i) => instant(25 + i)));
  });

  it("has a reading by its id, for as long as the dataset goes back, and for this agreement alone (law 9)", async () => {
    const { body } = await gateway.ask(
      null,
      `{ airQualityReadings(first: 1, ${latest}) { totalCount nodes { id no2 } } }`,
    );
    const { totalCount, nodes } = body.data?.["airQualityReadings"] as { totalCount: number; nodes: { id: string }[] };
    // Seven days of twelve stations; one hour more or less, by when in the hour it is.
    expect([7 * 24 * 12, 7 * 24 * 12 + 12]).toContain(totalCount);
    const one = `{ airQualityReading(id: "${nodes[0]?.id ?? ""}") { id no2 } }`;
    expect((await gateway.ask(null, one)).body.data).toEqual({ airQualityReading: nodes[0] });
    expect((await gateway.ask("parkeasy", one)).body.errors?.[0]?.extensions["code"]).toBe("INVALID_ID");
  });

  it("is not chosen by what is refused (law 2): the broker is not asked", async () => {
    const refused = stations(`first: 1, where: { stationUrn: { eq: "urn:ngsi-ld:AirQualityObserved:rivemont:01" } }`);
    const { result } = await counting(() => gateway.ask("parkeasy", refused));
    expect(result.body.errors?.map(({ extensions }) => extensions["code"])).toEqual(["FILTER_NOT_SHARED"]);
    expect(asked.broker).toEqual([]);
  });
});
