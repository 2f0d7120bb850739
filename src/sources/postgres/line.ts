// One connection that stands, and what runs on it, one statement after the other. pg makes it (TLS, passwords); from then on
// its bytes are read here, straight into cells.
import net from "node:net";
import pg from "pg";
import type { Value } from "../../terms/index.js";
import type { CellsInPlace } from "../cells-in-place.js";
import type { Column } from "../source.js";
import { BrokenLine, HeldUp, mostBytes, ServerError, TooLarge, UnfitCell } from "./line-errors.js";
import { encoded, type Request } from "./messages.js";
import { cellOf, Piece } from "./read-cells.js";

/** What the rows of an answer are. */
export interface Expected {
  /** What each row holds; null: cells as texts, however many. */
  readonly columns: readonly Column[] | null;
  /** Where texts of columns that pass stay; null: nowhere. */
  readonly cells: CellsInPlace | null;
  /** Nobody waits for it any more: it is read and not kept. */
  readonly isOver: boolean;
}

export type Rows = Value[][];
export type Ended = (error: Error | null, rows: Rows) => void;

export interface Asked {
  readonly request: Request;
  readonly expected: Expected;
  readonly ended: Ended;
}

interface Running {
  readonly expected: Expected;
  readonly rows: Rows;
  readonly ended: Ended;
  failure: Error | null;
  /** Of its answer, so far. */
  bytes: number;
  /** The server has said that there are no more rows. */
  complete: boolean;
}

/** A message that is longer is none. */
const longestMessage = 2 ** 30;
const headLength = 5;

export class Line {
  /** Names of statements that the server has for us, the oldest first. */
  readonly names = new Set<string>();
  /** By the clock of who keeps it: since when it is as it is, at work or idle. */
  since = 0;
  /** Of what was begun together some has been answered. */
  answered = false;
  /** What is answered next, and what was sent behind it. */
  #running: Running | null = null;
  readonly #behind: Running[] = [];
  /** Their answers are at their end; told once all is read that came with that. */
  #finished: Running[] = [];
  #broken = false;
  /** The beginning of a message whose end has not come: pieces, how long they are, how long they have to be. */
  readonly #pieces: Buffer[] = [];
  #held = 0;
  #wanted = headLength;

  /** @param broken Told once, whether a statement ran on it or not. */
  private constructor(
    private readonly client: pg.Client,
    private readonly broken: (line: Line) => void,
  ) {
    client.on("error", (error: NodeJS.ErrnoException) => this.#break(new BrokenLine(error.code ?? "")));
    client.on("end", () => this.#break(new BrokenLine("")));
    const { stream } = client.connection;
    stream.removeAllListeners("data");
    stream.on("data", (piece: Buffer) => this.#take(piece));
  }

  /** @throws what pg throws */
  static async open(settings: pg.ClientConfig, broken: (line: Line) => void): Promise<Line> {
    const client = new pg.Client(settings);
    const unheard = (): void => undefined;
    client.on("error", unheard);
    await client.connect();
    const line = new Line(client, broken);
    client.off("error", unheard);
    return line;
  }

  get isSound(): boolean {
    return !this.#broken;
  }

  /**
   * In one write, to be answered in this sequence, behind what runs already.
   * @param asked `ended` is called once, and not before this returns
   */
  run(asked: readonly Asked[]): void {
    const bytes = encoded(asked.map(({ request }) => request));
    for (const { expected, ended } of asked) {
      const running = { expected, rows: [], ended, failure: null, bytes: 0, complete: false };
      if (this.#running === null) this.#running = running;
      else this.#behind.push(running);
    }
    this.client.connection.stream.write(bytes);
  }

  /** Whether the process may end though the connection stands. */
  hold(held: boolean): void {
    const { stream } = this.client.connection;
    if (!(stream instanceof net.Socket)) return;
    if (held) stream.ref();
    else stream.unref();
  }

  /** PostgreSQL's name for the connection, for a CancelRequest. */
  get reached(): pg.Client {
    return this.client;
  }

  /** At once, whatever runs on it; of that nothing is said any more. */
  destroy(): void {
    this.#running = null;
    this.#behind.length = 0;
    this.#finished = [];
    this.#broken = true;
    this.client.connection.stream.destroy();
  }

  /** Politely, of one on which nothing runs. */
  end(): Promise<void> {
    this.#broken = true;
    return this.client.end().catch(() => undefined);
  }

  #break(cause: Error): void {
    if (this.#broken) return;
    this.#broken = true;
    this.client.connection.stream.destroy();
    const [running, behind, finished] = [this.#running, this.#behind.splice(0), this.#finished];
    this.#running = null;
    this.#finished = [];
    this.broken(this);
    // What came behind their end was no answer's: whether it was all of their own is not known then.
    for (const each of finished) tell(each, isProtocol(cause) ? cause : each.failure);
    // A server that shuts down says why before it goes.
    running?.ended(running.failure ?? cause, []);
    for (const each of behind) each.ended(isProtocol(cause) ? cause : new HeldUp(), []);
  }

  #take(piece: Buffer): void {
    if (this.#broken) return;
    try {
      this.#add(piece);
    } catch {
      // Nobody stands behind a socket to catch it: the process would end.
      this.#break(protocol());
    }
    if (this.#finished.length === 0) return;
    const finished = this.#finished;
    this.#finished = [];
    for (const each of finished) tell(each, each.failure);
  }

  #add(piece: Buffer): void {
    const running = this.#running;
    if (running !== null && (running.bytes += piece.length) > mostBytes) {
      this.#break(new TooLarge());
      return;
    }
    if (this.#held === 0) {
      this.#read(piece);
      return;
    }
    this.#pieces.push(piece);
    this.#held += piece.length;
    // A cell may be long: its pieces are put together once, not at each that comes.
    if (this.#held < this.#wanted) return;
    const all = Buffer.concat(this.#pieces, this.#held);
    this.#pieces.length = 0;
    this.#held = 0;
    this.#read(all);
  }

  #read(bytes: Buffer): void {
    const piece = new Piece(bytes);
    const { view } = piece;
    const { length } = bytes;
    // Of the places in this piece, for whom it was asked; -1: no cell stays in it.
    let base: number | null = null;
    let held = this.#running;
    let at = 0;
    let wanted = headLength;
    while (at + headLength <= length) {
      const size = view.getInt32(at + 1);
      if (size < 4 || size > mostBytes) {
        this.#break(size < 4 || size > longestMessage ? protocol() : new TooLarge());
        return;
      }
      const end = at + 1 + size;
      if (end > length) {
        wanted = 1 + size;
        break;
      }
      const letter = view.getUint8(at);
      if (held !== this.#running) [held, base] = [this.#running, null];
      if (letter === 0x44) this.#row(piece, (base ??= placesIn(view, this.#running)), at + headLength, end);
      else this.#message(letter, bytes, at + headLength, end);
      if (this.#broken) return;
      at = end;
    }
    if (at === length) return;
    if (this.#running === null && !asides.has(view.getUint8(at))) {
      this.#break(protocol());
      return;
    }
    this.#pieces.push(at === 0 ? bytes : bytes.subarray(at));
    this.#held = length - at;
    this.#wanted = wanted;
  }

  /** DataRow: how many cells, then of each its length, -1 for null, and its text. */
  #row(piece: Piece, base: number, from: number, end: number): void {
    const running = this.#running;
    if (running === null || running.complete || end - from < 2) {
      this.#break(protocol());
      return;
    }
    if (running.failure !== null || running.expected.isOver) return;
    const { columns } = running.expected;
    const { view } = piece;
    const count = view.getUint16(from);
    const row = new Array<Value>(count);
    let at = from + 2;
    let fits = columns === null || columns.length === count;
    for (let place = 0; fits && place < count; place++) {
      const size = view.getInt32(at);
      at += 4;
      if (size === -1) {
        row[place] = null;
        continue;
      }
      const stop = at + size;
      fits = size >= 0 && stop <= end;
      const column = columns?.[place];
      const value = fits ? cellOf(column, piece, base, at, stop) : null;
      if (value === undefined) {
        running.failure = new UnfitCell(column);
        return;
      }
      row[place] = value;
      at = stop;
    }
    if (fits && at === end) running.rows.push(row);
    else this.#break(protocol());
  }

  /** Of an answer's order what another's rows could be taken for ours by: nothing behind its end, no end before it is whole. */
  #message(letter: number, bytes: Buffer, from: number, end: number): void {
    const running = this.#running;
    if (letter === 0x45) {
      // ErrorResponse
      if (running !== null) running.failure ??= new ServerError(sqlStateIn(bytes, from, end));
      else this.#break(new BrokenLine(""));
    } else if (asides.has(letter)) return;
    else if (running === null) this.#break(protocol());
    else if (letter === 0x43 && !running.complete) running.complete = true;
    else if (letter === 0x5a && (running.complete || running.failure !== null)) {
      this.#running = this.#behind.shift() ?? null;
      this.#finished.push(running);
    } else if (!steps.has(letter)) this.#break(protocol());
  }
}

/** What makes places of cells in the piece; -1: none stays in it. Of who has gone nothing is held after all was forgotten. */
function placesIn(view: DataView, running: Running | null): number {
  if (running === null || running.expected.isOver) return -1;
  return running.expected.cells?.hold(view) ?? -1;
}

const tell = (running: Running, failure: Error | null): void => running.ended(failure, running.rows);
const protocol = (): BrokenLine => new BrokenLine("PROTOCOL");
const isProtocol = (cause: Error): boolean => cause instanceof BrokenLine && cause.code === "PROTOCOL";

const letters = (all: string): ReadonlySet<number> => new Set([...all].map((letter) => letter.charCodeAt(0)));
/** Notices, settings and notifications come at any time, and tell us nothing. */
const asides = letters("NSA");
/** ParseComplete, BindComplete, CloseComplete. */
const steps = letters("123");

/** Fields, each a letter and a text that ends with a zero; the code's letter is C. */
function sqlStateIn(bytes: Buffer, from: number, end: number): string {
  for (let at = from; at < end && bytes[at] !== 0;) {
    const stop = bytes.indexOf(0, at + 1);
    if (stop < 0) break;
    if (bytes[at] === 0x43) return /^\w{5}$/.exec(bytes.toString("latin1", at + 1, stop))?.[0] ?? "unknown";
    at = stop + 1;
  }
  return "unknown";
}
