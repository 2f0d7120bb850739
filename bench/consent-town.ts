// A large town for the bench of consent: a register of many people, an agreement that asks nobody, and for each share of
// consenting people one that asks everybody, with a decision of each of them on record.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCatalogue, type Catalogue } from "../src/catalogue/index.js";
import { openTown, type Town } from "../src/cli/index.js";
import { modelText } from "../src/policy/index.js";
import type { TenantName } from "../src/terms/index.js";
import { asSuperuser } from "./databases.js";
import { cleanEnvironment } from "./environment.js";
import { fillDecisions, superuserOf } from "./fill-decisions.js";

const tenant = "grandville" as TenantName;
const purpose = "letters";
const scheme = "resident";
const source = "register";
const poolSize = 8;

export interface ConsentTown {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Key of the agreement that asks nobody. */
  readonly asksNobody: string;
  /** By the share of people who consent, in percent. */
  readonly asking: ReadonlyMap<number, string>;
  backendProcess(): Promise<number>;
  close(): Promise<void>;
}

const schema =
  `type Resident @dataset(source: "${source}", from: "public.resident", many: "residents", steward: "s@grandville.example", status: SHARED)
  @key(fields: "number") @subject(scheme: "${scheme}", field: "number") {
  number: Int @column(name: "id")
  familyName: String @personal(category: "Name")
  givenName: String @personal(category: "Name")
  birthDate: Date @personal(category: "BirthDate")
  email: String @personal(category: "EmailAddress")
  address: String @personal(category: "PhysicalAddress")
  updatedAt: DateTime
}
`.replaceAll(/(familyName|givenName|birthDate|updatedAt)(: \w+)/g, (_, name: string, type: string) => {
    const column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return `${name}${type} @column(name: "${column}")`;
  });
const fields = ["number", "familyName", "givenName", "birthDate", "email", "address", "updatedAt"].map(
  (name) => `Resident.${name}`,
);

/** @param people how many; @param shares of consenting people, in percent */
export async function openConsentTown(
  people: number,
  shares: readonly number[],
  connections: number,
  report: (line: string) => void,
): Promise<ConsentTown> {
  const folder = mkdtempSync(join(tmpdir(), "passerelle-bench-"));
  let town: Town | null = null;
  const close = async (): Promise<void> => {
    await town?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeFolder(folder, connections);
    // The address is known once the server runs; what opens the town needs one that can be read.
    const env = { ...cleanEnvironment(), REGISTER_URL: "postgres://127.0.0.1/none" };
    town = await openTown({ folder, env, report });
    env.REGISTER_URL = await fillRegister(town, people, report);
    const catalogue = readCatalogue(schema, { file: "schema.graphql", sources: new Set([source]) }).catalogue;
    if (catalogue === null) throw new Error("the bench's schema cannot be read");
    const asksNobody = await sign(town, catalogue, "plain", "contract");
    const asking = new Map<number, string>();
    for (const share of shares) asking.set(share, await sign(town, catalogue, `asks-${share}`, "consent"));
    await fillDecisions(town, { tenant, scheme, people, keys: asking }, report);
    const { store } = town;
    return {
      ...{ folder, env, asksNobody, asking, close },
      backendProcess: async () => {
        const rows: { pid: number }[] = await store.gateway.query("SELECT pg_backend_pid() AS pid");
        return rows[0]?.pid ?? 0;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function writeFolder(folder: string, connections: number): void {
  // PostgreSQL runs as another user where we are root: it must reach its data here.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, ".passerelle"), { mode: 0o755 });
  mkdirSync(join(folder, "policies", tenant), { recursive: true });
  const places = 2 * Math.max(64, connections);
  writeFileSync(
    join(folder, "gateway.yaml"),
    `limits:
  { inFlight: ${places}, queued: ${2 * places}, keyPerMinute: 10000000,
    cost: { perOperation: 999999999, maximumAvailable: 999999999, restoreRate: 999999999 } }
tenants:
  ${tenant}:
    displayName: Grandville
    contact: data@grandville.example
    sources:
      ${source}: { kind: postgres, url: "env:REGISTER_URL", poolSize: ${poolSize + 1} }
    purposes:
      ${purpose}: { title: { fr: L, en: L }, text: { fr: L, en: L }, dpv: dpv:ServiceProvision }
    people:
      - { name: A, email: admin@grandville.example, roles: [admin] }
      - { name: D, email: dpo@grandville.example, roles: [dpo] }
`,
  );
  writeFileSync(join(folder, "schema.graphql"), schema);
  writeFileSync(join(folder, "policies/model.conf"), modelText);
  writeFileSync(
    join(folder, "policies", tenant, "rules.csv"),
    fields.map((field) => `p, *, ${purpose}, ${field}, all, -, allow\n`).join(""),
  );
}

/** @returns the register's address */
async function fillRegister(town: Town, people: number, report: (line: string) => void): Promise<string> {
  const superuser = superuserOf(town);
  await asSuperuser(superuser, null, (client) => client.query("CREATE DATABASE register TEMPLATE template0"));
  const address = new URL(superuser);
  address.pathname = "/register";
  report(`a register of ${people.toLocaleString("en")} people`);
  await asSuperuser(superuser, "register", async (client) => {
    await client.query(`
      CREATE TABLE resident (id int PRIMARY KEY, family_name text, given_name text, birth_date date, email text,
        address text, updated_at timestamptz);
      INSERT INTO resident SELECT n, 'Family ' || n % 9000, 'Given ' || n % 700, date '1930-01-01' + n % 30000,
        'person' || n || '@example.org', n % 200 || ', rue de la Mairie, Grandville', timestamptz '2026-01-01Z' + n * interval '1 second'
        FROM generate_series(1, ${people}) AS n;
      ANALYZE resident;
    `);
  });
  return address.href;
}

async function sign({ registry }: Town, catalogue: Catalogue, application: string, basis: string): Promise<string> {
  await registry.createApplication({ tenant, name: application, title: "Bench", contact: "bench@grandville.example" });
  const draft = {
    ...{ tenant, application, purpose, fields, basis, draftedBy: "admin@grandville.example" },
    ...(basis === "consent" ? { basisNote: "Nobody depends on it.", asked: "whole" } : {}),
    recipient: { name: "Bench", contact: "bench@grandville.example", role: "controller", basis: "measuring" },
    ...{ from: "2020-01-01", until: "2099-12-31" },
  };
  const { ref } = await registry.draftAgreement(draft, catalogue);
  await registry.approveAgreement(tenant, ref, { by: "dpo@grandville.example" });
  return (await registry.createKey(tenant, ref, "bench")).key;
}
