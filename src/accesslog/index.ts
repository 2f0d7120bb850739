// The record: append, search.
export { openAccessLog } from "./access-log.js";
export type { AccessLog, AccessLogOptions } from "./access-log.js";
export { boundedText } from "./bounded-text.js";
export { canonicalJson } from "./canonical-json.js";
export type { Json } from "./canonical-json.js";
export { AccessLogUnavailable } from "./entry.js";
export type {
  AccessLogWriter,
  Appended,
  CountedEvent,
  EntryDraft,
  EntryPlace,
  FieldRead,
  FieldRefused,
  Outcome,
  UnavailableReason,
} from "./entry.js";
export type {
  AccessLogReader,
  Asked,
  AskedBounds,
  AskedOperation,
  CounterRow,
  CutList,
  EntryBody,
  EntryFilter,
  PersonalPart,
  StoredEntry,
} from "./stored-entry.js";
export type {
  AccessSearch,
  AccessSummary,
  DayVolume,
  FieldUseOf,
  FirstUse,
  HourUse,
  StaffSummary,
  SummaryPage,
  SummaryTotal,
} from "./summary.js";
export { evidenceLines, type EvidenceLog, type EvidenceOptions, type EvidenceSource } from "./evidence/write.js";
export { evidencePage, evidencePageHeaders } from "./evidence-page/page.js";
export { linesOf } from "./evidence/lines.js";
export { checkEvidence } from "./evidence/read.js";
export type { CheckedEntry, EvidenceFault, EvidenceReport } from "./evidence/report.js";
export type { SignedBy } from "./evidence/heads.js";
export { checkTlogProof, isTlogProof, tlogProofText, type EntryProof } from "./evidence/tlog-proof.js";
export { countPersonal, erasePersonal, logSize, type ErasedPersonal } from "./erase-personal.js";
export { staffEntry, type StaffAct } from "./staff-entry.js";
export { stripOperation } from "./strip-operation.js";
export type { StrippedOperation, StripOptions } from "./strip-operation.js";
export { readCheckpoint, type Checkpoint } from "./merkle/checkpoint.js";
export type { LogSigner } from "./merkle/integrator.js";
export type { InclusionProof, LogState } from "./merkle/published-log.js";
export { isIncluded } from "./merkle/check-inclusion.js";
export {
  NoteRefused,
  readNote,
  readVerifier,
  signatureLine,
  signerKey,
  verifierText,
  verifyNote,
} from "./merkle/signed-note.js";
export { judgeCheckpoint, readAddCheckpoint, type AddCheckpoint } from "./witness/take-checkpoint.js";
export type { SignerKey, VerifierKey } from "./merkle/signed-note.js";
export type { OwnedLook } from "./behind/asked-behind.js";
export type { LogFault, LogReport } from "./merkle/verify-log.js";
export { nodesOfTiles, tilePath } from "./merkle/tiles.js";
export { consistencyProof } from "./merkle/tree.js";
export { witness, type WitnessAlarm } from "./merkle/witness.js";
export { retentionPolicy, type RetentionTerms } from "./retention/policy-text.js";
export { openRetention } from "./retention/retention.js";
export type { Retention, RetentionOutcome, RetentionRun } from "./retention/retention.js";
export type { RetentionDue, RetentionTime } from "./retention/due.js";
export type { RetentionState } from "./retention/state.js";
export type { LogLag } from "./merkle/lag.js";
export { fetchBounded, FetchFailed } from "./fetch-bounded.js";
export type { HandedIn, LogWitness, WitnessSight } from "./witness/cosignatures.js";
export type { TimestampPolicy, TimestampReport, TimestampState } from "./timestamp/timestamps.js";
