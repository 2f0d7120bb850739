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
export { stripOperation } from "./strip-operation.js";
export type { StrippedOperation, StripOptions } from "./strip-operation.js";
