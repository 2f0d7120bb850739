// One request over a kept connection, and what comes back of it, bounded in bytes and time (law 13). undici's dispatcher
// is used as it is: fetch's streams, headers and signals around it cost three times as much as the request itself.
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
// Its index would load its fetch, caches, sockets and mocks too: some megabytes.
import Pool from "undici/lib/dispatcher/pool.js";

export interface Sent {
  readonly method: "GET" | "POST";
  /** With its query: `/car-parks?district=1`. */
  readonly path: string;
  /** Names in lower case, each once. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came: not decoded. */
  readonly body: Buffer;
}

/** What ends an exchange without an answer: `error` is undici's or Node's. */
export type Broken =
  | { readonly kind: "cancelled" | "timeout" | "too-large" }
  /** A status whose body is not wanted. */
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "error"; readonly error: unknown };

export interface ExchangeBounds {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Whether the body of an answer with this status is to be read. */
  readonly wants: (status: number) => boolean;
}

/** Bytes of all headers of an answer. */
const maxHeaderBytes = 16_384;

/**
 * Connections to one origin. Nothing is connected to before the first request; a connection that nobody needs is closed
 * after some seconds and keeps no process alive.
 */
export class HttpConnections {
  readonly #pool: Pool;

  constructor({ origin }: URL, most: number) {
    this.#pool = new Pool(origin, {
      connections: most,
      // One request at a time: an answer that came without being asked for can be taken for nobody's.
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: maxHeaderBytes,
      // Each request has one clock of ours, which runs from its beginning to its end.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** @returns the answer with its whole body, or what ended it; never rejects. No redirect is followed, nothing sent twice. */
  send(sent: Sent, bounds: ExchangeBounds): Promise<Received | Broken> {
    return new Promise((resolve) => {
      if (bounds.signal.aborted) resolve({ kind: "cancelled" });
      else this.#pool.dispatch({ ...sent }, new Exchange(bounds, resolve));
    });
  }
}

const none = Buffer.alloc(0);

class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | null = null;
  #ended = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #bytes = 0;
  readonly #chunks: Buffer[] = [];
  readonly #clock: NodeJS.Timeout;

  constructor(
    private readonly bounds: ExchangeBounds,
    private readonly settle: (outcome: Received | Broken) => void,
  ) {
    this.#clock = setTimeout(endByClock, bounds.timeoutMs, this);
    bounds.signal.addEventListener("abort", this);
  }

  /** The gateway's request has ended. */
  handleEvent(): void {
    this.stop({ kind: "cancelled" });
  }

  /** No more of it is read: its connection is closed, since the rest of the answer would stand before the next one. */
  stop(broken: Broken): void {
    if (this.#ended) return;
    this.#end(broken);
    this.#controller?.abort(stopped);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It had waited for a connection, and ended meanwhile: nothing is sent.
    if (this.#ended) controller.abort(stopped);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Early hints and their like come before the answer (RFC 9110, section 15.2).
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    if (!this.bounds.wants(status)) this.stop({ kind: "refused", status });
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.bounds.maxBytes) this.stop({ kind: "too-large" });
    else if (!this.#ended) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#ended) return;
    const [only = none] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : only;
    this.#end({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (!this.#ended) this.#end({ kind: "error", error });
  }

  #end(outcome: Received | Broken): void {
    this.#ended = true;
    clearTimeout(this.#clock);
    this.bounds.signal.removeEventListener("abort", this);
    this.settle(outcome);
  }
}

const endByClock = (exchange: Exchange): void => exchange.stop({ kind: "timeout" });

/** undici wishes to be told a reason; nobody hears it. */
const stopped = new Error("stopped");
