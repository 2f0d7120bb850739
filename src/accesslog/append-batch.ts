// One batch, one transaction: indexes are given under the locked head row, so they are gapless whoever appends.
//
// Every statement waits for the answer of the one before. A connection that is torn down has therefore at most one
// statement on its way: if it is the lock, nothing follows and the server rolls back; if it is a later one, the lock is
// held until the server knows the end. Either way a retry that gets the lock sees the outcome, and "commit succeeded,
// reply lost" finds its entries in their place.
//
// What is current for a tenant is read by the statement that gets the head (law 6). Under READ COMMITTED its snapshot is
// taken when the server begins with it, so after each entry of the batch was handed in. Where it then waits for the head's
// lock, the head is read anew, and what is current is not: a change that was committed while it waited is not seen, and
// counts as after the answer. A retry reads anew; newer is never wrong.
import { currentColumns, currentJoins, currentOf } from "../store/index.js";
import type { Revision, RevisionRow } from "../store/index.js";
import type { Preparing, Queryable } from "./append-connection.js";
import { bytesOf, columnsOf } from "./binary-columns.js";
import type { PreparedEntry } from "./entry-format.js";

/** The id stands on record for another draft. */
const otherDraft = Symbol("another draft has this id");

export interface BatchOutcome {
  /** In the order of the entries. */
  readonly indexes: readonly (number | typeof otherDraft)[];
  /** By tenant. */
  readonly current: ReadonlyMap<string, Revision | null>;
}

export interface BatchMemory {
  /** Tenants that have a head row. */
  readonly tenants: Set<string>;
  /** By hash: the UTC day on which the operation's text was known to be stored, and noted as used. */
  readonly operations: { get(hash: string): string | undefined; set(hash: string, day: string): unknown };
}

/** @param entries their ids distinct within each tenant */
export async function writeBatch(
  on: Queryable,
  entries: readonly PreparedEntry[],
  memory: BatchMemory,
): Promise<BatchOutcome> {
  const { sizes, current } = await lockHeads(on, entries, memory);
  const indexes: (number | typeof otherDraft)[] = [];
  const recorded = await findRecorded(on, entries);
  const fresh: { entry: PreparedEntry; index: number }[] = [];
  for (const entry of entries) {
    const found = recorded.get(keyOf(entry.tenant, entry.id));
    if (found) {
      indexes.push((await isSameDraft(on, entry, found.hash)) ? found.index : otherDraft);
      continue;
    }
    const index = sizes.get(entry.tenant) ?? 0;
    sizes.set(entry.tenant, index + 1);
    fresh.push({ entry, index });
    indexes.push(index);
  }
  if (fresh.length > 0) await insert(on, fresh, sizes);
  await insertOperations(on, fresh, memory);
  return { indexes, current };
}

/**
 * The whole batch in one statement, which commits as it ends: one way to the database and back in place of five. The update
 * of the head row gives the indexes under its lock, whoever waits for it; the leaf's unique id refuses what is on record
 * already, and then nothing is written.
 * @param entries for which `canWriteAtOnce` holds
 * @throws as the database does; after a unique violation `writeBatch` finds what is on record
 */
export async function writeAtOnce(on: Preparing, entries: readonly PreparedEntry[]): Promise<BatchOutcome> {
  const tenant = entries[0]?.tenant ?? "";
  const parameters = { texts: [tenant, String(entries.length)], columns: columnsOf(entries) };
  const [row] = await on.statement<RevisionRow & { start: string }>(atOnce, parameters);
  if (row === undefined) throw new Error("a head row of the access log is missing");
  const start = Number(row.start);
  return { indexes: entries.map((_, nth) => start + nth), current: new Map([[tenant, currentOf(row)]]) };
}

const atOnce = {
  name: "append at once",
  text: `WITH head AS (
       UPDATE access_head h SET size = h.size + $2::bigint WHERE h.tenant = $1 RETURNING h.size - $2::bigint AS start
     ), written AS (
       SELECT w.*, head.start + w.nth - 1 AS index
         FROM unnest($3::bytea[], $4::uuid[], $5::timestamptz[], $6::text[], $7::bytea[], $8::text[])
              WITH ORDINALITY AS w(hash, id, at, body, salt, personal, nth), head
     ), leaf AS (
       INSERT INTO access_leaf (tenant, index, hash, entry_id) SELECT $1, index, hash, id FROM written
     ), entry AS (
       INSERT INTO access_entry (tenant, index, at, id, body) SELECT $1, index, at, id, body FROM written
     ), personal AS (
       INSERT INTO access_personal (tenant, entry_id, salt, body) SELECT $1, id, salt, personal FROM written
     )
     SELECT head.start, ${currentColumns} FROM head ${currentJoins("$1")}`,
};

/** Not several tenants, whose heads are locked in an order; nor one that is new, nor an operation whose text is. */
export function canWriteAtOnce(entries: readonly PreparedEntry[], { tenants, operations }: BatchMemory): boolean {
  const tenant = entries[0]?.tenant;
  if (tenant === undefined || !tenants.has(tenant)) return false;
  const day = today();
  return entries.every(
    (entry) => entry.tenant === tenant && (entry.operation === null || operations.get(entry.operation) === day),
  );
}

/** After the commit: what need not be asked or written again. */
export function remember(entries: readonly PreparedEntry[], { indexes }: BatchOutcome, memory: BatchMemory): void {
  for (const [nth, { tenant, operation }] of entries.entries()) {
    memory.tenants.add(tenant);
    if (operation !== null && indexes[nth] !== otherDraft) memory.operations.set(operation, today());
  }
}

const today = (): string => new Date().toISOString().slice(0, 10);

/** Heads are always locked in the same order, so two nodes never wait for each other in a circle. */
async function lockHeads(
  on: Queryable,
  entries: readonly PreparedEntry[],
  memory: BatchMemory,
): Promise<{ readonly sizes: Map<string, number>; readonly current: Map<string, Revision | null> }> {
  const tenants = [...new Set(entries.map(({ tenant }) => tenant))].sort();
  const unknown = tenants.filter((tenant) => !memory.tenants.has(tenant));
  if (unknown.length > 0)
    await on.query(
      `INSERT INTO access_head (tenant, size) SELECT tenant, 0 FROM unnest($1::text[]) AS t(tenant)
        ORDER BY tenant COLLATE "C" ON CONFLICT DO NOTHING`,
      [unknown],
    );
  const { rows } = await on.query<RevisionRow & { tenant: string; size: string }>(
    `SELECT h.tenant, h.size, ${currentColumns} FROM access_head h ${currentJoins("h.tenant")}
      WHERE h.tenant = ANY($1::text[]) ORDER BY h.tenant COLLATE "C" FOR UPDATE OF h`,
    [tenants],
  );
  if (rows.length !== tenants.length) throw new Error("a head row of the access log is missing");
  return {
    sizes: new Map(rows.map(({ tenant, size }) => [tenant, Number(size)])),
    current: new Map(rows.map((row) => [row.tenant, currentOf(row)])),
  };
}

interface Recorded {
  readonly index: number;
  readonly hash: Buffer;
}

const keyOf = (tenant: string, id: string): string => `${id} ${tenant}`;

async function findRecorded(on: Queryable, entries: readonly PreparedEntry[]): Promise<Map<string, Recorded>> {
  const { rows } = await on.query<{ tenant: string; id: string; index: string; hash: Buffer }>(
    `SELECT l.tenant, l.entry_id AS id, l.index, l.hash
       FROM unnest($1::text[], $2::uuid[]) AS wanted(tenant, id)
       JOIN access_leaf l ON l.tenant = wanted.tenant AND l.entry_id = wanted.id`,
    [entries.map(({ tenant }) => tenant), entries.map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [keyOf(row.tenant, row.id), { index: Number(row.index), hash: row.hash }]));
}

/** A retry of ours has the same bytes. A draft handed in a second time got a new salt: it is compared under the first one. */
async function isSameDraft(on: Queryable, entry: PreparedEntry, recorded: Buffer): Promise<boolean> {
  if (recorded.equals(entry.hash)) return true;
  const { rows } = await on.query<{ salt: Buffer }>(
    "SELECT salt FROM access_personal WHERE tenant = $1 AND entry_id = $2",
    [entry.tenant, entry.id],
  );
  const salt = rows[0]?.salt;
  return salt !== undefined && entry.hashWith(salt).equals(recorded);
}

async function insert(
  on: Queryable,
  fresh: readonly { entry: PreparedEntry; index: number }[],
  sizes: ReadonlyMap<string, number>,
): Promise<void> {
  const entries = fresh.map(({ entry }) => entry);
  const given = entries.map(({ tenant }) => tenant);
  const tenants = [...new Set(given)];
  await on.query(
    `WITH written AS (
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::uuid[], $5::timestamptz[], $6::text[], $7::bytea[], $8::text[])
         AS w(tenant, index, hash, id, at, body, salt, personal)
     ), leaf AS (
       INSERT INTO access_leaf (tenant, index, hash, entry_id) SELECT tenant, index, hash, id FROM written
     ), entry AS (
       INSERT INTO access_entry (tenant, index, at, id, body) SELECT tenant, index, at, id, body FROM written
     ), personal AS (
       INSERT INTO access_personal (tenant, entry_id, salt, body) SELECT tenant, id, salt, personal FROM written
     )
     UPDATE access_head h SET size = s.size
       FROM unnest($9::text[], $10::bigint[]) AS s(tenant, size) WHERE h.tenant = s.tenant`,
    [
      given,
      fresh.map(({ index }) => index),
      ...columnsOf(entries).map(bytesOf),
      tenants,
      tenants.map((tenant) => sizes.get(tenant)),
    ],
  );
}

/**
 * After the heads and in order, so that two nodes that meet the same new operations do not lock each other out. The first
 * use of a day is noted: retention removes the texts that no entry names any more.
 */
async function insertOperations(
  on: Queryable,
  fresh: readonly { entry: PreparedEntry }[],
  memory: BatchMemory,
): Promise<void> {
  const texts = new Map<string, string>();
  for (const { entry } of fresh)
    if (entry.operation !== null && memory.operations.get(entry.operation) !== today())
      texts.set(entry.operation, entry.operationText());
  if (texts.size === 0) return;
  const hashes = [...texts.keys()].sort();
  await on.query(
    `INSERT INTO operation_text (hash, text) SELECT hash, text FROM unnest($1::text[], $2::text[]) AS o(hash, text)
      ORDER BY hash COLLATE "C"
     ON CONFLICT (hash) DO UPDATE SET used_on = excluded.used_on WHERE operation_text.used_on < excluded.used_on`,
    [hashes, hashes.map((hash) => texts.get(hash))],
  );
}
