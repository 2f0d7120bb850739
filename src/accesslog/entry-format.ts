// From a draft to the bytes that are hashed and kept. Pure: the salt is given.
import { hash as digest } from "node:crypto";
import { freeBytes, ownBytes } from "../terms/index.js";
import type { EntryDraft } from "./entry.js";
import { bodyText, personalText, type PersonalText } from "./entry-text.js";

/** C2SP tlog-tiles: an entry's length is a uint16. */
const maxBodyBytes = 65_535;
/** Some 20,000 people with generous tokens; the gateway's bound on rows lies below. */
const maxPersonalBytes = 4 * 1024 * 1024;
/** What is kept of an operation's text. */
const maxOperationText = 32_768;
const maxListItems = 256;
export const saltBytes = 32;

/** An entry that cannot be written, whatever the state of the database. */
export class FaultyEntry extends Error {
  override readonly name = "FaultyEntry";
}

/** What is hashed is kept as bytes from the beginning: encoded once, and sent as they are. */
export class PreparedEntry {
  readonly tenant: string;
  readonly id: string;
  /** Memory it takes while it waits, roughly. */
  readonly size: number;
  /** SHA-256 of `leaf`. */
  readonly hash: Buffer;

  /** What was asked, stripped. */
  private readonly written: EntryDraft["operation"];

  /** Of the draft nothing else is held: what waits to be written is bytes. */
  constructor(
    draft: Pick<EntryDraft, "tenant" | "id" | "operation">,
    /** `at`, as Date.now(). */
    readonly moment: number,
    /** 0x00, then the body: what RFC 6962 hashes. */
    readonly leaf: Buffer,
    /** 32 bytes of salt, then the personal part: what the body's commitment is made of. */
    readonly salted: Buffer,
  ) {
    ({ tenant: this.tenant, id: this.id, operation: this.written } = draft);
    this.hash = digest("sha256", leaf, "buffer");
    this.size = leaf.length + salted.length + Math.min(draft.operation?.text.length ?? 0, maxOperationText);
  }

  get body(): string {
    return this.leaf.toString("utf8", 1);
  }

  get salt(): Buffer {
    return this.salted.subarray(0, saltBytes);
  }

  get personal(): string {
    return this.salted.toString("utf8", saltBytes);
  }

  get operation(): string | null {
    return this.written?.hash ?? null;
  }

  /** As it is kept. */
  operationText(): string {
    return boundedOperationText(this.written?.text ?? "");
  }

  /** The leaf's hash that the same draft has under another salt: how a second append knows its first. */
  hashWith(salt: Buffer): Buffer {
    const other = committed(Buffer.concat([salt, this.salted.subarray(saltBytes)]));
    const leaf = Buffer.from(this.leaf);
    // As a member's name it stands there once: in a text its quotes would be escaped.
    leaf.write(other, leaf.indexOf(commitmentName) + commitmentName.length, "latin1");
    return digest("sha256", leaf, "buffer");
  }

  /** Of one that is on record: nothing of it is read any more. */
  forget(): void {
    freeBytes(this.salted);
  }
}

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). */
export const leafHash = (body: string): Buffer => digest("sha256", leafBytes(body), "buffer");

/** Hex. The salt keeps anybody from trying likely tokens against the commitment once the personal part is erased. */
export const commitment = (salt: Buffer, personal: string): string => committed(saltedBytes(salt, [personal]));

const committed = (salted: Buffer): string => digest("sha256", salted, "hex");
const commitmentName = '"personal":"';

const leafBytes = (body: string): Buffer => {
  const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(body, "utf8"));
  bytes[0] = 0;
  bytes.write(body, 1, "utf8");
  return bytes;
};

function saltedBytes(salt: Buffer, personal: PersonalText["pieces"], length = lengthOf(personal)): Buffer {
  const bytes = ownBytes(salt.length + length);
  bytes.set(salt);
  let at = salt.length;
  for (const piece of personal)
    at = typeof piece === "string" ? at + bytes.write(piece, at, "utf8") : piece.write(bytes, at);
  return bytes;
}

/** In bytes. */
function lengthOf(pieces: PersonalText["pieces"]): number {
  let length = 0;
  for (const piece of pieces) length += typeof piece === "string" ? Buffer.byteLength(piece, "utf8") : piece.bytes;
  return length;
}

/** @param salt 32 bytes @throws FaultyEntry */
export function prepareEntry(draft: EntryDraft, salt: Buffer): PreparedEntry {
  const moment = checkIdentity(draft);
  try {
    const personal = personalText(draft);
    const length = lengthOf(personal.pieces);
    refuseBeyond("its personal part", length, maxPersonalBytes);
    const salted = saltedBytes(salt, personal.pieces, length);
    const leaf = fittingLeaf(draft, committed(salted), personal.subjects);
    return new PreparedEntry(draft, moment, leaf, salted);
  } catch (error) {
    if (error instanceof TypeError) throw new FaultyEntry(`entry ${draft.id}: ${error.message}`, { cause: error });
    throw error;
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const sha256Hex = /^[0-9a-f]{64}$/;

/** NaN for what toISOString does not write: Date.parse takes other forms, and 31 February for 3 March. */
function momentOf(at: string): number {
  const moment = Date.parse(at);
  return at.length === 24 && !Number.isNaN(moment) && new Date(moment).toISOString() === at ? moment : NaN;
}

/** @returns `at` as Date.now() */
function checkIdentity(draft: EntryDraft): number {
  if (!uuid.test(draft.id)) throw new FaultyEntry("an entry's id must be a UUID in lower case");
  if (draft.tenant.length < 1 || draft.tenant.length > 100)
    throw new FaultyEntry(`entry ${draft.id}: a tenant's name has 1 to 100 characters`);
  const moment = momentOf(draft.at);
  if (Number.isNaN(moment))
    throw new FaultyEntry(`entry ${draft.id}: \`at\` must be RFC 3339 in UTC with milliseconds`);
  if (draft.operation && !sha256Hex.test(draft.operation.hash))
    throw new FaultyEntry(`entry ${draft.id}: the operation's hash must be 64 hex digits`);
  return moment;
}

function refuseBeyond(what: string, length: number, bytes: number): void {
  if (length > bytes) throw new TypeError(`${what} takes ${length} bytes, more than the ${bytes} that are kept`);
}

/**
 * Lists that describe what did NOT leave are halved, the longest first, until the body fits, and the cut is said. What
 * left is never cut: an application could otherwise ask for so much that the one field that matters falls off its record.
 */
function fittingLeaf(draft: EntryDraft, personal: string, subjects: number): Buffer {
  for (let keep = maxListItems; ; keep = Math.floor(keep / 2)) {
    const leaf = leafBytes(bodyText(draft, personal, subjects, keep));
    if (keep > 0 && leaf.length - 1 > maxBodyBytes) continue;
    refuseBeyond("what left", leaf.length - 1, maxBodyBytes);
    return leaf;
  }
}

function boundedOperationText(text: string): string {
  if (text.length <= maxOperationText) return text.toWellFormed().replaceAll("\0", "");
  const rest = text.length - maxOperationText;
  return `${boundedOperationText(text.slice(0, maxOperationText))}\n# cut: ${rest} more characters`;
}

/** What was kept of an operation is not the whole of it, and its hash is of the whole. */
export const isCutText = (text: string): boolean =>
  text.length > maxOperationText && /\n# cut: \d+ more characters$/.test(text);
