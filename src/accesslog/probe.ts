// Can an entry be appended now, and committed? Asked before traffic is taken, and by whoever watches the gateway.
import { AppendConnection, type Queryable } from "./append-connection.js";
import { writeBatch } from "./append-batch.js";
import { failureName } from "./append-failure.js";
import { AccessLogUnavailable } from "./entry.js";
import { prepareEntry } from "./entry-format.js";
import { staffEntry } from "./staff-entry.js";
import type { TenantName } from "../terms/index.js";

/**
 * Writes an entry as any other is written, takes it back to a savepoint, and commits. A transaction that was only rolled
 * back would show that tables, rights and room are there, not that a commit reaches the disk: what was written before the
 * savepoint makes this commit wait for it (synchronous_commit). Nothing stays in the record, so it may be asked often, and
 * nobody fills the log by asking. A connection of its own: it waits for no append, and none for it but at the head's lock.
 * @throws AccessLogUnavailable
 */
export async function probeAppend(connectionString: string, deadlineMs: number, tenant: TenantName): Promise<void> {
  const connection = new AppendConnection(connectionString, deadlineMs);
  const timer = setTimeout(() => connection.giveUp(), deadlineMs);
  try {
    await connection.transaction((on) => writeAndTakeBack(on, tenant));
  } catch (error) {
    throw new AccessLogUnavailable(`The access log cannot be written (${failureName(error)}).`);
  } finally {
    clearTimeout(timer);
    await connection.close();
  }
}

async function writeAndTakeBack(on: Queryable, tenant: TenantName): Promise<void> {
  const act = { tenant, at: new Date(), who: "the gateway", command: "probe", filters: {}, subjects: [] };
  const entry = prepareEntry(staffEntry(act), Buffer.alloc(32));
  await on.query("SAVEPOINT probe");
  await writeBatch(on, [entry], { tenants: new Set(), operations: new Map() });
  await on.query("ROLLBACK TO SAVEPOINT probe");
}
