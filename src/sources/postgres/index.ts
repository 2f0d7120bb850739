export { postgresSource } from "./postgres-source.js";
export type { ConnectionSettings } from "./connection.js";
export { postgresStructure, postgresWriteRights, type WriteRights } from "./structure.js";
