// `map` on real services: the demo's, and two databases that nobody prepared, in the shape of the Chinook and Pagila
// samples with what real ones gather.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCatalogue } from "../../../src/catalogue/index.js";
import { propose, type Proposal } from "../../../src/cli/map/propose.js";
import { parkingDocument } from "../../../src/demo/parking-openapi.js";
import { startBroker } from "../../../src/demo/context-broker.js";
import { startMobility } from "../../../src/demo/mobility-service.js";
import { structureOf, type SourceSettings } from "../../../src/sources/index.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { createCliTown, type CliTown } from "../town.js";
import { chinook, pagila } from "./unprepared.js";

const bounds = { signal: AbortSignal.timeout(60_000), maxRows: 10_000 };

/** From nothing, loaded as the gateway would load it. */
async function mapped(settings: SourceSettings, document?: unknown): Promise<Proposal> {
  const structure = await structureOf("s", settings, bounds, document === undefined ? {} : { document });
  const options = { file: "schema.graphql", source: "s", sources: new Set(["s"]), wanted: () => true };
  const proposal = propose("", structure, options);
  if (!("sdl" in proposal)) throw new Error("faults");
  expect(proposal.faults).toEqual([]);
  const { catalogue } = readCatalogue(proposal.sdl, options);
  expect([...(catalogue?.datasets.values() ?? [])].every(({ status }) => status === "QUALIFIED")).toBe(true);
  expect(propose(proposal.sdl, structure, options)).toMatchObject({ sdl: proposal.sdl });
  return proposal;
}

const summary = ({ newTypes, counts, notes }: Proposal) => ({ types: newTypes.length, ...counts, notes: notes.length });

describe("databases that nobody prepared", () => {
  const databases: TestDatabase[] = [];
  afterAll(() => Promise.all(databases.map((database) => database.drop())));

  async function mapOf(statements: string): Promise<Proposal> {
    const database = await createTestDatabase();
    databases.push(database);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(statements);
    await client.end();
    return mapped({ kind: "postgres", url: database.url });
  }

  it("in Chinook's shape", async () => {
    const proposal = await mapOf(chinook);
    expect(summary(proposal)).toMatchInlineSnapshot(`
      {
        "fields": 64,
        "guessed": 0,
        "links": 22,
        "notes": 0,
        "personal": 22,
        "types": 11,
      }
    `);
    expect(proposal.sdl).toContain('supportRep: Employee @link(from: ["supportRepId"], to: ["employeeId"])');
  });

  it("in Pagila's shape", async () => {
    const proposal = await mapOf(pagila);
    expect(summary(proposal)).toMatchInlineSnapshot(`
      {
        "fields": 80,
        "guessed": 0,
        "links": 42,
        "notes": 1,
        "personal": 18,
        "types": 17,
      }
    `);
    expect(proposal.sdl).toContain('  # left out: "fulltext": tsvector cannot be read as one value');
    expect(proposal.notes).toMatchInlineSnapshot(`
      [
        "public.film_list is not proposed: it names no key, and none of its columns looks like one: a row needs one.",
      ]
    `);
  });
});

describe("the demo's services", () => {
  it("mobility: what its settings lack is proposed with it", async () => {
    const service = await startMobility();
    try {
      const settings = { kind: "graphql", url: service.url, allowLoopback: true, datasets: {} } as const;
      const proposal = await mapped(settings);
      expect(summary(proposal)).toMatchInlineSnapshot(`
        {
          "fields": 11,
          "guessed": 0,
          "links": 0,
          "notes": 0,
          "personal": 0,
          "types": 1,
        }
      `);
      expect([...proposal.settings.values()]).toMatchInlineSnapshot(`
        [
          {
            "datasets": {
              "BikeStation": {
                "entities": true,
                "key": [
                  "code",
                ],
                "list": {
                  "connection": "relay",
                  "field": "bikeStations",
                  "keyArgument": "codes: [ID!]",
                  "rows": "nodes",
                },
              },
            },
          },
        ]
      `);
    } finally {
      await service.close();
    }
  });

  it("the broker's street lights and air quality", async () => {
    const service = await startBroker();
    try {
      expect(summary(await mapped({ kind: "ngsi-ld", url: service.url, tenant: "rivemont" }))).toMatchInlineSnapshot(`
        {
          "fields": 21,
          "guessed": 0,
          "links": 0,
          "notes": 1,
          "personal": 0,
          "types": 2,
        }
      `);
    } finally {
      await service.close();
    }
  });

  it("parking, from its OpenAPI document", async () => {
    const settings = { kind: "rest", url: "http://127.0.0.1:1", allowLoopback: true, lists: {} } as const;
    const proposal = await mapped(settings, parkingDocument(100));
    expect(summary(proposal)).toMatchInlineSnapshot(`
      {
        "fields": 14,
        "guessed": 0,
        "links": 0,
        "notes": 0,
        "personal": 0,
        "types": 1,
      }
    `);
    expect(proposal.sdl).toContain('placesFree: Int @column(name: "places.free")');
  });

  it("files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "passerelle-map-"));
    cpSync(join(import.meta.dirname, "../../../data"), join(folder, "data"), { recursive: true });
    try {
      const proposal = await mapped({ kind: "files", folder: "data", townFolder: folder, dialect: "fr" });
      expect(summary(proposal)).toMatchInlineSnapshot(`
        {
          "fields": 23,
          "guessed": 0,
          "links": 0,
          "notes": 0,
          "personal": 0,
          "types": 2,
        }
      `);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the command", () => {
  let town: CliTown;
  let database: TestDatabase;
  const schema = () => readFileSync(join(town.folder, "schema.graphql"), "utf8");
  beforeAll(async () => {
    [town, database] = await Promise.all([createCliTown(), createTestDatabase()]);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("CREATE TABLE piscines (id int PRIMARY KEY, nom text, quartier_id int)");
    await client.end();
  });
  afterAll(async () => {
    await Promise.all([town.close(), database.drop()]);
  });
  const map = (...args: string[]) => town.run(["map", ...args], { env: { SERVICES_URL: database.url } });

  it("shows what it would write, and writes nothing where nobody is there to say yes", async () => {
    const before = schema();
    const { code, out, err } = await map("families");
    expect(code).toBe(0);
    expect(out).toContain('+type Piscine\n+  @dataset(source: "families", from: "public.piscines", status: QUALIFIED)');
    expect(out).toContain("1 new type, 1 type with more, 2 fields (0 marked personal");
    expect(out).toContain("Nothing was written: there is nobody to ask. Add --yes to write.");
    expect(err).toContain("Resident: the service has no public.residents. The type stays in the file.");
    expect((await map("families", "--dry-run")).out).toContain("Nothing was written (--dry-run).");
    expect(schema()).toBe(before);
  });

  it("writes after --yes, and has nothing to say the second time", async () => {
    const { code, out } = await map("families", "--only", "public.p*", "--yes");
    expect([code, out]).toEqual([
      0,
      expect.stringContaining("schema.graphql is written. Next: npx passerelle policy check"),
    ]);
    expect(schema()).toContain('  # piscines: [Piscine!] @link(from: ["number"], to: ["quartier_id"])');
    expect((await map("families")).out).toBe("Nothing new: schema.graphql knows all that families shows.\n");
    expect((await town.run(["policy", "check"])).out).not.toContain("schema.graphql:");
    const { out: log } = await town.run(["log", "--outcome", "staff", "--json"]);
    expect(log).toContain('"command":"map"');
  });

  it("says what is wrong with how it is asked, or with the file", async () => {
    expect((await map("familes")).err).toContain('gateway.yaml has no source "familes" (did you mean "families"?)');
    expect((await map("families", "--from", "x.json")).err).toContain("--from is for services of kind rest");
    expect((await map("families", "--yes", "--dry-run")).err).toContain("give one of them");
    expect((await map("families", "--only", "nothing")).out).toContain("--only fits none of what families has");
    expect(await town.run(["map", "families"])).toMatchObject({ code: 1, out: "" });
    const before = schema();
    writeFileSync(join(town.folder, "schema.graphql"), `${before}\ntype X { a: Int }\n`);
    expect(await map("families", "--yes")).toMatchObject({ code: 2, out: "" });
    writeFileSync(join(town.folder, "schema.graphql"), Buffer.from([0x23, 0xe9, 0x0a]));
    expect((await map("families", "--yes")).err).toContain("is not UTF-8");
    writeFileSync(join(town.folder, "schema.graphql"), before);
  });
});
