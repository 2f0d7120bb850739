// Two built gateways, each a process of its own, over one store and one service's database: what people withdraw is decided
// beside them, as another node would take it.
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { readCatalogue } from "../../../src/catalogue/index.js";
import { openTown, type Town } from "../../../src/cli/index.js";
import { ConsentRegister, termsOf, type Deciding } from "../../../src/consent/index.js";
import { subjectTokensWith, type Caller } from "../../../src/identity/index.js";
import { modelText } from "../../../src/policy/index.js";
import type { TenantName } from "../../../src/terms/index.js";
import { createTestDatabase } from "../../support/database.js";

const root = resolve(import.meta.dirname, "../../..");
const tenant = "valmont" as TenantName;

const schema = `
type Resident @dataset(source: "people", from: "public.resident", many: "residents", steward: "s@valmont.example", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  email: String @personal(category: "EmailAddress")
  accounts: [Account!] @link(from: ["number"], to: ["resident_id"])
}
type Account @dataset(source: "people", from: "public.account", many: "accounts", steward: "s@valmont.example", status: SHARED)
  @key(fields: "code") @subject(scheme: "resident", via: "holder") {
  code: Int
  owner: Int @column(name: "resident_id")
  holder: Resident @link(from: ["resident_id"], to: ["number"])
}
`;
const fields = [
  "Resident.number",
  "Resident.email",
  "Resident.accounts",
  "Account.code",
  "Account.owner",
  "Account.holder",
];

const yaml = `
listen: { port: 0 }
limits: { keyPerMinute: 10000000, inFlight: 64, cost: { perOperation: 999999999, maximumAvailable: 999999999, restoreRate: 999999999 } }
tenants:
  valmont:
    displayName: Ville de Valmont
    contact: donnees@valmont.example
    sources:
      people: { kind: postgres, url: "env:PEOPLE_URL", poolSize: 4 }
    purposes:
      mobility: { title: { fr: M, en: M }, text: { fr: M, en: M }, dpv: dpv:ServiceProvision }
    people:
      - { name: A, email: admin@valmont.example, roles: [admin] }
      - { name: D, email: dpo@valmont.example, roles: [dpo] }
`;

export interface TwoGateways {
  /** `http://127.0.0.1:PORT/graphql` */
  readonly addresses: readonly string[];
  readonly key: string;
  readonly people: readonly number[];
  /** Committed when it resolves. */
  decide(person: number, decision: "given" | "withdrawn"): Promise<void>;
  close(): Promise<void>;
}

/** @param people how many residents, each with an account */
export async function openTwoGateways(people: number): Promise<TwoGateways> {
  const [store, services] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const folder = mkdtempSync(join(tmpdir(), "passerelle-two-"));
  const closing: (() => unknown)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
    store.drop,
    services.drop,
  ];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    mkdirSync(join(folder, "policies", tenant), { recursive: true });
    writeFileSync(join(folder, "gateway.yaml"), yaml);
    writeFileSync(join(folder, "schema.graphql"), schema);
    writeFileSync(join(folder, "policies/model.conf"), modelText);
    writeFileSync(
      join(folder, "policies", tenant, "rules.csv"),
      fields.map((field) => `p, *, *, ${field}, all, -, allow\n`).join(""),
    );
    await fill(services.url, people);
    const env = { DATABASE_URL: store.url, PEOPLE_URL: services.url, PASSERELLE_MODE: "development" };
    const town = await openTown({ folder, env, report: () => undefined });
    closing.push(() => town.close());
    const key = await signed(town);
    const addresses: string[] = [];
    for (let n = 0; n < 2; n++) {
      const { child, address } = await startProcess(folder, env);
      closing.push(() => ended(child));
      addresses.push(`${address}/graphql`);
    }
    const caller = await callerOf(town, key);
    const register = new ConsentRegister({
      ...{ dataSource: town.store.gateway, tokens: subjectTokensWith(town.derived), timeZone: () => "Europe/Paris" },
    });
    return {
      ...{ addresses, key, people: Array.from({ length: people }, (_, n) => n + 1), close },
      decide: async (person, decision) => void (await register.decide(deciding(caller, person, decision))),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(url: string, people: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      CREATE TABLE resident (id int PRIMARY KEY, email text);
      CREATE TABLE account (code int PRIMARY KEY, resident_id int);
      INSERT INTO resident SELECT n, 'p' || n || '@example.org' FROM generate_series(1, ${people}) AS n;
      INSERT INTO account SELECT 1000 + n, n FROM generate_series(1, ${people}) AS n;
    `);
  } finally {
    await client.end();
  }
}

async function signed({ registry }: Town): Promise<string> {
  const catalogue = readCatalogue(schema, { file: "schema.graphql", sources: new Set(["people"]) }).catalogue;
  if (catalogue === null) throw new Error("the schema cannot be read");
  await registry.createApplication({ tenant, name: "reader", title: "Reader", contact: "r@example.org" });
  const draft = {
    ...{ tenant, application: "reader", purpose: "mobility", fields, basis: "consent", asked: "whole" },
    ...{
      basisNote: "Nobody depends on it.",
      draftedBy: "admin@valmont.example",
      from: "2020-01-01",
      until: "2099-12-31",
    },
    recipient: { name: "R", contact: "r@example.org", role: "controller", basis: "consent" },
  };
  const { ref } = await registry.draftAgreement(draft, catalogue);
  await registry.approveAgreement(tenant, ref, { by: "dpo@valmont.example" });
  return (await registry.createKey(tenant, ref, "race")).key;
}

async function callerOf(town: Town, key: string): Promise<Caller> {
  const caller = await town.identity.authenticate(tenant, key, 1_000_000_000, new Date());
  if (caller === null) throw new Error("a key that stands for nobody");
  return caller;
}

const text = "What was shown.";
const textVersion = createHash("sha256").update(text).digest("hex");

function deciding({ agreement }: Caller, person: number, decision: "given" | "withdrawn"): Deciding {
  const { snapshot } = agreement;
  return {
    ...{ tenant, agreement: agreement.id, version: agreement.version, terms: termsOf(snapshot), basis: snapshot.basis },
    ...{ informationSociety: snapshot.informationSociety, asked: snapshot.units, units: snapshot.units },
    ...{ scheme: "resident", key: person, by: { kind: "self" }, decision },
    ...{ shown: { language: "en", text, textVersion, channel: "web" }, until: "2099-12-31" },
  };
}

async function startProcess(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; address: string }> {
  const { DATABASE_OWNER_URL: _, DATABASE_KEEPER_URL: __, ...rest } = process.env;
  const child = spawn(process.execPath, ["--enable-source-maps", join(root, "dist/main.js")], {
    cwd: folder,
    env: { ...rest, ...env, PORT: "0", PASSERELLE_OPERATIONS_PORT: "0", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const address = await new Promise<string>((found, failed) => {
    const look = (text: Buffer): void => {
      said += text.toString();
      const match = /^Ready\b.*?(http:\/\/127\.0\.0\.1:\d+)/m.exec(said)?.[1];
      if (match !== undefined) found(match);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("exit", (code) => failed(new Error(`the gateway ended with ${code}:\n${said}`)));
  });
  return { child, address };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((done) => child.once("exit", done));
  child.kill("SIGINT");
  await over;
}
