// The heads in an evidence file: by whom each is signed, and whether its reader knows the key from elsewhere.
import { readCheckpoint, type Checkpoint } from "../merkle/checkpoint.js";
import { NoteRefused, readNote, verifierText, verifyNote, type Note, type VerifierKey } from "../merkle/signed-note.js";
import { verifyConsistency } from "../merkle/tree.js";
import type { SeenLine } from "./format.js";

export interface SignedBy {
  /** `name+id+base64` */
  readonly key: string;
  /** The reader brought it; else the file alone vouches for it. */
  readonly brought: boolean;
  /** Of a witness: when it saw the head, RFC 3339. Null: the log itself. */
  readonly at: string | null;
}

/** An older head that somebody else has seen or dated; the file's own head holds it. */
export interface SeenEvidence {
  readonly size: number;
  readonly by: readonly SignedBy[];
  /** An RFC 3161 token over `stamped`: it is not checked here. Null: none. */
  readonly timestamp: { readonly token: Buffer; readonly stamped: string } | null;
}

export interface EvidenceHead {
  readonly checkpoint: Checkpoint;
  readonly log: SignedBy;
  readonly cosigned: readonly SignedBy[];
  readonly seen: readonly SeenEvidence[];
}

/** Null: not a checkpoint that a key of the log has signed, or one whose signature under a known key does not hold. */
export function readHead(
  note: string,
  brought: readonly VerifierKey[],
  named: readonly VerifierKey[],
): EvidenceHead | null {
  const read = signatures(note, brought, named);
  return read === null ? null : { checkpoint: read.checkpoint, log: read.log, cosigned: read.cosigned, seen: [] };
}

/** Null: not signed by the log, or not held by the file's own head. */
export function readSeen(
  { note, proof, timestamp }: SeenLine,
  { checkpoint: newer }: Pick<EvidenceHead, "checkpoint">,
  brought: readonly VerifierKey[],
  named: readonly VerifierKey[],
): SeenEvidence | null {
  const read = signatures(note, brought, named);
  if (read === null || read.checkpoint.origin !== newer.origin) return null;
  const { checkpoint: older } = read;
  const held = verifyConsistency({
    ...{ older: older.size, newer: newer.size, olderRoot: older.root, newerRoot: newer.root },
    proof: proof.map((hash) => Buffer.from(hash, "base64")),
  });
  if (!held) return null;
  const token = timestamp === null ? null : { token: Buffer.from(timestamp, "base64"), stamped: note };
  return { size: older.size, by: read.cosigned, timestamp: token };
}

interface Signatures {
  readonly checkpoint: Checkpoint;
  readonly log: SignedBy;
  readonly cosigned: readonly SignedBy[];
}

/**
 * Where the reader brought a key of the log, only such a key counts for the log: the file could name one of its maker's
 * own beside it.
 */
function signatures(text: string, brought: readonly VerifierKey[], named: readonly VerifierKey[]): Signatures | null {
  try {
    const note = readNote(text);
    const checkpoint = readCheckpoint(note.text);
    const trusted = signersOf(note, brought, true);
    const all = [...trusted, ...signersOf(note, named, false)];
    const logs = (brought.some(({ kind }) => kind === "log") ? trusted : all).filter(
      ({ key }) => key.kind === "log" && key.name === checkpoint.origin,
    );
    const [log] = logs;
    if (log === undefined) return null;
    const cosigned = all.filter(({ key }) => key.kind === "witness");
    return { checkpoint, log: log.by, cosigned: cosigned.map(({ by }) => by).filter(onceEach) };
  } catch (error) {
    if (error instanceof NoteRefused) return null;
    throw error;
  }
}

const signersOf = (note: Note, keys: readonly VerifierKey[], brought: boolean): { key: VerifierKey; by: SignedBy }[] =>
  verifyNote(note, keys).map(({ key, time }) => ({
    key,
    by: { key: verifierText(key), brought, at: time === null ? null : momentOf(time) },
  }));

/** The latest moment that there is a date for (ECMA-262). */
const latestSeconds = 8_640_000_000_000;

function momentOf(seconds: number): string {
  if (seconds > latestSeconds) throw new NoteRefused("a cosignature with no time");
  return new Date(seconds * 1_000).toISOString();
}

const onceEach = ({ key }: SignedBy, at: number, all: readonly SignedBy[]): boolean =>
  all.findIndex((other) => other.key === key) === at;
