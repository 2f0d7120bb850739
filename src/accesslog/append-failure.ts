// What a failed batch means for what comes next.

export type FailureKind =
  /** An entry of the batch is at fault: find it. */
  | "data"
  /** It may well work in a moment: the connection was lost, a lock was not given, a server is starting or changing over. */
  | "passing"
  /** Trying again at once would not help: full, no rights, no table. */
  | "refused";

/** SQLSTATE classes, PostgreSQL manual, appendix A. */
const dataClasses = new Set(["21", "22", "23", "44", "54", "P0"]);
const passingClasses = new Set(["08", "40", "55", "57"]);
const passingCodes = new Set([
  "53300", // too many connections
  "25006", // read only: a replica that is about to be promoted
]);

function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

export function failureKind(error: unknown): FailureKind {
  const code = sqlState(error);
  // Not an answer of the server: the socket's error, our own time limit, or a connection that ended.
  if (code === null) return "passing";
  if (dataClasses.has(code.slice(0, 2))) return "data";
  return passingCodes.has(code) || passingClasses.has(code.slice(0, 2)) ? "passing" : "refused";
}

/**
 * The statement that the server was to keep is not known there, or is another's (between us and it stands a pooler that
 * shares connections), or what it answers with has changed (a migration): written without a name, it works.
 */
export const isOfPrepared = (error: unknown): boolean => ["26000", "42P05", "0A000"].includes(sqlState(error) ?? "");

/** A key stands in a table already. */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === "23505";

/** For the operator's terminal: a code or our own words, never the server's text, which can hold values. */
export function failureName(error: unknown): string {
  const code = sqlState(error);
  if (code !== null) return `SQLSTATE ${code}`;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown error";
}
