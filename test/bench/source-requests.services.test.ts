// What the bench's operations ask of the town's services, counted at the services: as few as can answer. A source that is
// asked more often than it must be pays for what the gateway could have known; one that is asked by row cannot be bounded.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startService, type Running } from "../../bench/processes.js";
import { benchFields, benchQueries } from "../../bench/queries.js";
import { openStatementDoor, type StatementDoor } from "../../bench/statement-door.js";
import { schema, tenant, writeTownFolder, type AddressName } from "../../bench/town-files.js";
import { loadSettings } from "../../src/config.js";
import { openSources, type Source } from "../../src/sources/index.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { createTestGateway, type TestGateway } from "../support/test-gateway.js";

const residents = 2_400;
const civil = `
  CREATE TABLE quartiers (id int PRIMARY KEY, nom text);
  INSERT INTO quartiers SELECT n, 'q' || n FROM generate_series(1, 20) AS n;
  CREATE TABLE foyers (id int PRIMARY KEY, quotient_familial int, nb_personnes int, titulaire_id int);
  INSERT INTO foyers SELECT n, n, 2, n FROM generate_series(1, 1000) AS n;
  CREATE TABLE habitants (id int PRIMARY KEY, nom text, prenom text, date_naissance date, courriel text, adresse text,
    modifie_le timestamptz, foyer_id int);
  INSERT INTO habitants SELECT n, 'n', 'p', '2000-01-01', NULL, 'a', now(), 1 + (n - 1) % 1000 FROM generate_series(1, ${residents}) AS n;`;
const education = `
  CREATE TABLE comptes_cantine (id int PRIMARY KEY, foyer_id int, resident_id int, solde numeric(8, 2), statut text, ouvert_le date);
  INSERT INTO comptes_cantine SELECT n, 1 + (n - 1) % 1000, n, 1, 's', '2020-01-01' FROM generate_series(1, 2000) AS n;`;

async function filled(sql: string): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
  return database;
}

const folder = mkdtempSync(join(tmpdir(), "passerelle-test-bench-"));
let databases: readonly TestDatabase[];
let doors: readonly StatementDoor[];
let services: readonly Running[];
let sources: ReadonlyMap<string, Source>;
let gateway: TestGateway;
beforeAll(async () => {
  databases = await Promise.all([civil, education].map(filled));
  doors = await Promise.all(databases.map(({ url }) => openStatementDoor(url)));
  const place = { cwd: folder, env: {} };
  services = await Promise.all((["parking", "mobility"] as const).map((name) => startService(name, place)));
  const addresses: Record<AddressName, string> = {
    BENCH_CIVIL_URL: doors[0]?.url ?? "",
    BENCH_EDUCATION_URL: doors[1]?.url ?? "",
    BENCH_PARKING_URL: services[0]?.address ?? "",
    BENCH_MOBILITY_URL: `${services[1]?.address ?? ""}/graphql`,
  };
  writeTownFolder(folder, 100, 32);
  const { settings, faults } = loadSettings(folder, addresses);
  expect(faults).toEqual([]);
  sources = openSources(settings?.tenants.get(tenant)?.sources ?? new Map());
  gateway = await createTestGateway({
    ...{ schema, sources, databases: {} },
    rules: benchFields.map((field) => `p, *, *, ${field}, all, -, allow`).join("\n"),
    agreements: { asks: { application: "bench", purpose: "p1", fields: benchFields, basis: "consent" } },
  });
});
afterAll(async () => {
  await gateway.close();
  for (const source of sources.values()) await source.close();
  for (const service of services) await service.stop();
  for (const door of doors) await door.close();
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => gateway.consents.clear());

const served = (): Promise<number[]> =>
  Promise.all(services.map(async ({ address }) => Number(await (await fetch(`${address}/-/requests`)).text())));

/** What each service was asked: statements at the two databases, calls at the two services. */
async function counted(name: string): Promise<{ rows: number; asked: number[] }> {
  const query = benchQueries.find((each) => each.name === name);
  if (query === undefined) throw new Error(`there is no ${name}`);
  const { body: first } = await gateway.ask("asks", "{ residents(first: 1) { nodes { id } } }");
  const [{ id }] = (first.data?.["residents"] as { nodes: [{ id: string }] }).nodes;
  const variables = query.variables === "ids" ? { id } : query.variables === "pages" ? { after: null } : {};
  // The first time it is also learnt what the tables are.
  await gateway.ask("asks", query.text, variables);
  for (const door of doors) door.take();
  const before = await served();
  const { body } = await gateway.ask("asks", query.text, variables);
  expect(body.errors).toBeUndefined();
  const after = await served();
  const [answer] = Object.values(body.data ?? {}) as { nodes?: unknown[] }[];
  return {
    rows: answer?.nodes?.length ?? 1,
    asked: [...doors.map((door) => door.take().length), ...after.map((count, at) => count - (before[at] ?? 0))],
  };
}

/** Rows; statements at `civil` and at `education`; calls at the REST service and at the GraphQL service. */
const fewest: [name: string, rows: number, asked: number[]][] = [
  ["Q1", 1, [1, 0, 0, 0]],
  ["Q2", 100, [1, 0, 0, 0]],
  ["Q3", 50, [2, 1, 0, 0]],
  ["Q4", 20, [1, 0, 1, 1]],
  ["Q5", 1_000, [1, 0, 0, 0]],
];

describe("one operation", () => {
  it.each(fewest)("%s where all consent: %i rows, asked %j", async (name, rows, asked) => {
    consenting(1);
    expect(await counted(name)).toEqual({ rows, asked });
  });

  it.each(fewest)("%s where one in ten consents", async (name, rows, asked) => {
    consenting(10);
    expect(await counted(name)).toEqual({ rows: Math.min(rows, residents / 10), asked });
  });
});

function consenting(everyNth: number): void {
  const keys = Array.from({ length: residents }, (_, n) => n + 1).filter((n) => n % everyNth === 0);
  gateway.consents.decide(gateway.agreementOf("asks"), "resident", keys);
}
