export { postgresSource } from "./postgres-source.js";
export type { ConnectionSettings } from "./connection.js";
