// The search line of the access log: read, written, changed, completed, and what it means.
export {
  anyStaff,
  logKeys,
  logOutcomes,
  type BothLanguages,
  type LogKey,
  type LogQueryFault,
  type LogTerm,
  type PlacedLogTerm,
  type ReadLogQuery,
} from "./query.js";
export { readLogQuery } from "./read.js";
export {
  personHandle,
  readPerson,
  recordedLogQuery,
  withHandles,
  withLogTerm,
  withLogValues,
  withoutLogTerm,
  writeLogQuery,
  writeLogTerm,
  type PersonHandle,
  type TypedPerson,
} from "./write.js";
export {
  completedLogQuery,
  fixedLogValues,
  logCompletionAt,
  offeredLogKeys,
  type LogCompletion,
  type OfferedLogKey,
} from "./complete.js";
export {
  logFilterOf,
  type LogCondition,
  type LogFilter,
  type LogFilterOptions,
  type LogPeriod,
  type NamedInEntry,
  type SoughtPerson,
} from "./filter.js";
