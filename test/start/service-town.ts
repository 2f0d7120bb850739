// A town of its own with two HTTP services that a test can kill and heal, and its gateway started as main starts it.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCatalogue } from "../../src/catalogue/index.js";
import { openTown } from "../../src/cli/index.js";
import { runCommand } from "../../src/cli/program.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { modelText } from "../../src/policy/index.js";
import { startGateway, type RunningGateway } from "../../src/start/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { createTestDatabase } from "../support/database.js";

const tenant = "valmont" as TenantName;

/** A service that can be away: its port refuses connections until it is back. */
export interface Service {
  readonly origin: string;
  /** What it answers for each path; `secret` shows what must not be repeated. */
  answer: (path: string) => { readonly status: number; readonly body: unknown };
  kill(): Promise<void>;
  heal(): Promise<void>;
}

async function startService(lists: Readonly<Record<string, unknown>>): Promise<Service> {
  let server: Server | null = null;
  let port = 0;
  const usual: Service["answer"] = (path) => ({ status: 200, body: lists[path] ?? [] });
  const service: Service = {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    answer: usual,
    async kill() {
      const dying = server;
      server = null;
      if (dying === null) return;
      dying.close();
      dying.closeAllConnections();
      await once(dying, "close");
    },
    async heal() {
      service.answer = usual;
      if (server !== null) return;
      server = createServer((request, response) => {
        const { status, body } = service.answer((request.url ?? "").split("?")[0] ?? "");
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      ({ port } = server.address() as AddressInfo);
    },
  };
  await service.heal();
  return service;
}

const schema = `
type District @dataset(source: "territory", from: "/districts", many: "districts", steward: "s@valmont.example", status: SHARED)
  @key(fields: "number") {
  number: Int
  name: String
  carParks: [CarPark!] @link(from: ["number"], to: ["district"])
}
type CarPark @dataset(source: "parking", from: "/car-parks", many: "carParks", steward: "s@valmont.example", status: SHARED)
  @key(fields: "code") {
  code: String
  free: Int
  district: Int
}
`;
const rules = `p, *, *, District.*, all, -, allow\np, *, *, CarPark.*, all, -, allow\n`;

const yaml = (territory: string, parking: string): string => `
listen: { port: 0 }
mode: development
tenants:
  valmont:
    displayName: Ville de Valmont
    contact: donnees@valmont.example
    sources:
      territory: { kind: rest, allowLoopback: true, url: "${territory}", lists: { /districts: {} } }
      parking: { kind: rest, allowLoopback: true, url: "${parking}", timeoutMs: 2000, lists: { /car-parks: {} } }
    purposes:
      mobility: { title: { fr: M, en: M }, text: { fr: M, en: M }, dpv: dpv:ServiceProvision }
    people:
      - { name: A, email: admin@valmont.example, roles: [admin] }
      - { name: D, email: dpo@valmont.example, roles: [dpo] }
`;

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ServiceTown {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly territory: Service;
  readonly parking: Service;
  readonly gateway: RunningGateway;
  /** What the operator's terminal showed. */
  readonly terminal: readonly string[];
  /** Keys by application. */
  readonly keys: Readonly<Record<string, string>>;
  ask(application: string, query: string): Promise<{ readonly status: number; readonly text: string }>;
  /** `passerelle …` in the town folder. */
  run(...args: string[]): Promise<Told>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param lists what the services have, by path
 * @param operations a line of gateway.yaml; a free port unless given
 */
export async function startServiceTown(
  lists: Readonly<Record<string, unknown>>,
  operations = "operations: { port: 0 }",
): Promise<ServiceTown> {
  const [database, territory, parking] = await Promise.all([
    createTestDatabase(),
    startService(lists),
    startService(lists),
  ]);
  const folder = mkdtempSync(join(tmpdir(), "passerelle-services-"));
  mkdirSync(join(folder, "policies", tenant), { recursive: true });
  writeFileSync(join(folder, "gateway.yaml"), `${operations}\n${yaml(territory.origin, parking.origin)}`);
  writeFileSync(join(folder, "schema.graphql"), schema);
  writeFileSync(join(folder, "policies/model.conf"), modelText);
  writeFileSync(join(folder, "policies", tenant, "rules.csv"), rules);
  const env = { DATABASE_URL: database.url, PASSERELLE_MODE: "development" };
  const terminal: string[] = [];
  const town = await openTown({ folder, env, report: (line) => terminal.push(line) });
  const keys = { parkeasy: await signed(town, "parkeasy"), "carte-plus": await signed(town, "carte-plus") };
  const gateway = await startGateway({ town, report: (line) => terminal.push(line) });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= gateway.close().then(() => town.close()));
  return {
    ...{ folder, env, territory, parking, gateway, terminal, keys, stop },
    async ask(application, query) {
      const key = new Map(Object.entries(keys)).get(application);
      const response = await fetch(`${gateway.address}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key ?? application}` },
        body: JSON.stringify({ query }),
      });
      return { status: response.status, text: await response.text() };
    },
    run: (...args) => run(folder, env, args),
    async close() {
      await stop();
      await Promise.all([territory.kill(), parking.kill(), database.drop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns a key of the agreement */
async function signed({ registry }: Awaited<ReturnType<typeof openTown>>, application: string): Promise<string> {
  const { catalogue } = readCatalogue(schema, { file: "schema.graphql", sources: new Set(["territory", "parking"]) });
  if (catalogue === null) throw new Error("the test's schema has a fault");
  await registry.createApplication({ tenant, name: application, title: application, contact: "a@b.example" });
  const draft = {
    ...{ tenant, application, purpose: "mobility", fields: ["District.*", "CarPark.*"], basis: "public-task" },
    recipient: { name: "P", contact: "p@p.example", role: "processor", basis: "contract" },
    ...{ from: "2020-01-01", until: "2099-12-31", draftedBy: "admin@valmont.example" },
  };
  await registry.draftAgreement(draft, catalogue);
  await registry.approveAgreement(tenant, `${application}/mobility`, { by: "dpo@valmont.example" });
  return (await registry.createKey(tenant, `${application}/mobility`, "test")).key;
}

export async function run(folder: string, env: Record<string, string>, args: readonly string[]): Promise<Told> {
  let [out, err] = ["", ""];
  const terminal = createTerminal({
    out: (text) => (out += text),
    err: (text) => (err += text),
    columns: 120,
    outColours: false,
    errColours: false,
  });
  const code = await runCommand(args, { terminal, folder, env, who: "camille", now: () => new Date() });
  return { code, out, err };
}
