// Opens our PostgreSQL: starts it where it is embedded, brings its tables up to date, connects as each role.
import type { DataSource } from "typeorm";
import { explain, openDataSource, ownerBounds, requestBounds, type Entity } from "./connections.js";
import { staffBounds } from "./pool/index.js";
import { startEmbedded, type EmbeddedPostgres } from "./embedded-postgres.js";
import { migrations } from "./migrations/index.js";
import { ensureRoles, narrowed, prepareEmbedded } from "./roles.js";
import type { Store, StoreAddresses, StoreOptions } from "./store.js";

/** Nodes that start at once run migrations one after another: the lock is of this database alone. */
const migrationLock = 7_276_115;

/** @throws StoreError in words for the operator. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { location, report } = options;
  if (location.kind === "server") return connect(narrowed(location), null, options.entities, report);
  const server = await startEmbedded({ dir: location.dir, durable: location.durable, report });
  try {
    return await connect(await prepareEmbedded(server), server, options.entities, report);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connect(
  addresses: StoreAddresses,
  server: EmbeddedPostgres | null,
  entities: readonly Entity[],
  report: (line: string) => void,
): Promise<Store> {
  const rolesMade = await ensureRoles(addresses);
  await migrate(addresses.owner, report);
  if (!rolesMade) await ensureRoles(addresses);
  const gateway = await openDataSource(addresses.gateway, requestBounds, entities);
  let keeper: DataSource;
  try {
    keeper = await openDataSource(addresses.keeper, staffBounds, entities);
  } catch (error) {
    await gateway.destroy();
    throw error;
  }
  return {
    gateway,
    keeper,
    addresses,
    superuser: server?.url ?? null,
    folder: server?.dir ?? null,
    close: async () => {
      await Promise.allSettled([gateway.destroy(), keeper.destroy()]);
      await server?.stop();
    },
  };
}

/** Runs what is missing, as the owner, while no other node does. */
async function migrate(owner: string, report: (line: string) => void): Promise<void> {
  const dataSource = await openDataSource(owner, ownerBounds, [], migrations);
  // The lock's own connection: migrations run on another one, and the lock ends with it whatever happens.
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query("SELECT pg_advisory_lock($1)", [migrationLock]);
    const run = await dataSource.runMigrations({ transaction: "each" });
    if (run.length > 0) report(`Database brought up to date (${run.length} migrations)`);
    await lock.query("SELECT pg_advisory_unlock($1)", [migrationLock]);
  } catch (error) {
    throw explain(error, owner);
  } finally {
    await lock.release();
    await dataSource.destroy();
  }
}
