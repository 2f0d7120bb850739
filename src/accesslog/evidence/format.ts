// The form of an evidence file: JSON Lines, each line in canonical JSON (RFC 8785), so that no two readers can understand
// one line differently. docs/access-log-proof.md describes it for whoever writes a reader of their own.
import type { Json } from "../canonical-json.js";

export const evidenceFormat = "passerelle-evidence@v1";

/** A personal part has at most 4 MiB before it is escaped. */
export const maxLineBytes = 16 * 1024 * 1024;

/** Entries between two whole proofs: what a damaged line takes with it is at most so many. */
export const anchorEvery = 64;

/** The first line: what was searched, when, by whom. Its maker says so; only what the log signed is proved. */
export interface ManifestLine {
  readonly kind: "manifest";
  readonly format: typeof evidenceFormat;
  readonly tenant: string;
  /** RFC 3339, UTC. */
  readonly made: string;
  /** The maker's role, never a name. */
  readonly by: string;
  /** As in the search line; without people unless the parts about people are in the file. */
  readonly query: string;
  /** The parts about people are in the file, where they were not erased. */
  readonly people: boolean;
  /** The export's own entry: it stands first among the entries, and proves who asked for what. */
  readonly export: { readonly entry: string; readonly index: number };
  /** Public keys (`name+id+base64`) with the day from which they sign. */
  readonly keys: readonly EvidenceKey[];
  /** For the reader of the file: compare the key. */
  readonly notice: string;
}

export interface EvidenceKey {
  readonly key: string;
  /** A day, `2026-11-23`; null: not known. */
  readonly since: string | null;
}

/** The second line: the signed head that every entry is proved to. */
export interface CheckpointLine {
  readonly kind: "checkpoint";
  /** C2SP signed note, with witnesses' cosignatures where there are some. */
  readonly note: string;
}

/** An older head that somebody else has seen or dated, and the proof that the file's own head holds it. */
export interface SeenLine {
  readonly kind: "seen";
  readonly note: string;
  /** Hashes in base64: RFC 6962 section 2.1.2, from the older size to the size of the file's head. */
  readonly proof: readonly string[];
  /** Base64 of an RFC 3161 token over the note; null: none. */
  readonly timestamp: string | null;
}

/** Stands before the first entry that names it. */
export interface OperationLine {
  readonly kind: "operation";
  readonly hash: string;
  readonly text: string;
}

/** Stands before the first entry that names it. The version's name is a hash over these texts. */
export interface PolicyLine {
  readonly kind: "policy";
  readonly version: string;
  readonly schema: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Newest first: each index is lower than the one before. */
export interface EntryLine {
  readonly kind: "entry";
  readonly index: number;
  /** Base64 of the leaf's hash as it was signed. */
  readonly leaf: string;
  /**
   * Hashes in base64, lowest first. Whole (RFC 6962 section 2.1.1), or only as far as the subtree whose hash an entry
   * before has already given.
   */
  readonly proof: readonly string[];
  /** The entry's canonical text: the leaf's hash is SHA-256(0x00 || its UTF-8 bytes). */
  readonly body: string;
  /** The part about people: SHA-256(salt || its UTF-8 bytes) stands in the body. Null: erased, or not asked for. */
  readonly personal: { readonly salt: string; readonly text: string } | null;
}

/** The last line. Without it the file was cut. */
export interface EndLine {
  readonly kind: "end";
  /** The export's own entry among them. */
  readonly entries: number;
}

/** The last line of a file whose making failed. */
export interface IncompleteLine {
  readonly kind: "incomplete";
  readonly entries: number;
}

export type EvidenceLine =
  ManifestLine | CheckpointLine | SeenLine | OperationLine | PolicyLine | EntryLine | EndLine | IncompleteLine;

type Check = (value: Json | undefined) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const exactly =
  (expected: string): Check =>
  (value) =>
    value === expected;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const list =
  (check: Check, most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every((item: Json) => check(item));
const hash: Check = (value) => typeof value === "string" && /^[A-Za-z0-9+/]{43}=$/.test(value);
const hex: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const base64: Check = (value) => typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
const record =
  (check: Check): Check =>
  (value) =>
    isRecord(value) && Object.values(value).every((item) => check(item));
/** Every member, and no other: a member that a reader does not know could change what it must understand. */
const object =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isRecord(value)) return false;
    const names = Object.keys(members);
    return (
      Object.keys(value).length === names.length &&
      names.every((name) => Object.hasOwn(value, name) && members[name]?.(value[name]) === true)
    );
  };

const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A tree of 2^53 leaves has no longer proof. */
const maxProof = 64;

const shapes: Readonly<Record<EvidenceLine["kind"], Check>> = {
  manifest: object({
    kind: exactly("manifest"),
    format: exactly(evidenceFormat),
    tenant: text,
    made: text,
    by: text,
    query: text,
    people: flag,
    export: object({ entry: text, index: count }),
    keys: list(object({ key: text, since: orNull(text) }), 100),
    notice: text,
  }),
  checkpoint: object({ kind: exactly("checkpoint"), note: text }),
  seen: object({ kind: exactly("seen"), note: text, proof: list(hash, 2 * maxProof), timestamp: orNull(base64) }),
  operation: object({ kind: exactly("operation"), hash: hex, text }),
  policy: object({ kind: exactly("policy"), version: hex, schema: text, files: record(text) }),
  entry: object({
    kind: exactly("entry"),
    index: count,
    leaf: hash,
    proof: list(hash, maxProof),
    body: text,
    personal: orNull(object({ salt: hash, text })),
  }),
  end: object({ kind: exactly("end"), entries: count }),
  incomplete: object({ kind: exactly("incomplete"), entries: count }),
};

/** A line's value; null: no line of this format. It is not judged here whether it is in canonical form. */
export function shapedLine(value: Json): EvidenceLine | null {
  if (!isRecord(value)) return null;
  const kind = Object.hasOwn(value, "kind") ? value["kind"] : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(shapes, kind)) return null;
  return shapes[kind as EvidenceLine["kind"]](value) ? (value as unknown as EvidenceLine) : null;
}
