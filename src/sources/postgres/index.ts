export { postgresSource } from "./postgres-source.js";
export type { ConnectionSettings } from "./connection-settings.js";
export { postgresStructure, postgresWriteRights, type WriteRights } from "./structure.js";
