// `passerelle source check` as the integrator of a small town meets it: a database nobody prepared, three services of
// other teams, a folder of files, and each way in which one of them can be wrong.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCatalogue } from "../../src/catalogue/index.js";
import { type CheckedSource, checkSource } from "../../src/cli/check-source.js";
import { loadSettings } from "../../src/config.js";
import { startBroker } from "../../src/demo/context-broker.js";
import { startMobility } from "../../src/demo/mobility-service.js";
import { startParking } from "../../src/demo/parking-service.js";
import type { SourceSettings } from "../../src/sources/index.js";
import { httpStand, type HttpStand } from "../sources/http-stand.js";
import { type UnpreparedDatabase, unpreparedDatabase } from "../sources/unprepared-database.js";
import { type CliTown, createCliTown, tenant } from "./town.js";

let town: CliTown;
let database: UnpreparedDatabase;
let parking: Awaited<ReturnType<typeof startParking>>;
let mobility: Awaited<ReturnType<typeof startMobility>>;
let broker: Awaited<ReturnType<typeof startBroker>>;
/** Answers as the test says. */
let stand: HttpStand;
let standing: (path: string) => { status: number; headers?: Record<string, string>; body: string };

const type = (name: string, source: string, from: string, fields: string, key = "code", status = "QUALIFIED") =>
  `type ${name} @dataset(source: "${source}", from: "${from}", steward: "it@town.example", status: ${status}) @key(fields: "${key}") { ${fields} }\n`;

const sources = () => `
      films: { kind: postgres, url: env:FILMS_URL }
      parking:
        kind: rest
        url: ${parking.url}
        allowLoopback: true
        lists: { /car-parks: { items: items, omitsNull: true, page: { style: page, param: page, total: total, size: 100 } } }
      mobility:
        kind: graphql
        url: ${mobility.url}
        allowLoopback: true
        datasets: { BikeStation: { key: [code], list: { field: bikeStations, connection: relay, rows: nodes } } }
      broker: { kind: ngsi-ld, url: "${broker.url}", allowLoopback: true, tenant: rivemont, always: { Streetlight: status }, temporal: { AirQualityObserved/no2: { since: P2D } } }
      files: { kind: files, folder: files }
      other:
        kind: rest
        url: ${stand.origin}/api
        allowLoopback: true
        headers: { X-Api-Key: env:OTHER_KEY }
        lists: { /things: {} }`;

const fits =
  type(
    "Customer",
    "films",
    "public.customer",
    `number: Int @column(name: "customer_id") name: String @column(name: "first_name") balance: Float`,
    "number",
  ) +
  type("CarPark", "parking", "/car-parks", `code: String free: Int @column(name: "places.free")`) +
  type("BikeStation", "mobility", "BikeStation", `code: String lat: Float @column(name: "location.lat")`) +
  type(
    "Streetlight",
    "broker",
    "Streetlight",
    `code: String @column(name: "id") height: Int @column(name: "lanternHeight") lat: Float @column(name: "location.lat")`,
  ) +
  type(
    "AirReading",
    "broker",
    "AirQualityObserved/no2",
    "entity: String observedAt: DateTime value: Int unitCode: String",
    "entity observedAt",
  ) +
  type("School", "files", "schools.csv", `code: String name: String`);

const write = (schema: string): void => writeFileSync(join(town.folder, "schema.graphql"), schema);

beforeAll(async () => {
  [town, database, parking, mobility, broker] = await Promise.all([
    createCliTown(),
    unpreparedDatabase(),
    startParking(),
    startMobility(),
    startBroker(),
  ]);
  stand = await httpStand((request, response) => {
    const { status, headers = {}, body } = standing(request.url ?? "");
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  const settings = readFileSync(join(town.folder, "gateway.yaml"), "utf8");
  const own = settings.replace(/^ {4}sources:\n( {6}.*\n)+/m, `    sources:${sources()}\n`);
  writeFileSync(join(town.folder, "gateway.yaml"), own);
  mkdirSync(join(town.folder, "files"));
  writeFileSync(
    join(town.folder, "files", "schools.csv"),
    "code,name,pupils\nA1,Jean Zay,120\nA2,Olympe de Gouges,98\n",
  );
  write(fits);
});
afterAll(() =>
  Promise.all([parking.close(), mobility.close(), broker.close(), stand.close(), database.stop()]).then(() =>
    town.close(),
  ),
);

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  town.run(["source", "check", ...args], { env: { FILMS_URL: database.url, OTHER_KEY: "other-key-123", ...env } });

/** Every secret of this town: no output may hold one. */
const secrets = ["reader-pass", "other-key-123", "wrong-pass", "path-secret"];

interface Told {
  readonly code: number;
  readonly text: string;
}

async function check(args: readonly string[], env: Record<string, string> = {}): Promise<Told> {
  const { code, out, err } = await run(args, env);
  const text = `${out}\n${err}`;
  for (const secret of secrets) expect(text).not.toContain(secret);
  return { code, text };
}

/** The same without the command around it: gateway.yaml read by the gateway's own reader, one source checked. */
async function found(schema: string, name: string, env: Record<string, string> = {}): Promise<CheckedSource> {
  const all = { ...town.env, FILMS_URL: database.url, OTHER_KEY: "other-key-123", ...env };
  const own =
    loadSettings(town.folder, all).settings?.tenants.get(tenant)?.sources ?? new Map<string, SourceSettings>();
  const settings = own.get(name);
  if (settings === undefined) throw new Error(`no source ${name}`);
  const read = readCatalogue(schema, { file: "schema.graphql", sources: new Set(own.keys()) });
  expect(read.faults).toEqual([]);
  const checked = await checkSource({ name, settings, hindrance: null }, read.catalogue, AbortSignal.timeout(30_000));
  for (const secret of secrets) expect(JSON.stringify(checked)).not.toContain(secret);
  return checked;
}

const messages = ({ datasets, findings }: CheckedSource): string =>
  [...findings, ...datasets.flatMap((one) => one.findings)]
    .map(({ severity, message }) => `${severity}: ${message}`)
    .join("\n");

const asked = async (schema: string, args: readonly string[], env?: Record<string, string>): Promise<Told> => {
  write(schema);
  return check(args, env);
};

describe("services that are as described", () => {
  test("end with 0; every kind says what it holds, and no value of a row is shown (law 11)", async () => {
    standing = () => ({ status: 200, body: `[{"a":1}]` });
    const { code, text } = await asked(fits, []);
    expect(code).toBe(0);
    for (const line of ["Customer (public.customer, QUALIFIED): fits", "CarPark (/car-parks, QUALIFIED): fits"])
      expect(text).toContain(line);
    for (const line of ["BikeStation (BikeStation, QUALIFIED): fits", "School (schools.csv, QUALIFIED): fits"])
      expect(text).toContain(line);
    expect(text).toContain("public.customer: customer_id integer");
    expect(text).toContain("note: not in schema.graphql (new, or left out): pupils");
    // Cells of the database, the file, the car parks, the stations and the broker.
    expect(text).not.toMatch(/Marguerite|tok-778|Olympe|Jean Zay|P01|RV-0|urn:ngsi|multi-storey/);
  });

  test("--json gives the same to programs", async () => {
    write(fits);
    const { out } = await run(["films", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      sources: [
        {
          name: "films",
          kind: "postgres",
          failure: null,
          datasets: [{ dataset: "Customer", findings: [{ code: "unused-columns" }] }],
        },
      ],
    });
  });

  test("law 4: the check is on record", async () => {
    await run(["films"]);
    const { out } = await town.run(["log", "--json", "--outcome", "staff"], {
      env: { FILMS_URL: database.url, OTHER_KEY: "k" },
    });
    expect(out).toMatch(/source check/);
  });
});

describe("datasets that the service cannot answer", () => {
  const film = (fields: string, from = "public.customer") => type("Customer", "films", from, fields, "number");
  const number = `number: Int @column(name: "customer_id")`;
  test.each([
    [
      "a place that is not there",
      film(number, "public.costumer"),
      "films",
      'no "public.costumer" that can be read (did you mean "public.customer"?)',
    ],
    [
      "a place that may not be read",
      film(number, "vault.hidden_too"),
      "films",
      "the role may not read it [SQLSTATE 42501]",
    ],
    [
      "a column that is not there",
      film(`${number} name: String @column(name: "firstname")`),
      "films",
      'Customer.name: public.customer has no column "firstname" (did you mean "first_name"?)',
    ],
    ["a column that may not be read", film(`${number} token: String`), "films", 'no column "token"'],
    [
      "a column of another type",
      film(`${number} born: Boolean`),
      "films",
      'holds "born" as date, schema.graphql reads it as Boolean: write Date',
    ],
    [
      "many values in one",
      film(`${number} tags: Int`),
      "films",
      'holds "tags" as text[], schema.graphql reads it as Int: it is no single value',
    ],
    [
      "a REST list that gateway.yaml lacks",
      type("Park", "parking", "/parks", "code: String"),
      "parking",
      'gateway.yaml does not say how "/parks" is found',
    ],
    [
      "a field that rows of REST lack",
      type("Park", "parking", "/car-parks", "code: String height: Float"),
      "parking",
      'Park.height: /car-parks has no column "height"',
    ],
    [
      "a GraphQL type that gateway.yaml lacks",
      type("Station", "mobility", "Position", "lat: String", "lat"),
      "mobility",
      'gateway.yaml does not say how "Position" is found',
    ],
    [
      "a GraphQL field of another type",
      type("Station", "mobility", "BikeStation", "code: String bikes: String"),
      "mobility",
      "as Int!, schema.graphql reads it as String: write Int",
    ],
    [
      "an attribute that no entity has",
      type("Light", "broker", "Streetlight", `id_: String @column(name: "id") colour: String`, "id_"),
      "broker",
      'Streetlight has no column "colour"',
    ],
    [
      "values over time that gateway.yaml lacks",
      type("Reading", "broker", "AirQualityObserved/no3", "observedAt: DateTime", "observedAt"),
      "broker",
      'how "AirQualityObserved/no3" is found (did you mean "AirQualityObserved/no2"?): add it under `temporal` of the source.',
    ],
    [
      "values over time of another type",
      type(
        "Reading",
        "broker",
        "AirQualityObserved/no2",
        "entity: String observedAt: DateTime value: String",
        "entity",
      ),
      "broker",
      "schema.graphql reads it as String: write Int",
    ],
    [
      "a file that is not there",
      type("School", "files", "school.csv", "code: String"),
      "files",
      'no "school.csv" that can be read (did you mean "schools.csv"?)',
    ],
    [
      "a cell of a file that is of another type",
      type("School", "files", "schools.csv", "code: String name: Int"),
      "files",
      'files/schools.csv:2:4 fault: column "name" must be Int',
    ],
  ])("%s", async (_, schema, source, words) => {
    const checked = await found(schema, source);
    expect(messages(checked)).toContain(words);
    expect(checked.datasets.flatMap(({ findings }) => findings.map(({ severity }) => severity))).toContain("fault");
  });

  test("a whole number that may be too large is a warning, and ends with 0", async () => {
    const schema = type("Customer", "films", "public.customer", `${number} wide: Int`, "number");
    const text = messages(await found(schema, "films"));
    expect(text).not.toContain("fault");
    expect(text).toContain('warning: Customer.wide: public.customer holds "wide" as numeric(14,0)');
  });

  test("a role that may write is a warning", async () => {
    const text = messages(await found(fits, "films", { FILMS_URL: database.owner }));
    expect(text).not.toContain("fault");
    expect(text).toContain("warning: The role is a superuser: it may read and change everything.");
  });

  test("the transcript of docs/sources.md is what the command prints", async () => {
    const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "sources.md"), "utf8");
    const [, transcript = "none"] = /\$ npx passerelle source check films\n([^]*?)```/.exec(page) ?? [];
    write(film(`${number} name: String @column(name: "firstname")`));
    const { out, err } = await run(["films"]);
    const machine = new URL(database.url).host;
    const refusal = err.split("\n").filter((line) => line.startsWith("Cannot"));
    expect(`${out.replace(machine, "films.town.example")}${refusal.join("")}\n`).toBe(transcript);
  });

  test("the command ends with 2 and names them", async () => {
    const { code, text } = await asked(film(`${number} name: String`), ["films"]);
    expect(text).toContain("  Customer (public.customer, QUALIFIED): cannot be answered");
    expect(text).toContain("Cannot be answered as it is: Customer.");
    expect(code).toBe(2);
  });

  test("a schema.graphql with a fault is told, and the services are checked all the same", async () => {
    const { code, text } = await asked(`${fits} type Broken {`, ["films"]);
    expect(text).toMatch(/schema\.graphql:.*fault/);
    expect(text).toContain("Datasets are not checked until the file is mended.");
    expect(code).toBe(0);
  });
});

describe("services that cannot be used, each way told from the others", () => {
  const changed = (change: (url: URL) => void): Record<string, string> => {
    const url = new URL(database.url);
    change(url);
    return { FILMS_URL: url.href };
  };
  test.each([
    ["nobody listens", (url: URL) => (url.port = "1"), "unreachable", "nobody answers [ECONNREFUSED]"],
    ["a name that is not known", (url: URL) => (url.hostname = "families.invalid"), "unreachable", "(DNS)"],
    [
      "a refused user",
      (url: URL) => void ([url.username, url.password] = ["nobody_here", "wrong-pass"]),
      "refused",
      "[SQLSTATE 28",
    ],
    ["no such database", (url: URL) => (url.pathname = "/path-secret"), "wrong", "no such database [SQLSTATE 3D000]"],
  ])("PostgreSQL: %s", async (_, change, kind, words) => {
    const { failure } = await found(fits, "films", changed(change));
    expect(failure).toMatchObject({ kind, what: expect.stringContaining(words) as string });
  });

  const person = `{"message":"no access for Marguerite Dupont"}`;
  test.each([
    ["401", { status: 401, body: person }, "refused", "the credentials are refused (401) [HTTP 401]"],
    ["403", { status: 403, body: person }, "refused", "accepted, but not for this (403) [HTTP 403]"],
    [
      "404 is the list's",
      { status: 404, body: person },
      null,
      "a row cannot be read: there is nothing at this address (404)",
    ],
    ["503", { status: 503, body: person }, "unreachable", "an error of its own [HTTP 503]"],
    [
      "a redirect",
      { status: 302, headers: { location: "https://elsewhere.example/?path-secret" }, body: "" },
      "wrong",
      "a redirect",
    ],
    [
      "a web page",
      { status: 200, body: "<html>Marguerite</html>" },
      null,
      "a row cannot be read: something answers, but not JSON",
    ],
  ])("HTTP: %s", async (_, answer, kind, words) => {
    standing = () => answer;
    const checked = await found(fits + type("Thing", "other", "/things", "a: String", "a"), "other");
    expect(checked.failure?.kind ?? null).toBe(kind);
    expect(`${checked.failure?.what ?? ""}\n${messages(checked)}`).toContain(words);
    expect(JSON.stringify(checked)).not.toMatch(/Marguerite|elsewhere/);
  });

  test("the command ends with 1, says what to do, and shows no address", async () => {
    const { code, text } = await asked(
      fits,
      ["films"],
      changed((url) => (url.port = "1")),
    );
    expect(text).toContain("Reachable:  no: nobody answers [ECONNREFUSED]");
    expect(text).toContain("To do:      Check the address, that the service runs");
    expect(text).toContain("Cannot be used: films.");
    expect(code).toBe(1);
  });

  test("a demo service that is there only beside the gateway is said to be so", async () => {
    const settings = { kind: "postgres", url: "embedded:rivemont_families" } as const;
    const reached = { name: "families", settings, hindrance: "a demo service" };
    const { failure, at } = await checkSource(reached, null, AbortSignal.timeout(30_000));
    expect({ failure, at }).toMatchObject({ failure: { kind: "unreachable" }, at: "embedded:rivemont_families" });
  });

  test("a folder that is not there", async () => {
    rmSync(join(town.folder, "files"), { recursive: true });
    const { failure } = await found(fits, "files");
    expect(failure).toMatchObject({ kind: "unreachable", what: "there is no such folder [no-folder]" });
  });

  test("a name that gateway.yaml lacks ends with 2", async () => {
    const { code, text } = await check(["film"]);
    expect(code).toBe(2);
    expect(text).toContain('no source "film" (did you mean "films"?)');
  });
});
