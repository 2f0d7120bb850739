// Databases of their own for tests, on the run's server.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { openStore, type Store, type StoreOptions } from "../../src/store/index.js";

export interface TestDatabase {
  /** Superuser. */
  readonly url: string;
  /** Ends what is still connected. */
  drop(): Promise<void>;
}

/** Runs one statement as superuser, in the server's own database. */
async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An empty database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/**
 * A store on a database of its own, tables made, each role with its own rights only. `close()` drops the database.
 * `superuser` is this database's superuser, for what a test must see or spoil behind the roles' backs.
 */
export async function createTestStore(
  entities: StoreOptions["entities"] = [],
): Promise<Store & { readonly superuser: string }> {
  const database = await createTestDatabase();
  const { url } = database;
  const store = await openStore({
    location: { kind: "server", owner: url, gateway: url, keeper: url },
    entities,
    report: () => undefined,
  });
  return {
    ...store,
    superuser: url,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
