// The connections to one service: so many at most, each for one statement at a time, bounded in time, given up when the
// request ends. What runs often the server keeps as a prepared statement, so that it is neither parsed nor planned again.
import type pg from "pg";
import { Pace } from "../pace.js";
import type { CellsInPlace } from "../cells-in-place.js";
import type { PaceSettings } from "../resilience-settings.js";
import type { FetchBounds } from "../source.js";
import { Call } from "./call.js";
import { askToCancel } from "./cancel.js";
import { failureOf, NoConnection } from "./failure-of.js";
import { BrokenLine, Line, ServerError, type Rows } from "./line.js";
import { PreparedNames } from "./prepared-names.js";
import type { Statement } from "./statement.js";

export interface ConnectionSettings extends PaceSettings {
  /** As in `gateway.yaml`. */
  readonly name: string;
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** False: the server is to keep no statement of ours; true unless set. */
  readonly prepared?: boolean | undefined;
}

export type TextRow = readonly (string | null)[];

/** How long a connection may take to be made, or to become free. */
const connectTimeoutMs = 5_000;
/** The service gets this long, beyond the statement's own time, to say that it has given up. */
const graceMs = 1_000;
/** How long a connection may be idle. */
const idleMs = 30_000;
/** How often times are looked at: no timer is set for a statement, which seldom takes a hundredth of its own. */
const lookMs = 250;
/** Statements that the server keeps on one connection. */
const mostNames = 100;

/** The statement is unknown there, or is another's: between us and the server stands a pooler that shares connections. */
const isPoolers = (sqlState: string): boolean => sqlState === "26000" || sqlState === "42P05";
/** What a prepared statement meets whose table has changed. */
const changedTable = "0A000";

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
  readonly #client: pg.ClientConfig;
  readonly #pace: Pace | null;
  readonly #names: PreparedNames | null;
  readonly #idle: Line[] = [];
  /** At work: what each is at. */
  readonly #busy = new Map<Line, Call>();
  readonly #waiting: Call[] = [];
  #connecting = 0;
  /** Turns of the clock, `lookMs` each. */
  #turn = 0;
  #clock: NodeJS.Timeout | null = null;
  #closing: { readonly done: Promise<void>; readonly end: () => void } | null = null;
  readonly #ending: Promise<void>[] = [];

  constructor(private readonly settings: ConnectionSettings) {
    const { name, url, callsPerSecond, statementTimeoutMs } = settings;
    this.#pace = callsPerSecond === undefined ? null : new Pace(name, callsPerSecond, statementTimeoutMs);
    this.#names = settings.prepared === false ? null : new PreparedNames();
    this.#client = {
      connectionString: guardedUrl(url, statementTimeoutMs),
      application_name: "passerelle",
      connectionTimeoutMillis: connectTimeoutMs,
    };
  }

  /** @param cells see `PageRequest` @throws SourceFailure */
  run(statement: Statement, { signal }: Pick<FetchBounds, "signal">, cells: CellsInPlace | null = null): Promise<Rows> {
    if (this.#pace === null) return this.#called(statement, cells, signal);
    return this.#pace.turn(signal).then(() => this.#called(statement, cells, signal));
  }

  /** For the catalog: every cell as its text. @throws SourceFailure */
  async texts(
    text: string,
    values: readonly string[],
    bounds: Pick<FetchBounds, "signal">,
  ): Promise<readonly TextRow[]> {
    const rows = await this.run({ text, values, columns: null, once: true }, bounds);
    return rows.map((row) => row.map((cell) => (typeof cell === "string" ? cell : null)));
  }

  /** Connections in use are waited for. May be called again. */
  close(): Promise<void> {
    if (this.#closing !== null) return this.#closing.done;
    let end = (): void => undefined;
    const done = new Promise<void>((resolve) => (end = resolve));
    this.#closing = { done, end };
    for (const call of this.#waiting.splice(0)) call.fail(closed(), null);
    this.#closeIdle();
    return done;
  }

  #called(statement: Statement, cells: CellsInPlace | null, signal: AbortSignal): Promise<Rows> {
    return new Promise((resolve, reject) => {
      const call = new Call(
        statement,
        cells,
        signal,
        resolve,
        (error, ended) => reject(failureOf(this.settings.name, error, ended)),
        this,
      );
      if (signal.aborted) call.fail(null, "cancelled");
      else if (this.#closing !== null) call.fail(closed(), null);
      else {
        signal.addEventListener("abort", call);
        call.since = this.#turn;
        this.#take(call);
      }
    });
  }

  #take(call: Call): void {
    const line = this.#idle.pop();
    if (line === undefined) {
      this.#waiting.push(call);
      this.#connectMore();
      return;
    }
    line.hold(true);
    this.#start(line, call);
  }

  #start(line: Line, call: Call): void {
    this.#busy.set(line, call);
    line.since = this.#turn;
    call.line = line;
    const { text, values, once } = call.statement;
    const name = once ? "" : (this.#names?.of(text) ?? "");
    const known = name !== "" && line.names.has(name);
    const forget = known || name === "" ? [] : [name, ...this.#tooMany(line)];
    line.run({ name, text: known ? null : text, parameters: values, forget }, call, (error, rows) => {
      if (error instanceof ServerError && name !== "" && this.#withoutName(line, name, error, call)) return;
      if (name !== "" && error === null) line.names.add(name);
      this.#free(line);
      if (error === null) call.succeed(rows);
      else call.fail(error, null);
    });
  }

  /** The one that was prepared first makes room. */
  #tooMany({ names }: Line): string[] {
    const [oldest] = names;
    if (names.size < mostNames || oldest === undefined) return [];
    names.delete(oldest);
    return [oldest];
  }

  /** Once more, prepared for this once: it only reads. @returns false where that would change nothing */
  #withoutName(line: Line, name: string, { sqlState }: ServerError, call: Call): boolean {
    if (isPoolers(sqlState)) this.#names?.giveUp();
    else if (sqlState !== changedTable) return false;
    if (!line.isSound) return false;
    line.names.delete(name);
    const { text, values } = call.statement;
    line.run({ name: "", text, parameters: values, forget: [] }, call, (error, rows) => {
      this.#free(line);
      if (error === null) call.succeed(rows);
      else call.fail(error, null);
    });
    return true;
  }

  #free(line: Line): void {
    this.#busy.delete(line);
    if (!line.isSound) this.#connectMore();
    else {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#start(line, next);
        return;
      }
      line.hold(false);
      line.since = this.#turn;
      this.#idle.push(line);
    }
    if (this.#closing !== null) this.#closeIdle();
  }

  /** As many as are waited for, within the bound. */
  #connectMore(): void {
    while (
      this.#connecting < this.#waiting.length &&
      this.#connecting + this.#busy.size + this.#idle.length < this.settings.poolSize
    ) {
      this.#connecting += 1;
      void this.#connect();
    }
    this.#keepTime();
  }

  async #connect(): Promise<void> {
    try {
      const line = await Line.open(this.#client, (broken) => this.#lost(broken));
      this.#connecting -= 1;
      this.#free(line);
    } catch (error) {
      this.#connecting -= 1;
      this.#waiting.shift()?.fail(error, null);
      this.#connectMore();
      if (this.#closing !== null) this.#closeIdle();
    }
  }

  /** An idle connection that breaks is replaced when one is needed. */
  #lost(line: Line): void {
    const place = this.#idle.indexOf(line);
    if (place >= 0) this.#idle.splice(place, 1);
  }

  /** The request has ended, or its time: what still runs, or a cancellation that comes late, never meets the next one. */
  leave(call: Call, ended: "cancelled" | "timeout"): void {
    const place = this.#waiting.indexOf(call);
    if (place >= 0) this.#waiting.splice(place, 1);
    const { line } = call;
    if (line !== null) {
      askToCancel(line.reached, connectTimeoutMs);
      line.destroy();
      this.#free(line);
    }
    call.fail(null, ended);
  }

  #keepTime(): void {
    this.#clock ??= setInterval(() => this.#look(), lookMs).unref();
  }

  #look(): void {
    this.#turn += 1;
    const turns = (ms: number): number => Math.ceil(ms / lookMs);
    for (const call of this.#waiting.filter(({ since }) => this.#turn - since > turns(connectTimeoutMs))) {
      this.#waiting.splice(this.#waiting.indexOf(call), 1);
      call.fail(new NoConnection(), null);
    }
    const longest = turns(this.settings.statementTimeoutMs + graceMs);
    for (const [line, call] of [...this.#busy]) if (this.#turn - line.since > longest) this.leave(call, "timeout");
    for (const line of this.#idle.filter(({ since }) => this.#turn - since > turns(idleMs))) {
      this.#lost(line);
      void line.end();
    }
    if (this.#connecting + this.#busy.size + this.#idle.length + this.#waiting.length > 0 || this.#clock === null)
      return;
    clearInterval(this.#clock);
    this.#clock = null;
  }

  #closeIdle(): void {
    for (const line of this.#idle.splice(0)) this.#ending.push(line.end());
    if (this.#connecting + this.#busy.size > 0) return;
    if (this.#clock !== null) clearInterval(this.#clock);
    this.#clock = null;
    void Promise.all(this.#ending).then(this.#closing?.end);
  }
}

const closed = (): BrokenLine => new BrokenLine("");
