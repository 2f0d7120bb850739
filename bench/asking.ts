// One connection that asks over and over. On a machine that load, server and database share, what the asking itself takes
// is taken from each server alike and draws every ratio towards one: so requests are written as bytes made once, and of an
// answer no more is read than its status and its length (RFC 9112, sections 4, 6 and 7.1), and that into one piece of memory
// for all connections, which Node would otherwise make anew for each piece that comes.
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  /** Of the body. */
  readonly bytes: number;
}

/** A request with its head, to be sent as it is. */
export function requestBytes(url: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const { pathname, host } = new URL(url);
  const all = { host, ...headers, "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

/** What comes is looked at as soon as it is there, and what is still needed of it then becomes text: one is enough. */
const incoming = Buffer.allocUnsafeSlow(256 * 1_024);
const empty = Buffer.alloc(0);

/** Of a body in chunks: where the reader is. */
type Chunked = "size" | "data" | "end" | "trailer";

export class Asking {
  readonly #socket: Socket;
  #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | null = null;
  /** What came of a head, of a chunk's size or of a trailer, and is not whole. */
  #rest = empty;
  #status = 0;
  #bytes = 0;
  /** Bytes to come: of the body, or of the chunk. */
  #left = 0;
  #chunked: Chunked | null = null;
  #inBody = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  static open(url: string): Promise<Asking> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      let asking: Asking | null = null;
      const callback = (bytes: number): boolean => {
        if (asking !== null) asking.#read(incoming.subarray(0, bytes));
        return true;
      };
      const socket = connect({ host: hostname, port: Number(port), onread: { buffer: incoming, callback } }, () => {
        socket.off("error", reject);
        asking = new Asking(socket);
        resolve(asking);
      });
      socket.once("error", reject);
    });
  }

  ask(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  #read(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#inBody && this.#chunked === null) {
        at += this.#take(piece.length - at);
        if (this.#left === 0) this.#end();
      } else if (this.#inBody && this.#chunked === "data") {
        at += this.#take(piece.length - at);
        if (this.#left === 0) this.#chunked = "end";
      } else at = this.#line(piece, at);
    }
  }

  #take(there: number): number {
    const taken = Math.min(this.#left, there);
    this.#left -= taken;
    this.#bytes += taken;
    return taken;
  }

  /** A line, or in a head all lines up to the empty one. @returns where what follows begins */
  #line(piece: Buffer, at: number): number {
    const ending = this.#inBody ? "\r\n" : "\r\n\r\n";
    const held = this.#rest.length;
    const bytes = held === 0 ? piece : Buffer.concat([this.#rest, piece.subarray(at)]);
    const begin = held === 0 ? at : 0;
    const end = bytes.indexOf(ending, begin, "latin1");
    if (end < 0) {
      this.#rest = Buffer.from(bytes.subarray(begin));
      return piece.length;
    }
    this.#rest = empty;
    const line = bytes.toString("latin1", begin, end);
    if (!this.#inBody) this.#head(line);
    else if (this.#chunked === "size") {
      this.#left = Number.parseInt(line, 16);
      this.#chunked = this.#left === 0 ? "trailer" : "data";
    } else if (this.#chunked === "end") this.#chunked = "size";
    else if (line === "") this.#end();
    return at + end - begin + ending.length - held;
  }

  #head(head: string): void {
    this.#status = Number(head.slice(9, 12));
    this.#bytes = 0;
    this.#inBody = true;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#chunked = length === undefined ? "size" : null;
    this.#left = Number(length ?? 0);
    if (this.#chunked !== null && !/\r\ntransfer-encoding: *chunked/i.test(head))
      this.#fail(new Error("an answer without a length"));
    if (this.#chunked === null && this.#left === 0) this.#end();
  }

  #end(): void {
    this.#inBody = false;
    this.#chunked = null;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status: this.#status, bytes: this.#bytes });
  }
}
