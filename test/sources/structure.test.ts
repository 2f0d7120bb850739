// What services say of their own structure: Rivemont's, which know nothing of the gateway, and some that say little.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBroker } from "../../src/demo/context-broker.js";
import { startMobility } from "../../src/demo/mobility-service.js";
import { startParking } from "../../src/demo/parking-service.js";
import { type SourceSettings, type Structure, structureOf, type StructureTable } from "../../src/sources/index.js";

const bounds = { signal: new AbortController().signal, maxRows: 1_000 };
const townFolder = resolve(import.meta.dirname, "..", "..");
const read = (settings: SourceSettings, document?: unknown) => structureOf("one", settings, bounds, { document });

const table = ({ tables }: Structure, from: string): StructureTable => {
  const found = tables.find((one) => one.from === from);
  if (found === undefined) throw new Error(`no ${from}`);
  return found;
};
/** `code: ID! String!`, a scalar that is never null with `!`, one of which nothing is known with `?`. */
const columnsOf = (structure: Structure, from: string): readonly string[] =>
  table(structure, from).columns.map(({ name, type, scalar, nullable }) => {
    return `${name}: ${type} → ${scalar ?? "none"}${nullable === null ? "?" : nullable ? "" : "!"}`;
  });

describe("graphql", () => {
  let mobility: Awaited<ReturnType<typeof startMobility>>;
  beforeAll(async () => {
    mobility = await startMobility();
  });
  afterAll(() => mobility.close());

  test("types that can be listed or found by Federation's keys, with the settings to read them", async () => {
    const structure = await read({ kind: "graphql", url: mobility.url, datasets: {} });
    expect(structure.notes).toEqual([]);
    expect(structure.tables.map(({ from }) => from)).toEqual(["BikeStation"]);
    expect(columnsOf(structure, "BikeStation")).toEqual([
      "code: ID! → String!",
      "name: String! → String!",
      "district: Int! → Int!",
      "capacity: Int! → Int!",
      "bikes: Int! → Int!",
      "electricBikes: Int! → Int!",
      "freeDocks: Int! → Int!",
      "open: Boolean! → Boolean!",
      "reported: String → String",
      "location.lat: Float! → Float!",
      "location.lon: Float! → Float!",
    ]);
    const { key, settings, description } = table(structure, "BikeStation");
    expect({ key, settings, description }).toEqual({
      key: ["code"],
      description: "A place where bikes are taken and brought back.",
      settings: {
        datasets: {
          BikeStation: {
            key: ["code"],
            entities: true,
            list: { field: "bikeStations", keyArgument: "codes: [ID!]", connection: "relay", rows: "nodes" },
          },
        },
      },
    });
  });
});

describe("ngsi-ld", () => {
  let broker: Awaited<ReturnType<typeof startBroker>>;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.close());

  test("the broker's types, geometries, and an attribute that every entity has", async () => {
    const structure = await read({ kind: "ngsi-ld", url: broker.url, tenant: broker.tenant });
    expect(structure.tables.map(({ from }) => from)).toEqual(["AirQualityObserved", "Streetlight"]);
    expect(columnsOf(structure, "Streetlight")).toEqual([
      "id: URI → String!",
      "district: Property (integer) → Int?",
      "status: Property (string) → String?",
      "powerState: Property (string) → String?",
      "lanternHeight: Property (integer) → Int?",
      "powerConsumption: Property (number) → Float?",
      "locationCategory: Property (string) → String?",
      "location: GeoProperty (Point) → GeoJSON?",
      "refStreetlightGroup: Relationship (string) → String?",
      "dateLastLampChange: Property (string (date-time)) → DateTime",
    ]);
    expect(table(structure, "Streetlight")).toMatchObject({
      key: ["id"],
      settings: { always: { Streetlight: "district" } },
    });
  });

  test("values over time, where the settings declare them, as rows that belong to an entity", async () => {
    const temporal = { "AirQualityObserved/no2": { since: "P7D" }, "AirQualityObserved/no3": { since: "P7D" } };
    const structure = await read({ kind: "ngsi-ld", url: broker.url, tenant: broker.tenant, temporal });
    expect(columnsOf(structure, "AirQualityObserved/no2")).toEqual([
      "entity: URI → String!",
      "observedAt: DateTime → DateTime!",
      "value: Property (integer) → Int?",
      "unitCode: String → String",
    ]);
    expect(table(structure, "AirQualityObserved/no2")).toMatchObject({
      key: ["entity", "observedAt"],
      references: [{ columns: ["entity"], from: "AirQualityObserved", to: ["id"] }],
    });
    expect(structure.notes.filter((note) => note.startsWith("AirQualityObserved/no3: no entity"))).toHaveLength(1);
  });

  test("the same types are learnt from either form", async () => {
    const settings = { kind: "ngsi-ld", url: broker.url, tenant: broker.tenant } as const;
    const [normalized, keyValues] = await Promise.all([read(settings), read({ ...settings, form: "keyValues" })]);
    expect(keyValues).toEqual(normalized);
  });
});

describe("rest", () => {
  let parking: Awaited<ReturnType<typeof startParking>>;
  let document: unknown;
  beforeAll(async () => {
    parking = await startParking();
    document = await (await fetch(`${parking.url}/openapi.json`)).json();
  });
  afterAll(() => parking.close());

  const lists = {
    "/car-parks": {
      items: "items",
      filters: { district: { param: "district", style: "comma" }, code: { param: "code", style: "comma" } },
      page: { style: "page", param: "page", total: "total", sizeParam: "size", size: 100 },
      byKeys: { code: { path: "/car-parks/{code}" } },
      omitsNull: true,
    },
  } as const;

  test("an OpenAPI document gives lists, columns, conditions, pages and rows by key, without a request", async () => {
    const before = parking.requests;
    const structure = await read({ kind: "rest", url: parking.url, lists: {} }, document);
    expect(parking.requests).toBe(before);
    expect(structure.notes).toEqual([]);
    expect(columnsOf(structure, "/car-parks")).toEqual([
      "code: string → String!",
      "name: string → String!",
      "district: integer (int32) → Int!",
      "kind: string (enum) → String!",
      "places.total: integer (int32) → Int!",
      "places.free: integer (int32) → Int",
      "places.disabled: integer (int32) → Int!",
      "chargingPoints: integer (int32) → Int",
      "hourlyPrice: number (double) → Float",
      "maxHeight: number (double) → Float",
      "open24h: boolean → Boolean!",
      "location.lat: number → Float!",
      "location.lon: number → Float!",
      "countedAt: string (date-time) → DateTime",
    ]);
    expect(table(structure, "/car-parks")).toMatchObject({ key: ["code"], settings: { lists } });
  });

  test("without a document: one page of each list of the settings", async () => {
    const structure = await read({ kind: "rest", url: parking.url, lists });
    expect(columnsOf(structure, "/car-parks")).toContain("places.free: integer → Int");
    expect(columnsOf(structure, "/car-parks")).toContain("countedAt: string (date-time) → DateTime");
    expect(table(structure, "/car-parks").key).toEqual(["code"]);
    const none = await read({ kind: "rest", url: parking.url, lists: {} });
    expect(none).toEqual({ tables: [], notes: [expect.stringContaining("names no lists yet")] });
  });
});

describe("files", () => {
  test("Rivemont's CSV in the French dialect and its GeoJSON", async () => {
    const structure = await read({ kind: "files", townFolder, folder: "data", dialect: "fr" });
    expect(structure.notes).toEqual([]);
    expect(columnsOf(structure, "schools-menus.csv")).toEqual([
      "numero: whole number → Int?",
      "uai: text → String?",
      "quartier_id: whole number → Int?",
      "jour: day → Date?",
      "entree: text → String?",
      "plat: text → String?",
      "dessert: text → String?",
      "vegetarien: yes or no → Boolean?",
      "part_bio: number → Float",
      "cout: number → Float?",
    ]);
    expect(columnsOf(structure, "toilets.geojson")).toContain("geometry.lat: number → Float?");
    expect(structure.tables.map(({ key }) => key)).toEqual([["numero"], ["numero"]]);
  });

  test("what cannot be read is told at its place, without what stands there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "passerelle-structure-"));
    try {
      writeFileSync(join(folder, "no-header.csv"), "Dupont,1980-02-03,12\nDurand,1981-02-03,13\n");
      writeFileSync(join(folder, "ragged.csv"), "name,town\nDupont,Rivemont\nDurand\n");
      writeFileSync(join(folder, "notes.txt"), "Dupont");
      symlinkSync("/etc/hostname", join(folder, "out.csv"));
      writeFileSync(join(folder, "codes.csv"), "postcode,label\n01000,A\n01001,B\n");
      const structure = await read({ kind: "files", townFolder: folder, folder: "." });
      expect(structure.tables.map(({ from }) => from)).toEqual(["codes.csv"]);
      // A number that begins with a zero is a code.
      expect(columnsOf(structure, "codes.csv")).toEqual(["postcode: text → String?", "label: text → String?"]);
      expect(structure.notes).toEqual([
        "1 files are neither CSV, GeoJSON, JSON Lines nor XLSX by their name.",
        "./no-header.csv:1:1 the first line looks like data: it must name the columns, so it is not shown.",
        "./out.csv: a link that leads out of the folder is not followed.",
        "./ragged.csv:3:1 1 cells, but the first line names 2 columns",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
