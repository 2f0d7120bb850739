// Signed notes (C2SP signed-note): a text that people can read, with lines that show who signed it. Ed25519 alone: the
// log's own signature (type 0x01) and a witness's cosignature with its time (C2SP tlog-cosignature, type 0x04).
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";

export type SignatureKind = "log" | "witness";

const typeByte: Readonly<Record<SignatureKind, number>> = { log: 0x01, witness: 0x04 };

export interface VerifierKey {
  /** `rivemont.example/log`: no space, no `+`. */
  readonly name: string;
  readonly kind: SignatureKind;
  /** Raw, 32 bytes. */
  readonly publicKey: Buffer;
}

export interface SignerKey extends VerifierKey {
  readonly privateKey: KeyObject;
}

/** Everything before the blank line, its last newline with it; and the signature lines as they stand. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Buffer;
  readonly bytes: Buffer;
}

export class NoteRefused extends Error {
  override readonly name = "NoteRefused";
}

/** What a witness's signature adds: when it saw the note, in seconds of the Unix clock. */
export interface Seen {
  readonly key: VerifierKey;
  /** Null for the log's own signature. */
  readonly time: number | null;
}

const noteName = /^[^\s+\p{C}]{1,200}$/u;
const maxNoteBytes = 65_536;
const maxSignatures = 100;
// RFC 8410: how a raw key stands in DER.
const privateDer = Buffer.from("302e020100300506032b657004220420", "hex");
const publicDer = Buffer.from("302a300506032b6570032100", "hex");

/** @param secret 32 random bytes (RFC 8032). @throws NoteRefused for a name that no note can hold */
export function signerKey(name: string, secret: Uint8Array, kind: SignatureKind = "log"): SignerKey {
  if (!noteName.test(name) || secret.length !== 32) throw new NoteRefused("not a signer's name and secret");
  const privateKey = createPrivateKey({ key: Buffer.concat([privateDer, secret]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(publicDer.length);
  return { name, kind, publicKey, privateKey };
}

/** The first 4 bytes of SHA-256(name || 0x0A || type || public key). */
export const keyId = ({ name, kind, publicKey }: VerifierKey): Buffer =>
  createHash("sha256")
    .update(`${name}\n`, "utf8")
    .update(Buffer.of(typeByte[kind]))
    .update(publicKey)
    .digest()
    .subarray(0, 4);

/** `name+keyid+base64`, as other tools take it (the "vkey" of signed-note). */
export const verifierText = (key: VerifierKey): string =>
  `${key.name}+${keyId(key).toString("hex")}+${Buffer.concat([Buffer.of(typeByte[key.kind]), key.publicKey]).toString("base64")}`;

/** @throws NoteRefused where the parts do not belong together */
export function readVerifier(text: string): VerifierKey {
  const [, name = "", id = "", encoded = ""] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  const kind = (["log", "witness"] as const).find((each) => typeByte[each] === bytes[0]);
  const key = kind === undefined ? null : { name, kind, publicKey: bytes.subarray(1) };
  if (key === null || !noteName.test(name) || key.publicKey.length !== 32 || keyId(key).toString("hex") !== id)
    throw new NoteRefused("not a verifier's key: name+keyid+base64");
  return key;
}

/** @param text ends with a newline. @param seconds for a witness: when it saw the note */
export function signatureLine(key: SignerKey, text: string, seconds = 0): string {
  const time = Buffer.alloc(key.kind === "witness" ? 8 : 0);
  if (key.kind === "witness") time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, signedBytes(key.kind, text, seconds), key.privateKey);
  return `— ${key.name} ${Buffer.concat([keyId(key), time, signature]).toString("base64")}\n`;
}

export function signNote(text: string, keys: readonly SignerKey[]): string {
  if (!text.endsWith("\n") || /\p{Cc}/u.test(text.replaceAll("\n", ""))) throw new NoteRefused("not a note's text");
  return `${text}\n${keys.map((key) => signatureLine(key, text)).join("")}`;
}

const signedBytes = (kind: SignatureKind, text: string, seconds: number): Buffer =>
  Buffer.from(kind === "log" ? text : `cosignature/v1\ntime ${seconds}\n${text}`, "utf8");

/** Bounded and strict; whose the signatures are, and whether they hold, is `verifyNote`'s to say. @throws NoteRefused */
export function readNote(note: string): Note {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || Buffer.byteLength(note, "utf8") > maxNoteBytes) throw new NoteRefused("not a signed note");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0 || lines.length > maxSignatures)
    throw new NoteRefused("not a signed note");
  if (/\p{Cc}/u.test(text.replaceAll("\n", ""))) throw new NoteRefused("a note holds no control characters");
  return { text, signatures: lines.map(readSignature) };
}

function readSignature(line: string): NoteSignature {
  const [, name = "", encoded = ""] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  if (!noteName.test(name) || bytes.length < 5 || bytes.toString("base64") !== encoded)
    throw new NoteRefused("a signature line cannot be read");
  return { name, keyId: bytes.subarray(0, 4), bytes: bytes.subarray(4) };
}

/**
 * The signatures of these keys that hold; those of other keys are passed over, as signed-note asks.
 * @throws NoteRefused when a signature under a known key's name and id does not hold: the note was altered
 */
export function verifyNote(note: Note, known: readonly VerifierKey[]): readonly Seen[] {
  const seen: Seen[] = [];
  for (const { name, keyId: id, bytes } of note.signatures) {
    const key = known.find((each) => each.name === name && keyId(each).equals(id));
    if (key === undefined || seen.some((before) => before.key === key)) continue;
    const time = key.kind === "witness" ? timeOf(bytes) : null;
    const signature = key.kind === "witness" ? bytes.subarray(8) : bytes;
    const publicKey = createPublicKey({ key: Buffer.concat([publicDer, key.publicKey]), format: "der", type: "spki" });
    if (signature.length !== 64 || !verify(null, signedBytes(key.kind, note.text, time ?? 0), publicKey, signature))
      throw new NoteRefused(`the signature of ${name} does not hold`);
    seen.push({ key, time });
  }
  return seen;
}

function timeOf(bytes: Buffer): number {
  const time = bytes.length < 8 ? -1n : bytes.readBigUInt64BE();
  if (time < 0n || time > BigInt(Number.MAX_SAFE_INTEGER)) throw new NoteRefused("a cosignature without its time");
  return Number(time);
}
