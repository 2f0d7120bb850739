// Whose rows may leave: what people have decided, for each agreement and unit.
export type { AskedAgreement, ConsentReader, HeldUnits, PeopleSet } from "./people-set.js";
export { type AgreedTerms, termsOf } from "./terms-of.js";
export { ConsentError, type ConsentErrorCode, ConsentsRefused } from "./consent-error.js";
export type {
  ConsentEvent,
  CurrentConsent,
  DecidedBy,
  Deciding,
  Decision,
  Elsewhere,
  EventFilter,
  GuardianshipEnd,
  GuardianshipRecord,
  Kin,
  Settlement,
  Shown,
} from "./consent-event.js";
export { ConsentRegister, type ConsentRegisterOptions, type ImportOptions, type Settling } from "./register.js";
export type { Closed, ClosedHook } from "./closed.js";
export { type ConsentReaderOptions, type HoldingReader, openConsentReader } from "./reader.js";
export {
  noteClosed,
  NoticeOutbox,
  WebhookRegistry,
  type DueNotice,
  type ErasureNotice,
  type NoticeView,
  type SecretSeal,
  type Webhook,
} from "./webhook-store.js";
export { AddressRefused, judgeAddress, type AddressRefusal } from "./webhook-address.js";
export { postWebhook } from "./webhook-post.js";
export { WebhookSender } from "./webhook-sender.js";
export { type Asks, basesTable, basisMeaning, type BasisMeaning } from "./bases.js";
export { decisionRecord, recordExport, type RecordSource } from "./record.js";
export type { DecisionRecord, Receipt, RecordExport } from "./record-form.js";
export { checkReceipt, type CheckedReceipt, type SigningKey, signReceipt } from "./receipt.js";
export {
  type EarlyErasure,
  eraseConsents,
  eraseEndedGuardianships,
  eraseEvidence,
  eraseOwnWords,
  eraseTraces,
  guardianshipsOf,
  type OwnTraces,
  type PersonTokens,
  type StoredGuardianship,
  tracesOf,
} from "./erase-person.js";
