// A town of the bench's own: its databases and services, its folder, and agreements with their keys made through the
// registry, as staff would make them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCatalogue, type Catalogue } from "../src/catalogue/index.js";
import { openTown, type Town } from "../src/cli/index.js";
import { readPolicyFolder, type VersionContent } from "../src/policy/index.js";
import { asAfterHours, asSuperuser, fillDatabases, residents } from "./databases.js";
import { cleanEnvironment } from "./environment.js";
import { fillDecisions, superuserOf } from "./fill-decisions.js";
import { startService, type Running } from "./processes.js";
import { benchFields } from "./queries.js";
import {
  applicationFor,
  otherApplications,
  people,
  poolSize,
  purposes,
  schema,
  tenant,
  writeTownFolder,
  type AddressName,
} from "./town-files.js";

export interface BenchTownOptions {
  readonly connections: number;
  readonly report: (line: string) => void;
  /** How many rules are in force; 1,000 unless set. */
  readonly rules?: number;
  /** Percent of the residents who consent, each with an agreement of its own beside the one where all do. */
  readonly shares?: readonly number[];
}

export interface BenchTown {
  readonly folder: string;
  /** The environment that the gateway and the peers are to be started with. */
  readonly env: NodeJS.ProcessEnv;
  /** Of the agreement to which all residents consent. */
  readonly key: string;
  /** By the share of residents who consent, in percent. */
  readonly keys: ReadonlyMap<number, string>;
  readonly services: { readonly parking: Running; readonly mobility: Running };
  /** A superuser's address on the PostgreSQL server that holds the databases and the store. */
  readonly superuser: string;
  /** What the folder's files hold. */
  content(): Promise<VersionContent>;
  /** Puts a version in force, as `policy apply` does after it was found without fault. */
  apply(content: VersionContent): Promise<void>;
  /** A process of the PostgreSQL server. */
  backendProcess(): Promise<number>;
  /** Entries of the log that its search index does not hold yet. */
  toIndex(): Promise<number>;
  close(): Promise<void>;
}

/** Everything that was started is stopped again where a part of it fails. */
export async function openBenchTown(options: BenchTownOptions): Promise<BenchTown> {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-bench-"));
  const closes: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const one of closes.splice(0).reverse()) await one();
  };
  try {
    return await openAt(folder, options, closes, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function openAt(
  folder: string,
  { connections, report, rules = 1_000, shares = [] }: BenchTownOptions,
  closes: (() => unknown)[],
  close: () => Promise<void>,
): Promise<BenchTown> {
  writeTownFolder(folder, rules, connections);
  const place = { cwd: folder, env: cleanEnvironment() };
  const parking = await startService("parking", place);
  closes.push(() => parking.stop());
  const mobility = await startService("mobility", place);
  closes.push(() => mobility.stop());
  // The databases' addresses are known once the server runs; what opens the town needs some that can be read.
  const none = "postgres://127.0.0.1/none";
  const addresses: Record<AddressName, string> = {
    BENCH_CIVIL_URL: none,
    BENCH_EDUCATION_URL: none,
    BENCH_PARKING_URL: parking.address,
    BENCH_MOBILITY_URL: `${mobility.address}/graphql`,
  };
  const env: NodeJS.ProcessEnv = Object.assign(place.env, addresses, {
    BENCH_POOL_SIZE: String(poolSize),
    BENCH_POLICY_FOLDER: join(folder, "policies"),
    BENCH_TENANT: tenant,
    BENCH_PURPOSE: purposes[0],
  });
  const town = await openTown({ folder, env, report });
  closes.push(() => town.close());
  const superuser = superuserOf(town);
  report("databases civil and education");
  const { civil, education, guarded, log } = await fillDatabases(superuser);
  Object.assign(env, {
    BENCH_CIVIL_URL: civil,
    BENCH_EDUCATION_URL: education,
    BENCH_GUARDED_URL: guarded,
    BENCH_LOG_URL: log,
  });
  for (const name of otherApplications(rules))
    await town.registry.createApplication({ tenant, name, title: name, contact: "service@grandville.example" });
  const keys = await signAll(town, [100, ...shares], report);
  await asAfterHours(superuser);
  return {
    ...{ folder, env, keys, superuser, close, services: { parking, mobility } },
    key: keys.get(100) ?? "",
    content: async () => {
      const { content, faults } = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant]);
      if (content === null) throw new Error(faults[0]?.message ?? "the files cannot be read");
      return content;
    },
    apply: async (content) => void (await town.policyStore.apply(content, "bench", "another version")),
    toIndex: async () => {
      const database = new URL(town.store.addresses.gateway).pathname.slice(1);
      return asSuperuser(superuser, database, async (client) => {
        const { rows } = await client.query<{ left: string }>(
          `SELECT coalesce(sum(h.size - coalesce(w.indexed, 0)), 0) AS left
             FROM access_head h LEFT JOIN access_watermark w USING (tenant)`,
        );
        return Number(rows[0]?.left ?? 0);
      });
    },
    backendProcess: async () => {
      const rows: { pid: number }[] = await town.store.gateway.query("SELECT pg_backend_pid() AS pid");
      return rows[0]?.pid ?? 0;
    },
  };
}

/** An agreement for each share, and a decision of every resident under each. */
async function signAll(
  town: Town,
  shares: readonly number[],
  report: (line: string) => void,
): Promise<Map<number, string>> {
  const { catalogue, faults } = readCatalogue(schema, {
    file: "schema.graphql",
    sources: new Set(["civil", "education", "parking", "mobility"]),
  });
  if (catalogue === null) throw new Error(faults[0]?.message ?? "the bench's schema cannot be read");
  const keys = new Map<number, string>();
  for (const share of shares) keys.set(share, await sign(town, catalogue, applicationFor(share)));
  await fillDecisions(town, { tenant, scheme: "resident", people: residents, keys }, report);
  return keys;
}

async function sign({ registry }: Town, catalogue: Catalogue, name: string): Promise<string> {
  const contact = "bench@grandville.example";
  await registry.createApplication({ tenant, name, title: "Bench", contact });
  const draft = {
    ...{ tenant, application: name, purpose: purposes[0], fields: benchFields, draftedBy: people.admin },
    ...{ basis: "consent", basisNote: "Nobody depends on it.", asked: "whole" },
    recipient: { name: "Bench", contact, role: "controller", basis: "measuring" },
    ...{ from: "2020-01-01", until: "2099-12-31" },
  };
  const { ref } = await registry.draftAgreement(draft, catalogue);
  await registry.approveAgreement(tenant, ref, { by: people.dpo });
  return (await registry.createKey(tenant, ref, "bench")).key;
}
