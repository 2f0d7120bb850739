// What witnesses have said of this log. A cosignature is stored when it was verified against a witness's key that the
// town has written in gateway.yaml, over a checkpoint that this log has signed; nothing else is.
import type { SearchPool } from "../append-connection.js";
import { readCheckpoint, type Checkpoint } from "../merkle/checkpoint.js";
import { newestCheckpoint } from "../merkle/published-log.js";
import { keyId, NoteRefused, readNote, verifyNote, type Note, type VerifierKey } from "../merkle/signed-note.js";

/** Another machine that sees the checkpoints. */
export interface LogWitness {
  /** As gateway.yaml calls it. */
  readonly name: string;
  /** Where it takes checkpoints (C2SP tlog-witness), without the last `/`; null: it comes for them itself. */
  readonly url: string | null;
  readonly key: VerifierKey;
}

/** The newest checkpoint that one witness has seen. */
export interface WitnessSight {
  /** As gateway.yaml calls it; a witness that no longer stands there goes by its key's name. */
  readonly name: string;
  readonly size: number;
  /** As the witness says. */
  readonly at: Date;
}

export type HandedIn =
  | "stored"
  /** No note, or no checkpoint. */
  | "malformed"
  /** Not one signature of a witness that the town knows. */
  | "unknown-witness"
  /** A known witness has seen what this log has not: another history, or one that is gone. */
  | "not-here"
  /** Of a log with another name, that the same witness sees too: anybody could hand it in, and it says nothing of this one. */
  | "another-log";

/** A witness's clock that is this far ahead of ours says nothing of when it saw. */
const clockMs = 600_000;

interface SightRow {
  readonly witness: string;
  readonly key_id: Buffer;
  readonly size: string;
  readonly at: Date;
}

/** The newest that each key has ever seen, the newest sight first. */
async function sights(pool: SearchPool, tenant: string): Promise<SightRow[]> {
  // From key to key by the table's own index: a witness has a row for each checkpoint that it saw.
  const { rows } = await pool.query<SightRow>(
    `WITH RECURSIVE key AS (
       (SELECT witness, key_id FROM log_cosignature WHERE tenant = $1 ORDER BY witness, key_id LIMIT 1)
       UNION ALL
       SELECT following.* FROM key, LATERAL (
         SELECT witness, key_id FROM log_cosignature
          WHERE tenant = $1 AND (witness, key_id) > (key.witness, key.key_id) ORDER BY witness, key_id LIMIT 1) following
     )
     SELECT key.witness, key.key_id, newest.size, newest.at FROM key, LATERAL (
       SELECT size, at FROM log_cosignature c
        WHERE c.tenant = $1 AND c.witness = key.witness AND c.key_id = key.key_id ORDER BY size DESC LIMIT 1) newest
      ORDER BY newest.at DESC, key.witness`,
    [tenant],
  );
  return rows;
}

export async function witnessSights(
  pool: SearchPool,
  tenant: string,
  witnesses: readonly LogWitness[],
): Promise<WitnessSight[]> {
  return (await sights(pool, tenant)).map(({ witness, key_id: id, size, at }) => {
    const known = witnesses.find(({ key }) => key.name === witness && keyId(key).equals(id));
    return { name: known?.name ?? witness, size: Number(size), at };
  });
}

/** Sizes that these witnesses have seen last, by their place in the list; 0: nothing yet. */
export async function seenSizes(
  pool: SearchPool,
  tenant: string,
  witnesses: readonly LogWitness[],
): Promise<readonly number[]> {
  const rows = await sights(pool, tenant);
  return witnesses.map(({ key }) =>
    Number(rows.find(({ witness, key_id: id }) => key.name === witness && keyId(key).equals(id))?.size ?? 0),
  );
}

/** The newest checkpoint with what witnesses have said of it (C2SP tlog-checkpoint); null before the first. */
export async function cosignedCheckpoint(pool: SearchPool, tenant: string): Promise<string | null> {
  const newest = await newestCheckpoint(pool, tenant);
  if (newest === null) return null;
  const { rows } = await pool.query<{ line: string }>(
    "SELECT line FROM log_cosignature WHERE tenant = $1 AND size = $2 ORDER BY witness, key_id",
    [tenant, newest.size],
  );
  return `${newest.note}${rows.map(({ line }) => line).join("")}`;
}

/** @param text a checkpoint with at least one witness's signature */
export async function handIn(
  pool: SearchPool,
  tenant: string,
  text: string,
  witnesses: readonly LogWitness[],
): Promise<{ readonly outcome: HandedIn; readonly witness: string | null; readonly size: number }> {
  const read = readHandedIn(text, witnesses);
  if (typeof read === "string") return { outcome: read, witness: null, size: 0 };
  const { note, origin, size, seen } = read;
  const witness = witnesses.find(({ key }) => key === seen[0]?.key)?.name ?? null;
  const { rows } = await pool.query<{ note: string }>(
    "SELECT note FROM log_checkpoint WHERE tenant = $1 AND size = $2",
    [tenant, size],
  );
  if (rows[0] === undefined || readNote(rows[0].note).text !== note.text)
    return { outcome: (await isNamed(pool, tenant, origin)) ? "not-here" : "another-log", witness, size };
  for (const each of seen)
    await pool.query(
      `INSERT INTO log_cosignature (tenant, witness, key_id, size, at, line) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [tenant, each.key.name, keyId(each.key), size, each.at, each.line],
    );
  return { outcome: "stored", witness, size };
}

/** Whether the log goes, or went at first, by this name; one that has no checkpoint (any more) could have had any. */
async function isNamed(pool: SearchPool, tenant: string, origin: string): Promise<boolean> {
  const { rows } = await pool.query<{ note: string }>(
    `(SELECT note FROM log_checkpoint WHERE tenant = $1 ORDER BY size LIMIT 1) UNION ALL
     (SELECT note FROM log_checkpoint WHERE tenant = $1 ORDER BY size DESC LIMIT 1)`,
    [tenant],
  );
  return rows.length === 0 || rows.some(({ note }) => readCheckpoint(readNote(note).text).origin === origin);
}

interface Cosignature {
  readonly key: VerifierKey;
  readonly at: Date;
  readonly line: string;
}

function readHandedIn(
  text: string,
  witnesses: readonly LogWitness[],
):
  | "malformed"
  | "unknown-witness"
  | { readonly note: Note; readonly origin: string; readonly size: number; readonly seen: Cosignature[] } {
  let note: Note;
  let checkpoint: Checkpoint;
  try {
    note = readNote(text);
    checkpoint = readCheckpoint(note.text);
  } catch (error) {
    if (error instanceof NoteRefused) return "malformed";
    throw error;
  }
  const seen = witnesses.flatMap(({ key }) => cosignatureOf(note, key) ?? []);
  return seen.length === 0 ? "unknown-witness" : { note, origin: checkpoint.origin, size: checkpoint.size, seen };
}

/** Each key for itself: what one witness signed badly does not spoil another's. */
function cosignatureOf(note: Note, key: VerifierKey): Cosignature | null {
  try {
    const time = verifyNote(note, [key])[0]?.time ?? null;
    if (time === null || time * 1000 > Date.now() + clockMs) return null;
    const own = note.signatures.find(({ name, keyId: id }) => name === key.name && id.equals(keyId(key)));
    if (own === undefined) return null;
    const line = `— ${own.name} ${Buffer.concat([own.keyId, own.bytes]).toString("base64")}\n`;
    return { key, at: new Date(time * 1000), line };
  } catch (error) {
    if (error instanceof NoteRefused) return null;
    throw error;
  }
}
