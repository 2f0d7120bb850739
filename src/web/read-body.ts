// Reads the body of a request whole or not at all, within a bound (law 13).
import type { IncomingMessage } from "node:http";
import type { IncomingRequest } from "../gateway/index.js";

export interface ReadBody {
  /** Null when there is none, or a fault. */
  readonly body: Buffer | null;
  readonly fault: IncomingRequest["bodyFault"];
  /**
   * Resolves when nothing more of the upload is waited for. Closing a connection that still has unread bytes resets
   * it, and the client would lose the answer that says why; so a bounded rest is read and dropped first. Null: nothing is.
   */
  readonly drained: Promise<void> | null;
}

/** Whether bytes of this request's body are still to come, or lie unread. */
export const hasUnreadBody = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);

/** Never rejects. */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (length === undefined && encoding === undefined)
    return Promise.resolve({ body: null, fault: null, drained: null });
  if (Number(length ?? 0) > limit)
    return Promise.resolve({ body: null, fault: "too-large", drained: dropRest(request, limit) });
  return collect(request, limit);
}

function collect(request: IncomingMessage, limit: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    const bytes = new GrowingBuffer(limit);
    let over = false;
    const end = (body: Buffer | null, fault: ReadBody["fault"], drained: ReadBody["drained"] = null): void => {
      if (over) return;
      over = true;
      resolve({ body, fault, drained });
    };
    request.on("data", (chunk: Buffer) => {
      if (!over && !bytes.add(chunk)) end(null, "too-large", dropRest(request, limit));
    });
    request.on("end", () => end(bytes.take(), null));
    const broken = (): void => end(null, "unreadable");
    request.on("close", broken);
    // Stays: an aborted request may report its error after we have left; nobody listening would end the process.
    request.on("error", broken);
  });
}

/** Up to four times the limit or two seconds: enough for an honest mistake, nothing for a flood. */
function dropRest(request: IncomingMessage, limit: number): Promise<void> {
  return new Promise((resolve) => {
    let dropped = 0;
    const end = (): void => {
      clearTimeout(timer);
      request.off("data", drop).off("end", end).off("close", end);
      request.pause();
      resolve();
    };
    const drop = (chunk: Buffer): void => {
      dropped += chunk.length;
      if (dropped > 4 * limit) end();
    };
    const timer = setTimeout(end, 2_000);
    request.on("error", () => undefined);
    request.on("data", drop).on("end", end).on("close", end);
    request.resume();
  });
}

/** One chunk stays as it came; of more it copies what comes in: a list of chunks of one byte each would take a hundred times the memory of the body. */
const nothing = Buffer.alloc(0);
class GrowingBuffer {
  #bytes: Buffer = nothing;
  #length = 0;
  /** `#bytes` is the one chunk that came. */
  #single = false;
  constructor(private readonly limit: number) {}

  /** False when the limit is passed. */
  add(chunk: Buffer): boolean {
    const length = this.#length + chunk.length;
    if (length > this.limit) return false;
    if (this.#length === 0) {
      [this.#bytes, this.#length, this.#single] = [chunk, length, true];
      return true;
    }
    if (this.#single || length > this.#bytes.length) {
      this.#single = false;
      const grown = Buffer.alloc(Math.min(this.limit, Math.max(length, 2 * this.#bytes.length, 4_096)));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    chunk.copy(this.#bytes, this.#length);
    this.#length = length;
    return true;
  }

  take(): Buffer | null {
    return this.#length === 0 ? null : this.#bytes.subarray(0, this.#length);
  }
}
