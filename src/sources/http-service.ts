// HTTP towards one internal service, for the connectors that speak it. Requests stay on the configured origin and below
// its path, follow no redirect, and what comes back is bounded in bytes and time (laws 13, 14).
import { FairTurns } from "./fair-turns.js";
import { Pace } from "./pace.js";
import type { HttpPaceSettings } from "./resilience-settings.js";
import { SourceFailure, type FailureBearing, type FetchBounds } from "./source.js";

export interface HttpServiceOptions {
  /** The source's name, for failures. */
  readonly source: string;
  /** `https://parking.internal/api`: nothing outside it is ever asked. */
  readonly baseUrl: string;
  /** Sent with every request; values are secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of one answer, after decompression. */
  readonly maxBytes: number;
  /** Milliseconds of one request, inside the request's own bound. */
  readonly timeoutMs: number;
  readonly pace: HttpPaceSettings;
}

/** Of what is no UTF-8 nothing is read. Each call begins anew. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Requests at once unless the settings say another number. */
const usualConcurrency = 8;

/** RFC 9110, section 15.3: taken but not done, a part of what was asked; RFC 4918: several answers, some of them errors. */
const notWhole: ReadonlySet<number> = new Set([202, 206, 207]);

export interface HttpRequest {
  readonly method?: "GET" | "POST";
  /** Below the base's path: `/car-parks`. */
  readonly path: string;
  /** In place of `path` and `query`: an address that `url` or `within` has given. */
  readonly url?: URL;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form, in place of `body`. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined for an empty body and for 304. */
  readonly json: unknown;
  /** Of the body, after decompression. */
  readonly bytes: number;
}

export class HttpService {
  readonly #base: URL;
  readonly #turns: FairTurns;
  readonly #pace: Pace | null;

  constructor(readonly options: HttpServiceOptions) {
    const { source, timeoutMs, pace } = options;
    this.#turns = new FairTurns(source, pace.concurrency ?? usualConcurrency);
    this.#pace = pace.callsPerSecond === undefined ? null : new Pace(source, pace.callsPerSecond, timeoutMs);
    this.#base = new URL(options.baseUrl.endsWith("/") ? options.baseUrl : `${options.baseUrl}/`);
  }

  /**
   * One request, in its turn. @returns 2xx that is the whole and 304 (and 404, which some services answer for "none"); @throws SourceFailure for all else
   */
  ask(request: HttpRequest, bounds: FetchBounds): Promise<HttpAnswer> {
    return this.#turns.run(bounds.turn, bounds.signal, () => this.#ask(request, bounds));
  }

  async #ask(request: HttpRequest, bounds: FetchBounds): Promise<HttpAnswer> {
    await this.#pace?.turn(bounds.signal);
    const url = request.url === undefined ? this.url(request) : this.within(request.url);
    const ending = new RequestEnding(bounds.signal, this.options.timeoutMs);
    try {
      const response = await fetch(url, {
        method: request.method ?? "GET",
        redirect: "manual",
        signal: ending.signal,
        headers: {
          accept: "application/json",
          ...(request.body === undefined || request.form !== undefined ? {} : { "content-type": "application/json" }),
          ...this.options.headers,
          ...request.headers,
        },
        ...sent(request),
      });
      return await this.#read(response);
    } catch (error) {
      throw this.#failure(error, ending);
    } finally {
      ending.clear();
    }
  }

  /** @throws SourceFailure when it would lie outside the configured address */
  url(request: Pick<HttpRequest, "path" | "query">): URL {
    const url = new URL(`.${request.path.startsWith("/") ? "" : "/"}${request.path}`, this.#base);
    for (const [name, value] of request.query ?? []) url.searchParams.append(name, value);
    // Not every service reads a plus as a space; a plus itself is %2B by now.
    url.search = url.search.replaceAll("+", "%20");
    return this.within(url);
  }

  /** A next-page address from an answer, if it stays where we may ask. */
  within(url: URL): URL {
    const inside = url.origin === this.#base.origin && url.pathname.startsWith(this.#base.pathname);
    if (!inside || url.username !== "" || url.password !== "") throw this.fail("invalid-answer", "address outside");
    return url;
  }

  fail(reason: SourceFailure["reason"], detail: string, bearing: Partial<FailureBearing> = {}): SourceFailure {
    return new SourceFailure(this.options.source, reason, detail, bearing);
  }

  async #read(response: Response): Promise<HttpAnswer> {
    const { status, headers } = response;
    if (status === 304) return { status, headers, json: undefined, bytes: 0 };
    if ((status < 200 || status >= 300) && status !== 404) {
      await response.body?.cancel().catch(() => undefined);
      throw this.fail("unavailable", status >= 300 && status < 400 ? "redirect" : `HTTP ${status}`, bearingOf(status));
    }
    if (notWhole.has(status)) {
      await response.body?.cancel().catch(() => undefined);
      throw this.fail("invalid-answer", `HTTP ${status}`);
    }
    const { text, bytes } = await this.#text(response);
    if (text === "" || status === 404) return { status, headers, json: undefined, bytes };
    try {
      return { status, headers, json: JSON.parse(text) as unknown, bytes };
    } catch {
      throw this.fail("invalid-answer", "not JSON");
    }
  }

  async #text(response: Response): Promise<{ readonly text: string; readonly bytes: number }> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > this.options.maxBytes) throw this.fail("too-large", `more than ${this.options.maxBytes} bytes`);
      chunks.push(chunk);
    }
    const [only] = chunks;
    return { text: utf8.decode(chunks.length === 1 ? only : Buffer.concat(chunks)), bytes };
  }

  #failure(error: unknown, { reason }: RequestEnding): SourceFailure {
    if (error instanceof SourceFailure) return error;
    if (reason === "cancelled") return this.fail("cancelled", "the request ended");
    if (reason === "timeout") return this.fail("timeout", `no answer within ${this.options.timeoutMs} ms`);
    const code =
      error instanceof Error && error.cause instanceof Error && "code" in error.cause ? error.cause.code : null;
    // A name of Node's or the system's (ECONNREFUSED), never the service's text.
    const detail = typeof code === "string" && /^[A-Z_0-9]{2,40}$/.test(code) ? code : "no answer";
    return this.fail("unavailable", detail, { reach: "service", outlook: "again" });
  }
}

/**
 * The end of one request's time: with the gateway's, or by our own clock. By hand, since `AbortSignal.any` and
 * `AbortSignal.timeout` cost more than all the rest of a request.
 */
class RequestEnding {
  reason: "cancelled" | "timeout" | null = null;
  readonly #controller = new AbortController();
  readonly #clock: NodeJS.Timeout;

  constructor(
    private readonly parent: AbortSignal,
    ms: number,
  ) {
    this.#clock = setTimeout(() => this.#end("timeout"), ms);
    if (parent.aborted) this.handleEvent();
    else parent.addEventListener("abort", this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  handleEvent(): void {
    this.#end("cancelled");
  }

  clear(): void {
    clearTimeout(this.#clock);
    this.parent.removeEventListener("abort", this);
  }

  #end(reason: "cancelled" | "timeout"): void {
    this.reason ??= reason;
    this.#controller.abort();
  }
}

/** RFC 9110, section 15: who is meant, and whether it passes. An address may break (500) beside others that do well. */
function bearingOf(status: number): Partial<FailureBearing> {
  if (status >= 502 && status <= 504) return { reach: "service", outlook: "again" };
  if (status === 429) return { reach: "service", outlook: "later" };
  // Not understood, or too long: of a condition that an application chose others must not suffer.
  if ([400, 413, 414, 422, 431].includes(status)) return { reach: "condition", outlook: "refused" };
  if (status === 401) return { reach: "service", outlook: "refused" };
  return { reach: "dataset", outlook: status === 500 ? "again" : status > 500 ? "later" : "refused" };
}

/** fetch itself names the type of a form. */
function sent({ body, form }: HttpRequest): { readonly body?: string | URLSearchParams } {
  if (form !== undefined) return { body: new URLSearchParams(form) };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}
