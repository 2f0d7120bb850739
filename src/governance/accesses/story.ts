// One access in full: what was asked, what left, by which rule with its text, under which agreement, with its proof (law 8).
import { isIncluded, type EntryBody, type StoredEntry, type VerifierKey } from "../../accesslog/index.js";
import type { AgreementView, VersionView } from "../../identity/index.js";
import type { VersionContent } from "../../policy/index.js";
import type { AccessStory, AgreementVersionRef, EntryProof, FieldLeft, FieldRefused } from "../schema/access-story.js";
import type { RuleRef } from "../schema/texts.js";
import type { Text } from "../text.js";
import { rowOfEntry } from "./row.js";
import { errorText, reasonText } from "./words.js";

export interface StoryParts {
  readonly entry: StoredEntry;
  /** Null: there was none, or its text is gone. */
  readonly operation: string | null;
  readonly purposeTitle: Text | null;
  readonly agreements: readonly AgreementView[];
  /** The version's files; null where they cannot be read. */
  readonly policy: VersionContent | null;
  readonly proof: EntryProof;
}

export function storyOf({ entry, operation, purposeTitle, agreements, policy, proof }: StoryParts): AccessStory {
  const { body, personal, intact } = entry;
  const signed = signedVersion(body, agreements);
  return {
    row: rowOfEntry(entry),
    status: body.status,
    durationMs: body.durationMs,
    operation,
    operationName: personal?.operationName ?? null,
    key: body.key,
    purposeTitle,
    recipient: signed === null ? null : recipientOf(signed),
    agreementVersion: signed === null ? null : versionRef(signed),
    policyVersion: body.policyVersion,
    left: body.fields.map((field) => leftOf(field, policy)),
    rowsLeft: body.rows.map(({ dataset, rows }) => ({ dataset, rows })),
    withheld: body.withheld.map(({ coordinate, cells }) => ({ coordinate, cells })),
    refused: body.refused.map((field) => refusedOf(field, policy)),
    refusedCut: body.truncated.refused ?? 0,
    errors: body.errors.map((code) => ({ code, sentence: errorText(code) })),
    sources: body.sources.map(({ source, reason }) => ({ source, reason })),
    people: Object.entries(personal?.subjects ?? {}).map(([register, tokens]) => ({ register, count: tokens.length })),
    erased: personal === null,
    onBehalfOf: personal?.endUser?.scheme ?? null,
    intact,
    proof,
  };
}

const signedVersion = ({ agreement, agreementVersion }: EntryBody, agreements: readonly AgreementView[]) =>
  agreements.find(({ ref }) => ref === agreement)?.versions.find(({ number }) => number === agreementVersion) ?? null;

const recipientOf = ({ snapshot: { recipient } }: VersionView): AccessStory["recipient"] => {
  const { name, role, basis } = recipient;
  return { name, role, basis };
};

const versionRef = ({ number, decidedBy, decidedAt, snapshot }: VersionView): AgreementVersionRef => ({
  number,
  approvedBy: decidedBy,
  approvedAt: decidedAt,
  from: snapshot.from,
  until: snapshot.until,
});

const leftOf = (
  { coordinate, cells, mask, rule }: EntryBody["fields"][number],
  policy: VersionContent | null,
): FieldLeft => ({ coordinate, cells, mask, rule: ruleRef(rule, policy) });

const refusedOf = (
  { coordinate, reason, rule, use }: EntryBody["refused"][number],
  policy: VersionContent | null,
): FieldRefused => ({
  coordinate,
  input: use === "input",
  reason,
  sentence: reasonText(reason),
  rule: ruleRef(rule, policy),
});

/** The line of the stored version: what decided, whatever the file says today. */
function ruleRef(place: string | null, policy: VersionContent | null): RuleRef | null {
  if (place === null || place === "") return null;
  const colon = place.lastIndexOf(":");
  const line = policy?.files.get(place.slice(0, colon))?.split("\n")[Number(place.slice(colon + 1)) - 1];
  return { place, text: line === undefined ? null : line.trim().replace(/\s+/g, " ") };
}

type LoggedProof = Parameters<typeof isIncluded>[0];

/**
 * PROVED only after the proof was checked here: the entry's own bytes, up to the root that the log's key has signed.
 * @param proof null: no checkpoint holds the entry yet
 */
export function proofOf(entry: StoredEntry, proof: LoggedProof | null, keys: readonly VerifierKey[]): EntryProof {
  const { leafHash } = entry;
  if (proof === null)
    return { standing: entry.intact ? "WAITING" : "BROKEN", leafHash, size: null, checkpoint: null, hashes: [] };
  const holds = entry.intact && proof.index === entry.index && isIncluded(proof, entry.canonical, keys);
  return {
    standing: holds ? "PROVED" : "BROKEN",
    leafHash,
    size: proof.size,
    checkpoint: proof.checkpoint,
    hashes: proof.proof.map((hash) => hash.toString("hex")),
  };
}
