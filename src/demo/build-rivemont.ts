// Makes Rivemont's internal databases on a PostgreSQL server, once. They know nothing of the gateway, which reads them
// with a role that can do nothing else.
import { createHmac } from "node:crypto";
import pg from "pg";
import { type Database, dataVersion, rivemontDatabases, type Table } from "./tables.js";

export interface RivemontOptions {
  /** A superuser's address on the server that is to hold the databases. */
  readonly superuserUrl: string;
  /** Progress for a terminal, one line each. */
  readonly report: (line: string) => void;
}

export interface Rivemont {
  /** Database name (as in `embedded:NAME`) → address with the read-only role. */
  readonly databases: ReadonlyMap<string, string>;
}

const reader = "rivemont_reader";
const databaseNames = ["rivemont_families", "rivemont_education"];
/** Any number, as long as nobody else uses it: two gateways that start at once must not both build. */
const buildLock = 7_216_402;
const rowsPerStatement = 10_000;

/** Where the databases stand already with today's data version, they are kept as they are. */
export async function buildRivemont({ superuserUrl, report }: RivemontOptions): Promise<Rivemont> {
  const password = readerPassword(superuserUrl);
  await connected(superuserUrl, async (server) => {
    await server.query("SELECT pg_advisory_lock($1)", [buildLock]);
    const built = await isBuilt(server);
    // Each time: the password follows the server's own, which may have been changed.
    await makeRole(server, password);
    if (built) return;
    report("Building the databases of Rivemont, a made-up town (once)");
    const databases = await rivemontDatabases();
    await Promise.all(
      databases.map(async (database) => {
        await build(server, superuserUrl, database);
        const rows = database.tables.reduce((sum, table) => sum + table.rows.length, 0);
        report(`  ${database.name}: ${database.tables.length} tables, ${rows.toLocaleString("en")} rows`);
      }),
    );
  });
  return { databases: new Map(databaseNames.map((name) => [name, addressOf(superuserUrl, name, reader, password)])) };
}

/** The same at every start without being kept: derived from the server's own password. */
function readerPassword(superuserUrl: string): string {
  return createHmac("sha256", decodeURIComponent(new URL(superuserUrl).password))
    .update(reader)
    .digest("base64url");
}

function addressOf(superuserUrl: string, database: string, user?: string, password?: string): string {
  const address = new URL(superuserUrl);
  address.pathname = `/${database}`;
  if (user !== undefined) address.username = user;
  if (password !== undefined) address.password = password;
  return address.href;
}

async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const mark = `rivemont demo data ${dataVersion}`;

/** The mark is set last: a database whose building was cut short has none. */
async function isBuilt(server: pg.Client): Promise<boolean> {
  const { rows } = await server.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname = ANY($1) AND shobj_description(oid, 'pg_database') = $2",
    [databaseNames, mark],
  );
  const { rowCount } = await server.query("SELECT FROM pg_roles WHERE rolname = $1", [reader]);
  return rows.length === databaseNames.length && rowCount === 1;
}

async function makeRole(server: pg.Client, password: string): Promise<void> {
  const { rowCount } = await server.query("SELECT FROM pg_roles WHERE rolname = $1", [reader]);
  await server.query(
    `${rowCount === 0 ? "CREATE" : "ALTER"} ROLE ${reader} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT
     PASSWORD ${server.escapeLiteral(password)}`,
  );
  await server.query(`ALTER ROLE ${reader} SET default_transaction_read_only = on`);
}

async function build(server: pg.Client, superuserUrl: string, database: Database): Promise<void> {
  await server.query(`DROP DATABASE IF EXISTS ${database.name} WITH (FORCE)`);
  await server.query(`CREATE DATABASE ${database.name} TEMPLATE template0`);
  await connected(addressOf(superuserUrl, database.name), async (client) => {
    // Should the machine fall now, the missing mark has everything built again.
    await client.query("SET synchronous_commit = off");
    await client.query("BEGIN");
    for (const schema of database.schemas) await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    for (const table of database.tables) await fill(client, table);
    await client.query(`REVOKE ALL ON DATABASE ${database.name} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${database.name} TO ${reader}`);
    for (const schema of database.schemas) {
      await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${reader}`);
      await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${reader}`);
    }
    await client.query("COMMIT");
    await client.query("ANALYZE");
    await client.query(`COMMENT ON DATABASE ${database.name} IS '${mark}'`);
  });
}

async function fill(client: pg.Client, table: Table): Promise<void> {
  const [key, ...others] = table.columns;
  await client.query(`CREATE TABLE ${table.name} (${[`${key ?? ""} PRIMARY KEY`, ...others].join(", ")})`);
  const arrays = table.columns.map((column, i) => `$${i + 1}::${typeOf(column)}[]`);
  for (let start = 0; start < table.rows.length; start += rowsPerStatement) {
    const rows = table.rows.slice(start, start + rowsPerStatement);
    const cells = table.columns.map((_, place) => rows.map((row) => row[place] ?? null));
    await client.query(`INSERT INTO ${table.name} SELECT * FROM unnest(${arrays.join(", ")})`, cells);
  }
  for (const column of table.indexes) await client.query(`CREATE INDEX ON ${table.name} (${column})`);
}

/** `solde numeric(8,2) NOT NULL` → `numeric(8,2)` */
const typeOf = (column: string): string => column.split(" ")[1] ?? "text";
