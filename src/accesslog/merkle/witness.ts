// A witness: it remembers the newest checkpoint of a log that it has signed, and signs no other that does not hold it.
// What the C2SP witness protocol asks of one (tlog-witness), as a function from what is remembered to what is done.
import { readCheckpoint, type Checkpoint } from "./checkpoint.js";
import { NoteRefused, readNote, signatureLine, verifyNote, type SignerKey, type VerifierKey } from "./signed-note.js";
import { verifyConsistency, type Hash } from "./tree.js";

export type Witnessed =
  /** Newer, and holds what was seen: the note with our cosignature. */
  | { readonly outcome: "signed"; readonly checkpoint: Checkpoint; readonly note: string }
  /** The one that was seen last. */
  | { readonly outcome: "same"; readonly checkpoint: Checkpoint }
  /** The log shows another history than it did. It is kept as evidence: the log has signed both. */
  | { readonly outcome: "alarm"; readonly why: WitnessAlarm; readonly checkpoint: Checkpoint };

export type WitnessAlarm =
  /** Fewer entries than were seen. */
  | "shrunk"
  /** As many entries, another root. */
  | "split"
  /** More entries, and no proof that the seen ones are among them. */
  | "inconsistent";

export interface WitnessRequest {
  /** What the log shows: a signed note. */
  readonly note: string;
  /** The log's keys; its name is theirs. */
  readonly log: readonly VerifierKey[];
  /** What was seen last; null: nothing yet. */
  readonly last: Checkpoint | null;
  /** From the size seen to the one shown. */
  readonly proof: (older: number, newer: number) => Promise<readonly Hash[]>;
  readonly key: SignerKey;
  readonly now: Date;
}

/** @throws NoteRefused for what the log has not signed: it says nothing about the log */
export async function witness(request: WitnessRequest): Promise<Witnessed> {
  const { last, log } = request;
  const note = readNote(request.note);
  const checkpoint = readCheckpoint(note.text);
  const signed = verifyNote(note, log).some(({ key }) => key.kind === "log" && key.name === checkpoint.origin);
  if (!signed) throw new NoteRefused("a checkpoint that the log has not signed");
  if (last !== null) {
    if (checkpoint.size < last.size) return { outcome: "alarm", why: "shrunk", checkpoint };
    if (checkpoint.size === last.size)
      return checkpoint.root.equals(last.root)
        ? { outcome: "same", checkpoint }
        : { outcome: "alarm", why: "split", checkpoint };
    const proof = await request.proof(last.size, checkpoint.size);
    const holds = { older: last.size, newer: checkpoint.size, olderRoot: last.root, newerRoot: checkpoint.root, proof };
    if (!verifyConsistency(holds)) return { outcome: "alarm", why: "inconsistent", checkpoint };
  }
  const seconds = Math.floor(request.now.getTime() / 1000);
  const cosigned = `${request.note}${signatureLine(request.key, note.text, seconds)}`;
  return { outcome: "signed", checkpoint, note: cosigned };
}
