// The three database roles. Owner makes tables; gateway serves requests; keeper is staff's hand: agreements, keys,
// retention, erasure. What each may do stands in the migrations, as grants to these names.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { actingAs, explain, openDataSource, placeOf, userOf } from "./connections.js";
import { staffBounds } from "./pool/index.js";
import type { EmbeddedPostgres } from "./embedded-postgres.js";
import type { StoreAddresses } from "./store.js";
import { StoreError } from "./store-error.js";

const gatewayRole = "passerelle_gateway";
const keeperRole = "passerelle_keeper";
const ownerRole = "passerelle_owner";
const database = "passerelle";
const embeddedRoles = { owner: ownerRole, gateway: gatewayRole, keeper: keeperRole } as const;

type Passwords = Readonly<Record<keyof typeof embeddedRoles, string>>;

/** Any number that no other program takes as an advisory lock in a database of its own. */
const setupLock = 7_276_114;

/**
 * Makes our database and its three login roles on the embedded server, where they are missing. Passwords are random
 * and lie in `roles.json` (0600) beside the data.
 */
export async function prepareEmbedded(server: EmbeddedPostgres): Promise<StoreAddresses> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    // Two processes may open the store at once; the lock ends with the connection.
    await client.query("SELECT pg_advisory_lock($1)", [setupLock]);
    const file = join(server.dir, "roles.json");
    const known = existsSync(file);
    const passwords = known ? (JSON.parse(readFileSync(file, "utf8")) as Passwords) : newPasswords(file);
    for (const key of ["owner", "gateway", "keeper"] as const)
      await ensureLogin(client, embeddedRoles[key], passwords[key], !known);
    await ensureDatabase(client);
    const address = (key: keyof typeof embeddedRoles): string => {
      const url = new URL(server.url);
      [url.username, url.password, url.pathname] = [embeddedRoles[key], passwords[key], `/${database}`];
      return url.href;
    };
    return { owner: address("owner"), gateway: address("gateway"), keeper: address("keeper") };
  } finally {
    await client.end();
  }
}

function newPasswords(file: string): Passwords {
  const password = (): string => randomBytes(24).toString("base64url");
  const passwords: Passwords = { owner: password(), gateway: password(), keeper: password() };
  writeFileSync(`${file}.new`, JSON.stringify(passwords), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return passwords;
}

/** Names are our own constants and passwords base64url: both can stand in SQL, which takes no parameters here. */
async function ensureLogin(client: pg.Client, role: string, password: string, renew: boolean): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1 AND rolcanlogin", [role]);
  if (rowCount === 1 && !renew) return;
  await client.query(
    `DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  );
  await client.query(`ALTER ROLE ${role} LOGIN PASSWORD '${password}'`);
}

async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${database} OWNER ${ownerRole} TEMPLATE template0`);
  // The demo's services live on this server too; their roles have no business in our database.
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${gatewayRole}, ${keeperRole}`);
}

/**
 * Addresses that act with no more than their role's rights. Where gateway or keeper log in as the owner does (one
 * DATABASE_URL), each connection changes to the role as it starts.
 */
export function narrowed(addresses: StoreAddresses): StoreAddresses {
  const sameLogin = (address: string): boolean => userOf(address) === userOf(addresses.owner);
  return {
    owner: addresses.owner,
    gateway: sameLogin(addresses.gateway) ? actingAs(addresses.gateway, gatewayRole) : addresses.gateway,
    keeper: sameLogin(addresses.keeper) ? actingAs(addresses.keeper, keeperRole) : addresses.keeper,
  };
}

/**
 * Sees that both roles are there and that gateway and keeper act with their rights, and makes so as the owner what it
 * can. What is left is told at once: each start of an administrator's tool is a person who must be asked.
 * @returns false where the owner may make the roles and has not yet, which the first migration does
 * @throws StoreError with every statement that an administrator of PostgreSQL must run.
 */
export async function ensureRoles(addresses: StoreAddresses): Promise<boolean> {
  const needed = [
    { role: gatewayRole, user: userOf(addresses.gateway) },
    { role: keeperRole, user: userOf(addresses.keeper) },
  ];
  const ownDatabase = await openDataSource(addresses.owner, staffBounds, []);
  try {
    const query: Query = (text, values) => ownDatabase.query(text, values);
    const mayCreate = await holds(
      query,
      "SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)",
    );
    const steps = [];
    for (const { role, user } of needed) steps.push(await stepsFor(query, role, user, mayCreate));
    const missing = [
      ...new Set([...steps.flatMap(({ creates }) => creates), ...steps.flatMap(({ grants }) => grants)]),
    ];
    if (missing.length === 0) return steps.every(({ made }) => made);
    throw new StoreError(
      "role-missing",
      `PostgreSQL at ${placeOf(addresses.owner)} lacks rights that Passerelle needs and "${userOf(addresses.owner)}" may not give. ` +
        `Run there as an administrator:\n${missing.map((statement) => `  ${statement}`).join("\n")}`,
    );
  } catch (error) {
    throw explain(error, addresses.owner);
  } finally {
    await ownDatabase.destroy();
  }
}

type Query = (text: string, values?: unknown[]) => Promise<unknown[]>;

interface RoleSteps {
  readonly made: boolean;
  readonly creates: readonly string[];
  readonly grants: readonly string[];
}

/** What an administrator must run for one role; nothing where it is in order or the owner can see to it. */
async function stepsFor(query: Query, role: string, user: string, mayCreate: boolean): Promise<RoleSteps> {
  const exists = (name: string): Promise<boolean> => holds(query, "SELECT FROM pg_roles WHERE rolname = $1", [name]);
  const name = pg.escapeIdentifier(user);
  const made = await exists(role);
  // An address may leave its user to the system, whose name for it we do not know.
  const known = user === "" || (await exists(user));
  const creates = [
    ...(made || mayCreate ? [] : [`CREATE ROLE ${role} NOLOGIN;`]),
    ...(known ? [] : [`CREATE ROLE ${name} LOGIN PASSWORD '…';`]),
  ];
  const grant = `GRANT ${role} TO ${name}`;
  if (user === "" || user === role || (!made && mayCreate && known)) return { made, creates, grants: [] };
  const acts = (): Promise<boolean> => holds(query, "SELECT WHERE pg_has_role($1, $2, 'USAGE')", [user, role]);
  if (made && known) {
    if (await acts()) return { made, creates, grants: [] };
    await query(grant).catch(() => undefined);
    if (await acts()) return { made, creates, grants: [] };
  }
  return { made, creates, grants: [`${grant};`] };
}

const holds = async (query: Query, text: string, values?: unknown[]): Promise<boolean> =>
  (await query(text, values)).length > 0;
