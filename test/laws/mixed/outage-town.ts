// Districts and what lies in them, over five services, each a program or database of its own that can be stopped, frozen or
// spoiled while many ask.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import pg from "pg";
import { openSources, type SourceSettings } from "../../../src/sources/index.js";
import { FileFolder } from "../../sources/files-service.js";
import { createTestDatabase, type TestDatabase } from "../../support/database.js";
import { createTestGateway, type TestGateway } from "../../support/test-gateway.js";
import { Front } from "./front.js";

const root = resolve(import.meta.dirname, "../../..");

const dataset = (source: string, from: string): string =>
  `@dataset(source: "${source}", from: "${from}", open: true, licence: "etalab-2.0", status: SHARED)`;
const link = `@link(from: ["number"], to: ["district"])`;
const schema = `
type District ${dataset("territory", "public.district")} @key(fields: "number") {
  number: Int
  name: String
  branches: [Branch!] ${link}
  carParks: [CarPark!] ${link}
  bikeStations: [BikeStation!] ${link}
  streetlights: [Streetlight!] ${link}
  airQuality: [AirQuality!] ${link}
  schools: [School!] ${link}
}
type Branch ${dataset("libraries", "public.branch")} @key(fields: "code") { code: String district: Int name: String }
type CarPark ${dataset("parking", "/car-parks")} @key(fields: "code") {
  code: String district: Int name: String free: Int @column(name: "places.free")
}
type BikeStation ${dataset("mobility", "BikeStation")} @key(fields: "code") { code: String district: Int bikes: Int }
type Streetlight ${dataset("sensors", "Streetlight")} @key(fields: "urn") {
  urn: String @column(name: "id") district: Int status: String
}
type AirQuality ${dataset("sensors", "AirQualityObserved")} @key(fields: "urn") {
  urn: String @column(name: "id") district: Int no2: Float
}
type School ${dataset("files", "schools.csv")} @key(fields: "uai") { uai: String district: Int name: String }
`;

export const question = `{ districts(first: 4) { nodes { number name
  branches { nodes { name } } carParks { nodes { name free } } bikeStations { nodes { code bikes } }
  streetlights(first: 5) { nodes { urn status } } airQuality { nodes { no2 } } schools { nodes { name } } } } }`;

/** Fields of a district by the source that they lie in. */
export const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  libraries: ["branches"],
  parking: ["carParks"],
  mobility: ["bikeStations"],
  sensors: ["streetlights", "airQuality"],
  files: ["schools"],
};

const schoolsFile = `uai,district,name\n${Array.from({ length: 12 }, (_, i) => `U${i},${1 + (i % 6)},School ${i}`).join("\n")}\n`;
const rows = Array.from({ length: 6 }, (_, i) => `(${i + 1}, 'District ${i + 1}')`);
const districtSql = `CREATE TABLE district (number int PRIMARY KEY, name text); INSERT INTO district VALUES ${rows.join(", ")};`;
const branchSql = `CREATE TABLE branch (code text PRIMARY KEY, district int, name text);
  INSERT INTO branch SELECT 'B' || n, n, 'Branch ' || n FROM generate_series(1, 6) AS n;`;

/** A demo service in a process of its own, on a port that it keeps. */
class Program {
  #child: ChildProcess | null = null;
  #port = 0;
  constructor(private readonly starts: string) {}

  /** @returns its origin */
  async start(): Promise<string> {
    const [file, name] = this.starts.split("#");
    const code = `const { ${name} } = await import(${JSON.stringify(`${root}/dist/demo/${file}.js`)});
      console.log((await ${name}(${this.#port})).url);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = new URL(line.toString().trim());
    this.#port = Number(url.port);
    return url.origin;
  }
  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

export interface Outage {
  readonly what: string;
  readonly source: string;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
}

export class OutageTown {
  private constructor(
    readonly gateway: TestGateway,
    readonly outages: readonly Outage[],
    private readonly closing: () => Promise<void>,
  ) {}

  static async open(): Promise<OutageTown> {
    execFileSync(process.execPath, [resolve(root, "scripts/build.mjs")], { cwd: root, stdio: "ignore" });
    const programs = {
      parking: new Program("parking-service#startParking"),
      mobility: new Program("mobility-service#startMobility"),
      sensors: new Program("context-broker#startBroker"),
    };
    const fronts = {
      parking: await Front.open(await programs.parking.start(), "rest"),
      mobility: await Front.open(await programs.mobility.start(), "graphql"),
      sensors: await Front.open(await programs.sensors.start(), "ngsi-ld"),
    };
    const folder = new FileFolder();
    folder.write("schools.csv", schoolsFile);
    const [territory, libraries] = [await database(districtSql), await database(branchSql)];
    const settings = settingsOf(fronts, folder, { territory, libraries });
    const sources = openSources(new Map(Object.entries(settings)));
    const types = ["District", "Branch", "CarPark", "BikeStation", "Streetlight", "AirQuality", "School"];
    const gateway = await createTestGateway({
      schema,
      rules: types.map((type) => `p, *, *, ${type}.*, all, -, allow`).join("\n"),
      databases: {},
      sources,
      agreements: {},
      limits: { timeMs: 30_000 },
    });
    const names = ["parking", "mobility", "sensors"] as const;
    const outages = [
      ...names.map((name) => killed(name, programs[name])),
      ...names.map((name) => frozen(name, programs[name])),
      ...names.map((name) => spoiled(name, fronts[name])),
      ...faultyFile(folder),
      noDatabase(libraries),
    ];
    return new OutageTown(gateway, outages, async () => {
      for (const source of sources.values()) await source.close();
      await gateway.close();
      for (const front of Object.values(fronts)) await front.close();
      for (const program of Object.values(programs)) await program.kill();
      for (const one of [territory, libraries]) await one.drop();
      folder.remove();
    });
  }

  close(): Promise<void> {
    return this.closing();
  }
}

function settingsOf(
  fronts: Readonly<Record<"parking" | "mobility" | "sensors", Front>>,
  folder: FileFolder,
  databases: Readonly<Record<"territory" | "libraries", TestDatabase>>,
): Readonly<Record<string, SourceSettings>> {
  // Long, so that on a busy machine nothing fails but what is made to.
  const timeoutMs = 3_000;
  const carParks = {
    items: "items",
    filters: { district: { param: "district", style: "comma" as const } },
    page: { style: "page" as const, param: "page", sizeParam: "size", size: 100, total: "total" },
  };
  const bikeStations = { field: "bikeStations", keyArgument: "codes: [ID!]", connection: "relay" as const };
  return {
    territory: { kind: "postgres", url: databases.territory.url },
    libraries: { kind: "postgres", url: databases.libraries.url },
    parking: { kind: "rest", url: fronts.parking.origin, timeoutMs, lists: { "/car-parks": carParks } },
    mobility: {
      kind: "graphql",
      url: `${fronts.mobility.origin}/graphql`,
      timeoutMs,
      datasets: { BikeStation: { key: ["code"], entities: true, list: bikeStations } },
    },
    sensors: {
      kind: "ngsi-ld",
      url: fronts.sensors.origin,
      tenant: "rivemont",
      timeoutMs,
      always: { Streetlight: "status", AirQualityObserved: "no2" },
    },
    files: { kind: "files", townFolder: folder.town, folder: "data" },
  };
}

async function database(sql: string): Promise<TestDatabase> {
  const made = await createTestDatabase();
  await statements(made.url, sql);
  return made;
}

async function statements(url: string, ...all: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of all) await client.query(statement);
  } finally {
    await client.end();
  }
}

const killed = (source: string, program: Program): Outage => ({
  what: "killed (SIGKILL), then started again",
  source,
  begin: () => program.kill(),
  end: async () => void (await program.start()),
});
const frozen = (source: string, program: Program): Outage => ({
  what: "frozen (SIGSTOP), then let go on",
  source,
  begin: () => program.signal("SIGSTOP"),
  end: () => program.signal("SIGCONT"),
});
const spoiled = (source: string, front: Front): Outage => ({
  what: "sends half of its JSON",
  source,
  begin: () => {
    front.lie = async (exchange) => {
      const honest = await exchange.honest();
      exchange.reply({ ...honest, text: honest.text.slice(0, Math.floor(honest.text.length / 2)) });
      return true;
    };
  },
  end: () => void (front.lie = null),
});
const faultyFile = (folder: FileFolder): readonly Outage[] => [
  {
    what: "written over with a faulty content",
    source: "files",
    begin: () => folder.write("schools.csv", schoolsFile.replace(",3,", ",third,")),
    end: () => folder.write("schools.csv", schoolsFile),
  },
  {
    what: "written over by a page of HTML",
    source: "files",
    begin: () => folder.write("schools.csv", "<html>Log in</html>"),
    end: () => folder.write("schools.csv", schoolsFile),
  },
];
function noDatabase({ url }: TestDatabase): Outage {
  const { pathname } = new URL(url);
  const name = pathname.slice(1);
  const server = new URL(url);
  server.pathname = "/postgres";
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
  return {
    what: "PostgreSQL lets nobody in, connections ended",
    source: "libraries",
    begin: () => statements(server.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`, end),
    end: () => statements(server.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`),
  };
}
