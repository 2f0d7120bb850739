// Whether an entry is in the tree of a checkpoint that the log's own key has signed: checked, not believed.
import { leafHash } from "../entry-format.js";
import { readCheckpoint } from "./checkpoint.js";
import type { InclusionProof } from "./published-log.js";
import { NoteRefused, readNote, verifyNote, type VerifierKey } from "./signed-note.js";
import { verifyInclusion } from "./tree.js";

/**
 * @param canonical the entry's bytes as the record has them now; null: removed at the end of its retention, its hash stays
 * @param keys that a checkpoint of this log may be signed with
 */
export function isIncluded(
  { index, leaf, proof, checkpoint, size }: InclusionProof,
  canonical: string | null,
  keys: readonly VerifierKey[],
): boolean {
  if (canonical !== null && !leafHash(canonical).equals(leaf)) return false;
  try {
    const note = readNote(checkpoint);
    if (verifyNote(note, keys).length === 0) return false;
    const signed = readCheckpoint(note.text);
    return signed.size === size && verifyInclusion({ leaf, index, size, proof, root: signed.root });
  } catch (error) {
    if (error instanceof NoteRefused) return false;
    throw error;
  }
}
