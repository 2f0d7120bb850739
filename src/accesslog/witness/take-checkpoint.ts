// The witness's side of the C2SP witness protocol (tlog-witness): what an `add-checkpoint` says, and whether it may be
// signed, as a function from what is remembered to what is answered. Who calls it must remember the checkpoint, on disk,
// before anybody gets the signature, and must judge one request of a log at a time.
import { readCheckpoint, type Checkpoint } from "../merkle/checkpoint.js";
import { NoteRefused, readNote, verifyNote, type Note, type VerifierKey } from "../merkle/signed-note.js";
import { emptyRoot, verifyConsistency, type Hash } from "../merkle/tree.js";

export interface AddCheckpoint {
  /** The size that the log believes was seen last. */
  readonly old: number;
  readonly proof: readonly Hash[];
  readonly note: Note;
  /** The note as it was sent. */
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

export type Verdict =
  /** To be remembered, then signed. `again`: it is the one that is remembered. */
  | { readonly outcome: "sign"; readonly again: boolean }
  /** No signature of a key that is known for this log. */
  | { readonly outcome: "unknown-key" }
  /** The old size is larger than the checkpoint's. */
  | { readonly outcome: "backwards" }
  /** Another size was seen last: it is answered with that. */
  | { readonly outcome: "conflict"; readonly size: number }
  /** The size that was seen last with another root, signed by the log: it has two histories. */
  | { readonly outcome: "split"; readonly size: number }
  /** Signed by the log, and not proved to hold what was seen. */
  | { readonly outcome: "unproved" };

const maxProofLines = 63;

/** Null for what is not in the protocol's form. */
export function readAddCheckpoint(body: string): AddCheckpoint | null {
  const end = body.indexOf("\n\n");
  const [first = "", ...lines] = end < 0 ? [] : body.slice(0, end).split("\n");
  const old = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const proof = lines.map((line) => Buffer.from(line, "base64"));
  const strict = lines.every((line, at) => proof[at]?.length === 32 && proof[at].toString("base64") === line);
  if (old === undefined || !Number.isSafeInteger(Number(old)) || !strict || lines.length > maxProofLines) return null;
  try {
    const text = body.slice(end + 2);
    const note = readNote(text);
    return { old: Number(old), proof, note, text, checkpoint: readCheckpoint(note.text) };
  } catch (error) {
    if (error instanceof NoteRefused) return null;
    throw error;
  }
}

/** @param log the keys of this origin. @param last what was signed last for it; null: nothing yet */
export function judgeCheckpoint(asked: AddCheckpoint, log: readonly VerifierKey[], last: Checkpoint | null): Verdict {
  const { old, proof, checkpoint } = asked;
  const seen = last?.size ?? 0;
  if (!isSigned(asked, log)) return { outcome: "unknown-key" };
  if (old > checkpoint.size) return { outcome: "backwards" };
  if (old !== seen) return { outcome: "conflict", size: seen };
  const olderRoot = last?.root ?? emptyRoot;
  if (last !== null && checkpoint.size === seen && !checkpoint.root.equals(last.root))
    return { outcome: "split", size: seen };
  const holds = { older: seen, newer: checkpoint.size, olderRoot, newerRoot: checkpoint.root, proof };
  if (!verifyConsistency(holds)) return { outcome: "unproved" };
  return { outcome: "sign", again: last !== null && checkpoint.size === seen };
}

function isSigned({ note, checkpoint }: AddCheckpoint, log: readonly VerifierKey[]): boolean {
  try {
    return verifyNote(note, log).some(({ key }) => key.kind === "log" && key.name === checkpoint.origin);
  } catch (error) {
    if (error instanceof NoteRefused) return false;
    throw error;
  }
}
