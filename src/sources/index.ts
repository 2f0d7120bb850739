export { isCanonical } from "./canonical-value.js";
export { CellsInPlace } from "./cells-in-place.js";
export { checkedSource } from "./checked-source.js";
export { certainlyHolds, filterColumns } from "./filter-truth.js";
export { openSources, type PostgresSettings, type SourceReports, type SourceSettings } from "./open-sources.js";
export type { CircuitChange } from "./resilient-source.js";
export type { SourceHealth, SourceState, WatchedSource } from "./source-health.js";
export {
  type Abilities,
  type ByKeysRequest,
  type Column,
  type ComparisonOperator,
  type CountRequest,
  type FailureReason,
  type FetchBounds,
  type Filter,
  type KeepWish,
  NotAsked,
  type Order,
  type PageRequest,
  type Source,
  SourceFailure,
} from "./source.js";
export { structureOf, type StructureOptions, writeRightsOf } from "./structure-of.js";
export type { Structure, StructureColumn, StructureReference, StructureTable } from "./structure.js";
export { canWalk, type Walk, walkedPage } from "./key-windows.js";
export { type Guard, PageNotAvailable, type ScanBounds, visibleByKeys, visiblePage } from "./visible-rows.js";
