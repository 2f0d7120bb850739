// From a draft to the bytes that are hashed and kept. Pure: the salt is given.
import { createHash } from "node:crypto";
import type { SubjectToken } from "../terms/index.js";
import { boundedText } from "./bounded-text.js";
import { canonicalJson } from "./canonical-json.js";
import type { Json } from "./canonical-json.js";
import type { EntryDraft } from "./entry.js";
import type { CutList, EntryBody, PersonalPart } from "./stored-entry.js";

/** C2SP tlog-tiles: an entry's length is a uint16. */
const maxBodyBytes = 65_535;
/** Some 20,000 people with generous tokens; the gateway's bound on rows lies below. */
const maxPersonalBytes = 4 * 1024 * 1024;
/** What is kept of an operation's text. */
const maxOperationText = 32_768;
const maxListItems = 256;

/** An entry that cannot be written, whatever the state of the database. */
export class FaultyEntry extends Error {
  override readonly name = "FaultyEntry";
}

export interface PreparedEntry {
  readonly tenant: string;
  readonly id: string;
  readonly at: string;
  readonly body: string;
  readonly hash: Buffer;
  readonly salt: Buffer;
  readonly personal: string;
  readonly operation: { readonly hash: string; readonly text: string } | null;
  /** Memory it takes while it waits, roughly. */
  readonly size: number;
  /** The leaf's hash that the same draft has under another salt: how a second append knows its first. */
  hashWith(salt: Buffer): Buffer;
}

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). */
export const leafHash = (body: string): Buffer =>
  createHash("sha256").update(Buffer.of(0)).update(body, "utf8").digest();

/** Hex. The salt keeps anybody from trying likely tokens against the commitment once the personal part is erased. */
export const commitment = (salt: Buffer, personal: string): string =>
  createHash("sha256").update(salt).update(personal, "utf8").digest("hex");

/** @throws FaultyEntry */
export function prepareEntry(draft: EntryDraft, salt: Buffer): PreparedEntry {
  checkIdentity(draft);
  try {
    const personal = canonicalJson(personalPart(draft) as unknown as Json);
    refuseBeyond("its personal part", personal, maxPersonalBytes);
    const body = fittingBody(draft, commitment(salt, personal));
    const operation = draft.operation && {
      hash: draft.operation.hash,
      text: boundedOperationText(draft.operation.text),
    };
    return {
      tenant: draft.tenant,
      id: draft.id,
      at: draft.at,
      body,
      hash: leafHash(body),
      salt,
      personal,
      operation,
      size: body.length + personal.length + (operation?.text.length ?? 0),
      hashWith: (other) => leafHash(fittingBody(draft, commitment(other, personal))),
    };
  } catch (error) {
    if (error instanceof TypeError) throw new FaultyEntry(`entry ${draft.id}: ${error.message}`, { cause: error });
    throw error;
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const sha256Hex = /^[0-9a-f]{64}$/;

function checkIdentity(draft: EntryDraft): void {
  if (!uuid.test(draft.id)) throw new FaultyEntry("an entry's id must be a UUID in lower case");
  if (draft.tenant.length < 1 || draft.tenant.length > 100)
    throw new FaultyEntry(`entry ${draft.id}: a tenant's name has 1 to 100 characters`);
  if (!instant.test(draft.at) || Number.isNaN(Date.parse(draft.at)))
    throw new FaultyEntry(`entry ${draft.id}: \`at\` must be RFC 3339 in UTC with milliseconds`);
  if (draft.operation && !sha256Hex.test(draft.operation.hash))
    throw new FaultyEntry(`entry ${draft.id}: the operation's hash must be 64 hex digits`);
}

function personalPart(draft: EntryDraft): PersonalPart {
  const tokens = new Map<string, Set<SubjectToken>>();
  for (const { scheme, token } of draft.personal.subjects) {
    const known = tokens.get(scheme);
    if (known) known.add(token);
    else tokens.set(scheme, new Set([token]));
  }
  const name = draft.personal.operationName;
  return {
    v: 1,
    subjects: Object.fromEntries([...tokens].map(([scheme, set]) => [scheme, [...set].sort()])),
    // Written only where somebody was: entries without are as they were before citizens signed in.
    ...(draft.personal.endUser ? { endUser: draft.personal.endUser } : {}),
    operationName: name === null ? null : boundedText(name, 200),
    staff: draft.staff && boundedText(draft.staff.who, 200),
    traceparent: draft.personal.traceparent == null ? null : boundedText(draft.personal.traceparent, 55),
  };
}

function refuseBeyond(what: string, text: string, bytes: number): void {
  const length = Buffer.byteLength(text, "utf8");
  if (length > bytes) throw new TypeError(`${what} takes ${length} bytes, more than the ${bytes} that are kept`);
}

/**
 * Lists that describe what did NOT leave are halved, the longest first, until the body fits, and the cut is said. What
 * left is never cut: an application could otherwise ask for so much that the one field that matters falls off its record.
 */
function fittingBody(draft: EntryDraft, personal: string): string {
  for (let keep = maxListItems; ; keep = Math.floor(keep / 2)) {
    const body = canonicalJson(entryBody(draft, personal, keep) as unknown as Json);
    if (keep > 0 && Buffer.byteLength(body, "utf8") > maxBodyBytes) continue;
    refuseBeyond("what left", body, maxBodyBytes);
    return body;
  }
}

function entryBody(draft: EntryDraft, personal: string, keep: number): EntryBody {
  const truncated: Partial<Record<CutList, number>> = {};
  const cut = <T>(name: CutList, list: readonly T[]): readonly T[] => {
    if (list.length > keep) truncated[name] = list.length - keep;
    return list.slice(0, keep);
  };
  const text = <T extends string>(value: T): T => boundedText(value, 300) as T;
  const orNull = <T extends string>(value: T | null): T | null => (value === null ? null : text(value));
  const body = {
    v: 1 as const,
    id: draft.id,
    tenant: draft.tenant,
    at: draft.at,
    durationMs: Math.round(draft.durationMs),
    outcome: draft.outcome,
    status: draft.status,
    application: orNull(draft.application),
    purpose: orNull(draft.purpose),
    agreement: orNull(draft.agreement),
    agreementVersion: draft.agreementVersion,
    basis: orNull(draft.basis),
    key: orNull(draft.key),
    policyVersion: orNull(draft.policyVersion),
    operation: draft.operation?.hash ?? null,
    fields: draft.fields.map((field) => ({
      coordinate: text(field.coordinate),
      rule: text(field.rule),
      mask: text(field.mask),
      cells: field.cells,
    })),
    refused: cut("refused", draft.refused).map((field) => ({
      coordinate: text(field.coordinate),
      reason: field.reason,
      rule: orNull(field.rule),
      use: field.use,
    })),
    withheld: cut("withheld", draft.withheld).map(({ coordinate, cells }) => ({ coordinate: text(coordinate), cells })),
    rows: draft.rows.map(({ dataset, rows }) => ({ dataset: text(dataset), rows })),
    errors: cut("errors", draft.errors).map(text),
    sources: cut("sources", draft.sources).map(({ source, reason }) => ({
      source: text(source),
      reason: text(reason),
    })),
    subjects: new Set(draft.personal.subjects.map(({ scheme, token }) => `${scheme}\n${token}`)).size,
    staff: draft.staff && {
      command: text(draft.staff.command),
      filters: Object.fromEntries(
        cut("filters", Object.entries(draft.staff.filters)).map(([name, value]) => [text(name), text(value)]),
      ),
    },
    personal,
  };
  return { ...body, truncated };
}

function boundedOperationText(text: string): string {
  if (text.length <= maxOperationText) return text.toWellFormed().replaceAll("\0", "");
  const rest = text.length - maxOperationText;
  return `${boundedOperationText(text.slice(0, maxOperationText))}\n# cut: ${rest} more characters`;
}

/** What was kept of an operation is not the whole of it, and its hash is of the whole. */
export const isCutText = (text: string): boolean =>
  text.length > maxOperationText && /\n# cut: \d+ more characters$/.test(text);
