// The connections to one service: so many at most, each for one statement at a time or some brief ones together, bounded in
// time, given up when the request ends. What runs often the server keeps as a prepared statement, so that it is neither
// parsed nor planned again.
import type pg from "pg";
import { Pace } from "../pace.js";
import type { CellsInPlace } from "../cells-in-place.js";
import type { FetchBounds } from "../source.js";
import { Call } from "./call.js";
import { askToCancel } from "./cancel.js";
import { guardedUrl, type ConnectionSettings } from "./connection-settings.js";
import { failureOf, NoConnection } from "./failure-of.js";
import { BrokenLine, HeldUp, ServerError } from "./line-errors.js";
import { Line, type Asked, type Rows } from "./line.js";
import { PreparedNames } from "./prepared-names.js";
import type { Statement } from "./statement.js";

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
/** Brief statements that are sent together. */
const mostTogether = 8;

export class Connections {
  readonly #client: pg.ClientConfig;
  readonly #pace: Pace | null;
  readonly #names: PreparedNames | null;
  readonly #idle: Line[] = [];
  /** At work: what each is at, of that none is told yet. */
  readonly #busy = new Map<Line, Call[]>();
  readonly #waiting: Call[] = [];
  /** Brief ones are begun at the end of this turn of the event loop. */
  #gathering = false;
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
    const rows = await this.run({ text, values, columns: null, once: true, brief: false }, bounds);
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
        if (statement.brief) this.#gather(call);
        else this.#take(call);
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
    this.#start(line, [call], this.#nameOf(call));
  }

  /**
   * Requests come in bundles, and so do their statements: what is asked in one turn of the event loop goes in one write. Each
   * write wakes a process of the server, which takes longer than to find a row.
   */
  #gather(call: Call): void {
    this.#waiting.push(call);
    this.#nextSoon();
  }

  #nextSoon(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    setImmediate(() => {
      this.#gathering = false;
      for (let line = this.#idle.pop(); line !== undefined; line = this.#idle.pop()) {
        if (!this.#next(line)) {
          this.#idle.push(line);
          return;
        }
        line.hold(true);
      }
      this.#connectMore();
    });
  }

  /** Begins what waits longest. @returns whether anything does */
  #next(line: Line): boolean {
    const first = this.#waiting.shift();
    if (first === undefined) return false;
    const { text, brief } = first.statement;
    const name = this.#nameOf(first);
    const calls = [first];
    // Alike, so that one that waits for a lock holds up who would wait for it too; and known there, so that none is refused
    // for what another has not prepared.
    if (brief && line.names.has(name))
      for (let next = this.#waiting[0]; next?.statement.text === text; next = this.#waiting[0]) {
        if (calls.length === mostTogether) break;
        this.#waiting.shift();
        calls.push(next);
      }
    this.#start(line, calls, name);
    return true;
  }

  /** Empty: it is prepared for this once. */
  #nameOf({ statement: { text, once } }: Call): string {
    return once ? "" : (this.#names?.of(text) ?? "");
  }

  /** @param calls of one text, whose name that is */
  #start(line: Line, calls: Call[], name: string): void {
    this.#busy.set(line, calls);
    line.since = this.#turn;
    line.answered = false;
    line.run(calls.map((call) => this.#asked(line, call, name)));
  }

  #asked(line: Line, call: Call, name: string): Asked {
    call.line = line;
    const { text, values } = call.statement;
    const known = name !== "" && line.names.has(name);
    const forget = known || name === "" ? [] : [name, ...this.#tooMany(line)];
    const ended = (error: Error | null, rows: Rows): void => {
      if (error instanceof ServerError && name !== "" && this.#withoutName(line, name, error, call)) return;
      if (name !== "" && error === null) line.names.add(name);
      this.#ended(line, call, error, rows);
    };
    return { request: { name, text: known ? null : text, parameters: values, forget }, expected: call, ended };
  }

  #ended(line: Line, call: Call, error: Error | null, rows: Rows): void {
    const calls = this.#busy.get(line) ?? [];
    calls.splice(calls.indexOf(call), 1);
    line.answered = true;
    const again = error instanceof HeldUp && this.#closing === null && !call.isOver;
    if (again) this.#askAgain(call);
    if (calls.length === 0) this.#free(line);
    if (again) return;
    if (error === null) call.succeed(rows);
    else call.fail(error, null);
  }

  /**
   * It was not its turn when the connection broke, and it only reads. That is not told as a failure: one connection would
   * count for eight, and shut the service for everybody. Each time one at least is told, so this has an end.
   */
  #askAgain(call: Call): void {
    call.line = null;
    call.since = this.#turn;
    this.#waiting.unshift(call);
    this.#nextSoon();
  }

  /** The one that was prepared first makes room. */
  #tooMany({ names }: Line): string[] {
    const [oldest] = names;
    if (names.size < mostNames || oldest === undefined) return [];
    names.delete(oldest);
    return [oldest];
  }

  /** Once more, prepared for this once: it only reads. @returns false where that would change nothing */
  #withoutName(line: Line, name: string, refused: ServerError, call: Call): boolean {
    if (refused.isPoolers) this.#names?.giveUp();
    else if (!refused.isOfChangedTable) return false;
    if (!line.isSound || call.isOver) return false;
    line.names.delete(name);
    const { text, values } = call.statement;
    const ended = (again: Error | null, rows: Rows): void => this.#ended(line, call, again, rows);
    line.run([{ request: { name: "", text, parameters: values, forget: [] }, expected: call, ended }]);
    return true;
  }

  #free(line: Line): void {
    this.#busy.delete(line);
    if (!line.isSound) this.#connectMore();
    else {
      if (this.#next(line)) return;
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
    call.fail(null, ended);
    const { line } = call;
    const together = line === null ? undefined : this.#busy.get(line);
    // Who was asked for with it is answered still; its own answer, when it comes, is nobody's.
    if (line === null || together === undefined || together.some(({ isOver }) => !isOver)) return;
    askToCancel(line.reached, connectTimeoutMs);
    line.destroy();
    this.#free(line);
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
    for (const [line, calls] of [...this.#busy]) {
      const [first] = calls;
      if (first === undefined) continue;
      if (this.#turn - line.since > longest) {
        for (const call of line.answered ? calls : calls.slice(1)) call.fail(new HeldUp(), "timeout");
        this.leave(first, "timeout");
        // The last one that was waited for has been answered, not those who have gone.
      } else if (calls.every(({ isOver }) => isOver)) this.leave(first, "cancelled");
    }
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
