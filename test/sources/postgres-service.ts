// The conformance fixture in a real PostgreSQL.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { postgresSource } from "../../src/sources/postgres/index.js";
import type { Column } from "../../src/sources/index.js";
import type { ScalarType } from "../../src/terms/index.js";
import { createTestDatabase } from "../support/database.js";
import type { ServiceUnderTest } from "./conformance.js";
import { byCodePoint, type Fixture } from "./reference.js";

const sqlTypes: Readonly<Record<ScalarType, string>> = {
  String: "text",
  Int: "int4",
  SafeInt: "int8",
  Float: "float8",
  Boolean: "bool",
  Date: "date",
  DateTime: "timestamptz",
  GeoJSON: "jsonb",
};

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A role of its own, with the rights named; roles outlive databases, so the name is not used twice. */
async function role(admin: pg.Client, url: string, rights: string): Promise<string> {
  const name = `reader_${randomBytes(6).toString("hex")}`;
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'reader'; GRANT ${rights} TO ${name}`);
  const address = new URL(url);
  address.username = name;
  address.password = "reader";
  return address.href;
}

export async function postgresService(fixture: Fixture): Promise<ServiceUnderTest> {
  const database = await createTestDatabase();
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const columns = fixture.columns.map(({ name, type }) => `${quoted(name)} ${sqlTypes[type]}`);
  await admin.query(`CREATE TABLE ${fixture.from} (${columns.join(", ")}, PRIMARY KEY (${quoted(fixture.key)}))`);
  const places = fixture.columns.map((_, i) => `$${i + 1}`).join(", ");
  for (const row of fixture.rows) await admin.query(`INSERT INTO ${fixture.from} VALUES (${places})`, [...row]);
  const connect = (url: string, statementTimeoutMs = 5_000) =>
    postgresSource({ name: "people", url, poolSize: 3, statementTimeoutMs });
  const reader = await role(admin, database.url, `SELECT ON ${fixture.from}`);
  const source = connect(reader);
  const hasty = connect(reader, 300);
  const patient = connect(reader, 60_000);
  // Not on the connection that stalls: inside a transaction the statistics stand still.
  const watcher = new pg.Client({ connectionString: database.url });
  await watcher.connect();
  return {
    source,
    hasty,
    patient,
    compareText: byCodePoint,
    async readingOnly(asked: readonly Column[]) {
      const names = asked.map(({ name }) => quoted(name)).join(", ");
      return connect(await role(admin, database.url, `SELECT (${names}) ON ${fixture.from}`));
    },
    async stall() {
      await admin.query(`BEGIN; LOCK TABLE ${fixture.from} IN ACCESS EXCLUSIVE MODE`);
      return async () => {
        await admin.query("ROLLBACK");
      };
    },
    async working() {
      const { rows } = await watcher.query<{ n: string }>(
        `SELECT count(*) AS n FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
      );
      return Number(rows[0]?.n);
    },
    gone: () => connect("postgres://nobody:password@127.0.0.1:1/nowhere"),
    async stop() {
      await Promise.all([source.close(), hasty.close(), patient.close(), watcher.end(), admin.end()]);
      await database.drop();
    },
  };
}
