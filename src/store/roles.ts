// The three database roles. Owner makes tables; gateway serves requests; keeper is staff's hand: agreements, keys,
// retention, erasure. What each may do stands in the migrations, as grants to these names.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { actingAs, explain, openDataSource, placeOf, staffBounds, userOf } from "./connections.js";
import type { EmbeddedPostgres } from "./embedded-postgres.js";
import type { StoreAddresses } from "./store.js";
import { StoreError } from "./store-error.js";

export const gatewayRole = "passerelle_gateway";
export const keeperRole = "passerelle_keeper";
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
 * Sees that `address` acts with the rights of `role` and, if it can, makes it so as the owner.
 * @throws StoreError that says what an administrator of PostgreSQL must run.
 */
export async function ensureMembership(owner: string, address: string, role: string): Promise<void> {
  const user = userOf(address);
  const ownDatabase = await openDataSource(owner, staffBounds, []);
  try {
    const acts = async (): Promise<boolean> => {
      const rows: { acts: boolean }[] = await ownDatabase.query("SELECT pg_has_role($1, $2, 'USAGE') AS acts", [
        user,
        role,
      ]);
      return rows[0]?.acts === true;
    };
    if (await acts()) return;
    await ownDatabase.query(`GRANT ${role} TO ${pg.escapeIdentifier(user)}`).catch(() => undefined);
    if (await acts()) return;
  } catch (error) {
    throw explain(error, owner);
  } finally {
    await ownDatabase.destroy();
  }
  throw new StoreError(
    "role-missing",
    `"${user}" has not the rights of the role ${role} at ${placeOf(address)}. ` +
      `Run there as an administrator: GRANT ${role} TO ${pg.escapeIdentifier(user)};`,
  );
}
