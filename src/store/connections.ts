// How our rooms connect to our own PostgreSQL: bounded in time, and saying in words what is wrong.
import { DataSource, type EntitySchema, type Logger } from "typeorm";
import { poolSettings, type TimeBounds } from "./pool/index.js";
import { StoreError } from "./store-error.js";

export type Entity = EntitySchema | (new () => object);

/** On a request's path: it must end in time, and refuse, when the database does not answer. */
export const requestBounds: TimeBounds = { connectMs: 2_000, statementMs: 2_000, silenceMs: 3_000 };
/** Migrations may rewrite large tables. */
export const ownerBounds: TimeBounds = { connectMs: 5_000, statementMs: 0, silenceMs: 0 };

/** Whoever asked is thrown the error and says it in words: TypeORM would print it too, and a migration's SQL with it. */
const silentLogger: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

/** An initialized DataSource. @throws StoreError */
export async function openDataSource(
  address: string,
  bounds: TimeBounds,
  entities: readonly Entity[],
  migrations: readonly (new () => object)[] = [],
): Promise<DataSource> {
  const dataSource = new DataSource({
    type: "postgres",
    url: address,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: "passerelle_migration",
    synchronize: false,
    logging: false,
    logger: silentLogger,
    installExtensions: false,
    // A connection lost while idle concerns nobody: the next query opens another or fails with its reason.
    poolErrorHandler: () => undefined,
    extra: poolSettings(address, bounds),
  });
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw explain(error, address);
  }
}

/** The address under which a connection acts as `role`, whoever it logs in as. */
export function actingAs(address: string, role: string): string {
  const url = new URL(address);
  const before = url.searchParams.get("options");
  url.searchParams.set("options", `${before === null ? "" : `${before} `}-c role=${role}`);
  return url.href;
}

/** The user an address logs in as; empty where it leaves that to the system. */
export const userOf = (address: string): string => decodeURIComponent(new URL(address).username);

/** `localhost:5432`, never with the password. */
export function placeOf(address: string): string {
  const url = new URL(address);
  return `${url.hostname || "localhost"}:${url.port || "5432"}`;
}

const silent = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
]);
/** SQLSTATE class 57P: the server stops, crashed or is starting; 53300: no connection is left. */
const busy = new Set(["57P01", "57P02", "57P03", "53300"]);
const silentMessages = /timeout|terminated|Connection ended|not queryable/i;

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  const inner = (error as { errors?: unknown } | null)?.errors;
  return Array.isArray(inner) && inner.length > 0 ? codeOf(inner[0]) : "";
};

/** True when the database did not answer (and may answer later), false when it answered with a refusal. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === "database-unavailable";
  const code = codeOf(error);
  return (
    silent.has(code) ||
    busy.has(code) ||
    code.startsWith("08") ||
    (error instanceof Error && silentMessages.test(error.message))
  );
}

/** The error of a connection or statement, in words for the operator. */
export function explain(error: unknown, address: string): Error {
  if (error instanceof StoreError) return error;
  const place = placeOf(address);
  const code = codeOf(error);
  if (isUnavailable(error)) {
    const reason = code || (error instanceof Error ? error.message : "no answer");
    return new StoreError(
      "database-unavailable",
      `PostgreSQL does not answer at ${place} (${reason}). Check that it runs and that DATABASE_URL names it.`,
      { cause: error },
    );
  }
  const user = userOf(address);
  switch (code) {
    case "28P01":
    case "28000":
      return new StoreError(
        "database-login",
        `PostgreSQL at ${place} refuses the login of "${user}": check user and password in DATABASE_URL.`,
        { cause: error },
      );
    case "3D000":
      return new StoreError(
        "database-missing",
        `PostgreSQL at ${place} has no database "${new URL(address).pathname.slice(1)}": create it, or correct DATABASE_URL.`,
        { cause: error },
      );
    case "42501":
      return new StoreError(
        "database-rights",
        `PostgreSQL at ${place} does not let "${user}" do this: ${(error as Error).message.replace(/[.;\s]*$/, "")}.`,
        { cause: error },
      );
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}
