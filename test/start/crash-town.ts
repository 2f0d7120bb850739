// A town whose gateways and PostgreSQL can be killed at any moment: both in processes of their own, what is committed on
// disk (fsync), the addresses the same after each start.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { modelText } from "../../src/policy/index.js";
import { startEmbedded, type EmbeddedPostgres } from "../../src/store/embedded-postgres.js";
import { run, type Told } from "./service-town.js";

const root = resolve(import.meta.dirname, "../..");

const schema = `
type Bench @dataset(source: "files", from: "benches.csv", many: "benches", steward: "s@valmont.example", status: SHARED, open: true, licence: "etalab-2.0")
  @key(fields: "number") {
  number: Int
  street: String
}
`;
const yaml = `
limits: { openPerMinute: 1000000, keyPerMinute: 1000000, cost: { maximumAvailable: 1000000000, restoreRate: 1000000000 } }
tenants:
  valmont:
    displayName: Ville de Valmont
    contact: donnees@valmont.example
    sources:
      files: { kind: files, folder: data, dialect: fr }
`;

export interface Node {
  readonly address: string;
  /** SIGKILL, and its end. */
  kill(): Promise<void>;
  /** Until it listens. */
  start(): Promise<void>;
}

export interface CrashTown {
  readonly folder: string;
  readonly nodes: readonly Node[];
  /** Of PostgreSQL's superuser. */
  superuser(): string;
  /** SIGKILL of PostgreSQL's every process, and its start. */
  killDatabase(): Promise<void>;
  /** `passerelle …` in the town folder. */
  passerelle(...args: string[]): Promise<Told>;
  close(): Promise<void>;
}

export async function startCrashTown(howMany: number): Promise<CrashTown> {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-crash-"));
  chmodSync(folder, 0o755);
  writeTown(folder);
  const dir = join(folder, "postgres");
  mkdirSync(dir, { mode: 0o755 });
  let server = await startEmbedded({ dir, durable: true });
  const url = server.url;
  const env = { DATABASE_URL: url, PASSERELLE_MODE: "development" };
  const nodes: Node[] = [];
  for (let i = 0; i < howMany; i++) nodes.push(node(folder, env, await freePort()));
  for (const each of nodes) await each.start();
  return {
    folder,
    nodes,
    superuser: () => url,
    killDatabase: async () => {
      server = await killAndStart(server, dir);
      if (server.url !== url) throw new Error("PostgreSQL came back at another address");
    },
    passerelle: (...args) => run(folder, env, args),
    close: async () => {
      await Promise.all(nodes.map((each) => each.kill()));
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeTown(folder: string): void {
  mkdirSync(join(folder, "policies/valmont"), { recursive: true });
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "gateway.yaml"), yaml);
  writeFileSync(join(folder, "schema.graphql"), schema);
  writeFileSync(join(folder, "policies/model.conf"), modelText);
  writeFileSync(join(folder, "policies/valmont/rules.csv"), "p, *, *, Bench.*, all, -, allow\n");
  writeFileSync(join(folder, "data/benches.csv"), "number;street\n1;rue Haute\n2;rue Basse\n");
}

function node(folder: string, env: Record<string, string>, port: number): Node {
  let child: ChildProcess | null = null;
  return {
    address: `http://127.0.0.1:${port}`,
    async kill() {
      const dying = child;
      child = null;
      if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return;
      const ended = once(dying, "exit");
      dying.kill("SIGKILL");
      await ended;
    },
    async start() {
      const started = spawn(process.execPath, ["--enable-source-maps", join(root, "dist/main.js")], {
        cwd: folder,
        env: { ...process.env, ...env, PORT: String(port), PASSERELLE_OPERATIONS_PORT: "0", NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      child = started;
      let shown = "";
      await new Promise<void>((ready, failed) => {
        for (const stream of [started.stdout, started.stderr])
          stream.on("data", (text: Buffer) => {
            shown += text.toString();
            if (shown.includes("Ctrl-C stops")) ready();
          });
        started.once("exit", () => failed(new Error(`the gateway ended:\n${shown}`)));
      });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function killAndStart(server: EmbeddedPostgres, dir: string): Promise<EmbeddedPostgres> {
  const postmaster = Number(readFileSync(join(server.dir, "data", "postmaster.pid"), "utf8").split("\n")[0]);
  const all = [postmaster, ...childrenOf(postmaster)];
  for (const pid of all) if (alive(pid)) process.kill(pid, "SIGKILL");
  while (all.some(alive)) await pause(5);
  const next = await startEmbedded({ dir, durable: true });
  // Another user of the server has entered: it goes on.
  await server.stop();
  return next;
}

/** Fields 3 and 4 of `proc_pid_stat(5)`: state and parent. */
function stat(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", parent = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

const alive = (pid: number): boolean => ![undefined, "Z", "X"].includes(stat(pid)?.state);

const childrenOf = (parent: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => stat(pid)?.parent === parent);
