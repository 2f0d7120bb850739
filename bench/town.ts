// A town of the bench's own: a copy of this repository's town folder with one more rule file, and an agreement with its
// key made through the registry, as staff would make it. The rest of the demo's rules stay.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { readCatalogue } from "../src/catalogue/index.js";
import { openTown, type Town } from "../src/cli/index.js";
import { buildRivemont } from "../src/demo/index.js";
import { readPolicyFolder, type VersionContent } from "../src/policy/index.js";
import type { TenantName } from "../src/terms/index.js";
import { benchFields } from "./queries.js";

const home = fileURLToPath(new URL("../", import.meta.url));
const tenant = "rivemont" as TenantName;
const application = "bench";
const purpose = "school-meals";

export interface BenchTown {
  readonly folder: string;
  /** The environment that the gateway is to be started with. */
  readonly env: NodeJS.ProcessEnv;
  readonly key: string;
  /** Database name → address with the demo's read-only role: both servers read with it. */
  readonly databases: ReadonlyMap<string, string>;
  /** Connections to each database that the bench's requests can hold, the same for both servers. */
  readonly poolSize: number;
  /** What the folder's files hold. */
  content(): Promise<VersionContent>;
  /** Puts a version in force, as `policy apply` does after it was found without fault. */
  apply(content: VersionContent): Promise<void>;
  /** A process of the PostgreSQL server. */
  backendProcess(): Promise<number>;
  close(): Promise<void>;
}

const poolSize = 8;

export async function openBenchTown(connections: number, report: (line: string) => void): Promise<BenchTown> {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-bench-"));
  try {
    writeFolder(folder, connections);
    const env = cleanEnvironment();
    const town = await openTown({ folder, env, report });
    try {
      return await furnish(town, folder, env, report);
    } catch (error) {
      await town.close();
      throw error;
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function writeFolder(folder: string, connections: number): void {
  // PostgreSQL runs as another user where we are root: it must reach its data here, so that nothing is left elsewhere.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, ".passerelle"), { mode: 0o755 });
  for (const name of ["schema.graphql", "policies", "data"])
    cpSync(join(home, name), join(folder, name), { recursive: true });
  const rules = benchFields.map((field) => `p, ${application}, ${purpose}, ${field}, all, -, allow\n`);
  writeFileSync(join(folder, "policies", tenant, "bench.csv"), `# The bench's own application.\n${rules.join("")}`);
  const settings = parseDocument(readFileSync(join(home, "gateway.yaml"), "utf8"));
  // Neither places in the queue nor connections nor the rate shall be what is measured: one agreement asks for all.
  settings.setIn(["limits", "inFlight"], 2 * Math.max(64, connections));
  settings.setIn(["limits", "queued"], 4 * Math.max(64, connections));
  settings.setIn(["limits", "keyPerMinute"], 10_000_000);
  // The figures of `extensions.cost` keep their length, for answers are compared by theirs.
  for (const name of ["perOperation", "maximumAvailable", "restoreRate"])
    settings.setIn(["limits", "cost", name], 999_999_999);
  // One connection of each source is kept free for other agreements.
  for (const source of ["families", "education"])
    settings.setIn(["tenants", tenant, "sources", source, "poolSize"], poolSize + 1);
  writeFileSync(join(folder, "gateway.yaml"), settings.toString());
}

/** Without what the reader's own shell may hold for another town. NODE_ENV as in production, for both servers. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(DATABASE_|PASSERELLE_|APOLLO_|PG)/.test(name));
  return { ...Object.fromEntries(others), NODE_ENV: "production", HOST: "127.0.0.1", PORT: "0" };
}

async function furnish(
  town: Town,
  folder: string,
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<BenchTown> {
  const superuserUrl = town.store.superuser;
  if (superuserUrl === null) throw new Error("the bench needs the embedded PostgreSQL");
  const { databases } = await buildRivemont({ superuserUrl, report });
  const key = await signAgreement(town);
  return {
    folder,
    env,
    key,
    databases,
    poolSize,
    content: async () => {
      const { content, faults } = await readPolicyFolder(folder, tenant, "schema.graphql", [tenant]);
      if (content === null) throw new Error(faults[0]?.message ?? "the files cannot be read");
      return content;
    },
    apply: async (content) => void (await town.policyStore.apply(content, "bench", "another version")),
    backendProcess: async () => {
      const rows: { pid: number }[] = await town.store.gateway.query("SELECT pg_backend_pid() AS pid");
      return rows[0]?.pid ?? 0;
    },
    close: async () => {
      await town.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function signAgreement({ registry, settings }: Town): Promise<string> {
  const terms = settings.tenants.get(tenant);
  const personWith = (role: "admin" | "dpo"): string =>
    terms?.people.find(({ roles }) => roles.includes(role))?.email ?? "";
  const sdl = readFileSync(join(settings.folder, "schema.graphql"), "utf8");
  const sources = new Set(terms?.sources.keys() ?? []);
  const { catalogue, faults } = readCatalogue(sdl, { file: "schema.graphql", sources });
  if (catalogue === null) throw new Error(faults[0]?.message ?? "schema.graphql cannot be read");
  await registry.createApplication({ tenant, name: application, title: "Bench", contact: "bench@rivemont.example" });
  const draft = {
    ...{ tenant, application, purpose, fields: benchFields, basis: "public-task", draftedBy: personWith("admin") },
    recipient: { name: "Bench", contact: "bench@rivemont.example", role: "processor", basis: "measuring" },
    ...{ from: "2020-01-01", until: "2099-12-31" },
  };
  const { ref } = await registry.draftAgreement(draft, catalogue);
  await registry.approveAgreement(tenant, ref, { by: personWith("dpo") });
  return (await registry.createKey(tenant, ref, "bench")).key;
}
