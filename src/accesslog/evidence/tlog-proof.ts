// C2SP tlog-proof: that one entry is in the log, as a text that other tools read too.
import { readCheckpoint } from "../merkle/checkpoint.js";
import { NoteRefused, readNote, type VerifierKey } from "../merkle/signed-note.js";
import { verifyInclusion, type Hash } from "../merkle/tree.js";
import { readHead, type EvidenceHead } from "./heads.js";

const firstLine = "c2sp.org/tlog-proof@v1";

export interface EntryProof {
  readonly entry: string;
  readonly index: number;
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  /** A signed note, with cosignatures where there are some. */
  readonly checkpoint: string;
}

/** The leaf's hash and the entry's id stand in `extra`: the format names neither, and nobody signs them there. */
export const tlogProofText = ({ entry, index, leaf, proof, checkpoint }: EntryProof): string =>
  [
    firstLine,
    `extra ${Buffer.from(JSON.stringify({ entry, leaf: leaf.toString("base64") })).toString("base64")}`,
    `index ${String(index)}`,
    ...proof.map((hash) => hash.toString("base64")),
    "",
    checkpoint,
  ].join("\n");

export interface CheckedProof {
  /** As the file says it: only the leaf's hash is proved. */
  readonly entry: string;
  readonly index: number;
  /** Hex. */
  readonly leaf: string;
  readonly head: EvidenceHead;
}

const maxBytes = 131_072;

/** Whether it is a proof of this format at all. */
export const isTlogProof = (text: string): boolean => text.startsWith(`${firstLine}\n`);

/**
 * @param keys brought by the reader: a proof names none itself
 * @throws NoteRefused for what is no such proof, does not lead to its checkpoint, or is signed by none of the keys
 */
export function checkTlogProof(text: string, keys: readonly VerifierKey[]): CheckedProof {
  const end = text.indexOf("\n\n");
  if (!isTlogProof(text) || end < 0 || Buffer.byteLength(text) > maxBytes) throw new NoteRefused("not a proof");
  const [, extra = "", index = "", ...hashes] = text.slice(0, end).split("\n");
  const about = readExtra(extra);
  const number = Number(/^index (0|[1-9]\d{0,15})$/.exec(index)?.[1] ?? Number.NaN);
  const proof = hashes.map((hash) => Buffer.from(hash, "base64"));
  const note = text.slice(end + 2);
  const head = readHead(note, keys, []);
  if (head === null) throw new NoteRefused("its checkpoint is not signed by the key that was given");
  const { size, root } = readCheckpoint(readNote(note).text);
  if (!verifyInclusion({ leaf: about.leaf, index: number, size, proof, root }))
    throw new NoteRefused("its hashes do not lead to its checkpoint");
  return { entry: about.entry, index: number, leaf: about.leaf.toString("hex"), head };
}

function readExtra(line: string): { readonly entry: string; readonly leaf: Hash } {
  try {
    const value: unknown = JSON.parse(Buffer.from(line.replace(/^extra /, ""), "base64").toString("utf8"));
    const { entry, leaf } = value as { readonly entry: unknown; readonly leaf: unknown };
    if (typeof entry === "string" && /^[0-9a-f-]{36}$/.test(entry) && typeof leaf === "string")
      return { entry, leaf: Buffer.from(leaf, "base64") };
  } catch {
    // Told below.
  }
  throw new NoteRefused("it does not name its entry");
}
