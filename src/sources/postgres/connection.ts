// The pool of connections to one service, and how one statement runs on it: bounded in time, given up when the request ends.
import net from "node:net";
import pg from "pg";
import { Pace } from "../pace.js";
import type { PaceSettings } from "../resilience-settings.js";
import { type FailureBearing, type FailureReason, type FetchBounds, SourceFailure } from "../source.js";
import type { Statement } from "./statement.js";

export interface ConnectionSettings extends PaceSettings {
  /** As in `gateway.yaml`. */
  readonly name: string;
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
}

export type TextRow = readonly (string | null)[];

/** How long a connection may take to be made, or to become free. */
const connectTimeoutMs = 5_000;
/** The service gets this long, beyond the statement's own time, to say that it has given up. */
const graceMs = 1_000;

/** Every cell as the text that PostgreSQL sends: what it means is read by our types, not by OID. */
const textOnly: pg.CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/**
 * Set on the connection itself, so that no round trip is spent on it. The last setting of a name wins: an address cannot
 * turn them off.
 */
function guardedUrl(url: string, statementTimeoutMs: number): string {
  // Node's own error would carry the address, password and all.
  const address = URL.parse(url);
  if (address === null)
    throw new TypeError("the address is not of the form postgres://user:password@host:port/database");
  const settings = {
    default_transaction_read_only: "on",
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(statementTimeoutMs),
    TimeZone: "UTC",
    DateStyle: "ISO",
    extra_float_digits: "1",
  };
  const own = address.searchParams.get("options") ?? "";
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  address.searchParams.set("options", [own, ...ours].join(" ").trim());
  return address.toString();
}

export class Connections {
  private readonly pool: pg.Pool;
  private closing: Promise<void> | null = null;
  private readonly pace: Pace | null;

  constructor(private readonly settings: ConnectionSettings) {
    const { name, callsPerSecond, statementTimeoutMs } = settings;
    this.pace = callsPerSecond === undefined ? null : new Pace(name, callsPerSecond, statementTimeoutMs);
    this.pool = new pg.Pool({
      connectionString: guardedUrl(settings.url, settings.statementTimeoutMs),
      application_name: "passerelle",
      max: settings.poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
      types: textOnly,
    });
    // An idle connection that breaks is replaced at the next call; without a listener it would end the process.
    this.pool.on("error", () => undefined);
  }

  /** @throws SourceFailure */
  async run(statement: Statement, { signal }: Pick<FetchBounds, "signal">): Promise<readonly TextRow[]> {
    await this.pace?.turn(signal);
    const ending = new Ending(signal, connectTimeoutMs + this.settings.statementTimeoutMs + graceMs);
    try {
      const client = await this.connect(ending);
      return await this.query(client, statement, ending);
    } catch (error) {
      throw this.failure(error, ending.reason);
    } finally {
      ending.clear();
    }
  }

  /** Connections in use are waited for. May be called again. */
  close(): Promise<void> {
    this.closing ??= this.pool.end();
    return this.closing;
  }

  private async connect(ending: Ending): Promise<pg.PoolClient> {
    const connecting = this.pool.connect();
    try {
      return await ending.orEnd(connecting);
    } catch (error) {
      // A connection that comes after we have given up goes back, unused.
      connecting.then((client) => client.release()).catch(() => undefined);
      throw error;
    }
  }

  private async query(client: pg.PoolClient, statement: Statement, ending: Ending): Promise<readonly TextRow[]> {
    // A connection that breaks under a query says so twice, by the query and by this event.
    const onError = (): void => undefined;
    client.on("error", onError);
    const running = client.query<(string | null)[]>({
      text: statement.text,
      values: [...statement.values],
      rowMode: "array",
    });
    try {
      const result = await ending.orEnd(running);
      client.off("error", onError);
      client.release();
      return result.rows;
    } catch (error) {
      running.catch(() => undefined);
      // An error that the server answered leaves the connection sound; anything else ends it, so that what still runs
      // on it (or a cancellation that comes late) can never meet the next request.
      const sound = ending.reason === null && error instanceof pg.DatabaseError;
      if (!sound) askToCancel(client);
      if (sound) client.off("error", onError);
      client.release(!sound);
      throw error;
    }
  }

  /** Law 11: of the service's error only its code goes on; its text may quote values. */
  private failure(error: unknown, ended: FailureReason | null): SourceFailure {
    const fail = (reason: FailureReason, detail: string, bearing: Partial<FailureBearing>) =>
      new SourceFailure(this.settings.name, reason, detail, bearing);
    if (error instanceof SourceFailure) return error;
    if (ended === "cancelled") return fail("cancelled", "the request has ended", {});
    // Beyond the statement's own time: the server did not even say that it gave up.
    if (ended === "timeout") return fail("timeout", "no answer in time", { reach: "service" });
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    // The server works, this statement was too much for it: others must not suffer for who asks such things.
    if (code === "57014") return fail("timeout", "SQLSTATE 57014", { reach: "question" });
    if (error instanceof pg.DatabaseError)
      return fail("unavailable", `SQLSTATE ${/^\w{5}$/.exec(code)?.[0] ?? "unknown"}`, bearingOf(code));
    // pg's own words for a pool or connection that took too long; they hold no value.
    if (error instanceof Error && /timeout/i.test(error.message))
      return fail("timeout", "no connection in time", { reach: "service" });
    return fail("unavailable", /^[A-Z_]{2,40}$/.exec(code)?.[0] ?? "connection failed", {
      reach: "service",
      outlook: "again",
    });
  }
}

/** PostgreSQL documentation, appendix A: connections (08), resources (53), shutdown and start (57P) pass; refusals do not. */
function bearingOf(sqlState: string): FailureBearing {
  if (/^(08|53|57P)/.test(sqlState)) return { reach: "service", outlook: "again" };
  // A value that the column's own type cannot hold (22), a statement beyond the server's limits (54).
  if (/^(22|54)/.test(sqlState)) return { reach: "condition", outlook: "refused" };
  return { reach: /^(28|3D)/.test(sqlState) ? "service" : "dataset", outlook: "refused" };
}

/** The end of one call's time: by the request's signal or by our own clock. */
class Ending {
  reason: "cancelled" | "timeout" | null = null;
  private readonly ended: Promise<never>;
  private readonly clock: NodeJS.Timeout;
  private readonly onAbort: () => void;

  constructor(
    private readonly signal: AbortSignal,
    ms: number,
  ) {
    let end: (reason: "cancelled" | "timeout") => void = () => undefined;
    this.ended = new Promise<never>((_, reject) => {
      end = (reason) => {
        this.reason ??= reason;
        reject(new Error(reason));
      };
    });
    this.ended.catch(() => undefined);
    this.clock = setTimeout(() => end("timeout"), ms);
    this.onAbort = () => end("cancelled");
    if (signal.aborted) this.onAbort();
    else signal.addEventListener("abort", this.onAbort, { once: true });
  }

  orEnd<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([this.ended, promise]);
  }

  clear(): void {
    clearTimeout(this.clock);
    this.signal.removeEventListener("abort", this.onAbort);
  }
}

/** What pg knows of a connection and does not declare: where it goes, and the server's name for it. */
interface Reached {
  readonly host?: string;
  readonly port?: number;
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/**
 * PostgreSQL's CancelRequest (documentation, "Message Formats"), on a connection of its own: without it the server would
 * work on for nobody until the statement's time is over. Best effort; statement_timeout stands behind it.
 */
function askToCancel(client: pg.PoolClient): void {
  const { host, port, processID, secretKey } = client as Reached;
  if (host === undefined || port === undefined || typeof processID !== "number" || typeof secretKey !== "number")
    return;
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(80877102, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const socket = host.startsWith("/") ? net.connect(`${host}/.s.PGSQL.${port}`) : net.connect(port, host);
  socket.setTimeout(connectTimeoutMs, () => socket.destroy());
  socket.on("error", () => undefined);
  socket.on("connect", () => socket.end(message));
  socket.unref();
}
