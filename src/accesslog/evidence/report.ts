// What the check of an evidence file tells: of each entry, and of the whole.
import type { EntryBody, PersonalPart } from "../stored-entry.js";
import type { ManifestLine } from "./format.js";
import type { EvidenceHead } from "./heads.js";

export type EntryVerdict =
  /** This very text is in the tree under the file's head, at this index. */
  | "proved"
  /** The leaf is in the tree; the text is not the one that it was made of. */
  | "altered"
  /** The hashes do not lead to the head. */
  | "not-in-tree"
  /** Its proof leans on a line before it that did not hold. */
  | "leaning"
  /** In the tree, and no entry in the form that this program knows: two readers could understand it differently. */
  | "unreadable"
  /** Its index is not lower than the one before: a repeated or moved line. */
  | "out-of-order";

export interface CheckedEntry {
  /** From 1. */
  readonly line: number;
  readonly index: number;
  readonly verdict: EntryVerdict;
  /** Null unless it is proved. */
  readonly body: EntryBody | null;
  /** The part about people: absent where it was erased or not asked for. */
  readonly personal: "absent" | "proved" | "altered";
  /** Null unless it is proved. */
  readonly people: PersonalPart | null;
  /** The export's own entry. */
  readonly own: boolean;
}

export type EvidenceFaultKind =
  | "not-evidence"
  | "line-too-long"
  | "line-unreadable"
  | "line-unexpected"
  | "checkpoint-unsigned"
  | "seen-refused"
  | "text-altered"
  | "personal-altered"
  | "count-differs"
  /** The first line names an entry that is to tell of this export, and it is not among those proved. */
  | "export-unproved"
  /** There is no last line: the file was cut. */
  | "cut"
  /** Its making failed, and it says so. */
  | "incomplete"
  | Exclude<EntryVerdict, "proved">;

export interface EvidenceFault {
  readonly kind: EvidenceFaultKind;
  readonly line: number;
  /** Of an entry; null for other lines. */
  readonly index: number | null;
}

export interface EvidenceReport {
  readonly manifest: ManifestLine | null;
  /** Null: there is none that can be read. */
  readonly head: EvidenceHead | null;
  /** Lines with entries, by verdict. */
  readonly entries: Readonly<Record<EntryVerdict, number>>;
  /** Of those proved: with the part about people; and stretches of indexes without a gap. */
  readonly withPeople: number;
  readonly stretches: number;
  readonly first: number | null;
  readonly last: number | null;
  /** The export's own entry was proved: who made the file for which search is on record. */
  readonly ownProved: boolean;
  /** The first of them. */
  readonly faults: readonly EvidenceFault[];
  readonly faultCount: number;
  /**
   * town: every line holds, and the head is signed by a key that the reader brought. itself: likewise, by a key that only
   * the file itself vouches for, which anybody could have made. failed: something does not hold.
   */
  readonly proved: "town" | "itself" | "failed";
}
