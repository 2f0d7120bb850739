// Asking another machine for something small: no redirect is followed (law 14), time and size are bounded (law 13).

export interface BoundedAnswer {
  readonly status: number;
  /** Without parameters, in small letters; empty where none is said. */
  readonly contentType: string;
  readonly body: Buffer;
}

export interface BoundedAsking {
  /** Sent by POST; absent: a GET. */
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  readonly timeoutMs: number;
  /** Of the answer's body. */
  readonly maxBytes: number;
  /** Ends it before its time. */
  readonly signal?: AbortSignal;
}

/** No answer, or none that is taken. The message says which, for people. */
export class FetchFailed extends Error {
  override readonly name = "FetchFailed";
}

/** @throws FetchFailed */
export async function fetchBounded(url: string, asking: BoundedAsking): Promise<BoundedAnswer> {
  const { body, contentType, timeoutMs, maxBytes, signal } = asking;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      ...(body !== undefined && { body }),
      ...(contentType !== undefined && { headers: { "content-type": contentType } }),
      redirect: "manual",
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    if (answer.status >= 300 && answer.status < 400) {
      await answer.body?.cancel();
      throw new FetchFailed("it sends to another address, which is not followed");
    }
    const type = answer.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    return { status: answer.status, contentType: type, body: await readWithin(answer, maxBytes) };
  } catch (error) {
    if (error instanceof FetchFailed) throw error;
    throw new FetchFailed(timeout.aborted ? `no whole answer within ${timeoutMs / 1000} s` : "it cannot be reached");
  }
}

async function readWithin(answer: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > maxBytes) throw new FetchFailed(`it answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
