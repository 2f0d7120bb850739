// Our own PostgreSQL: where it runs, what its tables are, what is current.
export { type Store, type StoreAddresses, type StoreLocation, type StoreOptions } from "./store.js";
export { openStore } from "./open-store.js";
export { StoreError } from "./store-error.js";
export { isUnavailable } from "./connections.js";
export { bumpConsentRevision, bumpRevision, readRevision, type Revision, RevisionReader } from "./revision.js";
export { currentColumns, currentJoins, currentOf, type RevisionRow } from "./revision.js";
export { poolFigures, type PoolFigures } from "./pool-figures.js";
export { withLock } from "./process-lock.js";
export { startEmbedded, type EmbeddedOptions, type EmbeddedPostgres } from "./embedded-postgres.js";
export type { DataSource, EntityManager } from "typeorm";
