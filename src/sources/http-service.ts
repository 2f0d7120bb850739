// HTTP towards one internal service, for the connectors that speak it. Requests stay on the configured origin and below
// its path, follow no redirect, and what comes back is bounded in bytes and time (laws 13, 14).
import type { IncomingHttpHeaders } from "node:http";
import { FairTurns } from "./fair-turns.js";
import { acceptedCoding, codingOf, headerText, textOf, unzipped } from "./http-body.js";
import { type Broken, type ExchangeBounds, HttpConnections, type Received } from "./http-exchange.js";
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
  /** Null where there is none. @param name in lower case */
  readonly header: (name: string) => string | null;
  /** Undefined for an empty body and for 304. */
  readonly json: unknown;
  /** Of the body, after decompression. */
  readonly bytes: number;
}

export class HttpService {
  readonly #base: URL;
  readonly #turns: FairTurns;
  readonly #pace: Pace | null;
  readonly #connections: HttpConnections;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(readonly options: HttpServiceOptions) {
    const { source, timeoutMs, pace } = options;
    const concurrency = pace.concurrency ?? usualConcurrency;
    this.#turns = new FairTurns(source, concurrency);
    this.#pace = pace.callsPerSecond === undefined ? null : new Pace(source, pace.callsPerSecond, timeoutMs);
    this.#base = new URL(options.baseUrl.endsWith("/") ? options.baseUrl : `${options.baseUrl}/`);
    this.#connections = new HttpConnections(this.#base, concurrency);
    this.#headers = { ...ownHeaders, ...lowerCased(options.headers ?? {}) };
  }

  /**
   * One request, in its turn. @returns 2xx that is the whole and 304 (and 404, which some services answer for "none"); @throws SourceFailure for all else
   */
  ask(request: HttpRequest, bounds: FetchBounds): Promise<HttpAnswer> {
    return this.#turns.run(bounds.turn, bounds.signal, () => this.#ask(request, bounds));
  }

  async #ask(request: HttpRequest, { signal }: FetchBounds): Promise<HttpAnswer> {
    if (this.#pace !== null) await this.#pace.turn(signal);
    const url = request.url === undefined ? this.url(request) : this.within(request.url);
    const { timeoutMs, maxBytes } = this.options;
    const sent = {
      method: request.method ?? "GET",
      path: `${url.pathname}${url.search}`,
      headers: this.#headersOf(request),
      body: bodyOf(request),
    };
    const outcome = await this.#connections.send(sent, { signal, timeoutMs, maxBytes, wants: isWhole });
    if ("kind" in outcome) throw this.#failure(outcome);
    return this.#read(outcome);
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

  #headersOf({ headers, body, form }: HttpRequest): Readonly<Record<string, string>> {
    const type = form !== undefined ? formType : body !== undefined ? jsonType : null;
    if (type === null) return headers === undefined ? this.#headers : { ...this.#headers, ...headers };
    return { ...type, ...this.#headers, ...headers };
  }

  #read(received: Received): HttpAnswer | Promise<HttpAnswer> {
    const coding = received.body.length === 0 ? null : codingOf(received.headers);
    if (coding === null) return this.#answer(received, received.body);
    if (coding === "unknown") throw this.fail("invalid-answer", "a content coding that was not asked for");
    return this.#unzipped(received);
  }

  async #unzipped(received: Received): Promise<HttpAnswer> {
    const body = await unzipped(received.body, this.options.maxBytes);
    if (body === "too-large") throw this.#failure({ kind: "too-large" });
    if (body === "broken") throw this.fail("invalid-answer", "not the content coding that it names");
    return this.#answer(received, body);
  }

  #answer({ status, headers }: Received, body: Buffer): HttpAnswer {
    const bytes = body.byteLength;
    const header = headerOf(headers);
    if (bytes === 0 || status === 304 || status === 404) return { status, header, json: undefined, bytes };
    const text = textOf(body);
    if (text === undefined) throw this.fail("invalid-answer", "not UTF-8");
    try {
      return { status, header, json: JSON.parse(text) as unknown, bytes };
    } catch {
      throw this.fail("invalid-answer", "not JSON");
    }
  }

  #failure(broken: Broken): SourceFailure {
    const { maxBytes, timeoutMs } = this.options;
    switch (broken.kind) {
      case "cancelled":
        return this.fail("cancelled", "the request ended");
      case "timeout":
        return this.fail("timeout", `no answer within ${timeoutMs} ms`);
      case "too-large":
        return this.fail("too-large", `more than ${maxBytes} bytes`);
      case "refused":
        return this.#refused(broken.status);
      case "error": {
        const { error } = broken;
        const code = error instanceof Error && "code" in error ? error.code : null;
        // A name of Node's or the system's (ECONNREFUSED), never the service's text.
        const detail = typeof code === "string" && /^[A-Z_0-9]{2,40}$/.test(code) ? code : "no answer";
        return this.fail("unavailable", detail, { reach: "service", outlook: "again" });
      }
    }
  }

  #refused(status: number): SourceFailure {
    if (notWhole.has(status)) return this.fail("invalid-answer", `HTTP ${status}`);
    return this.fail("unavailable", status >= 300 && status < 400 ? "redirect" : `HTTP ${status}`, bearingOf(status));
  }
}

/** 2xx that is the whole; 304 and 404 have nothing to be read, but leave the connection to the next. */
const isWhole: ExchangeBounds["wants"] = (status) =>
  status === 404 || status === 304 || (status >= 200 && status < 300 && !notWhole.has(status));

const headerOf =
  (headers: IncomingHttpHeaders): HttpAnswer["header"] =>
  (name) =>
    headerText(headers, name);

/** RFC 9110, section 15: who is meant, and whether it passes. An address may break (500) beside others that do well. */
function bearingOf(status: number): Partial<FailureBearing> {
  if (status >= 502 && status <= 504) return { reach: "service", outlook: "again" };
  if (status === 429) return { reach: "service", outlook: "later" };
  // Not understood, or too long: of a condition that an application chose others must not suffer.
  if ([400, 413, 414, 422, 431].includes(status)) return { reach: "condition", outlook: "refused" };
  if (status === 401) return { reach: "service", outlook: "refused" };
  return { reach: "dataset", outlook: status === 500 ? "again" : status > 500 ? "later" : "refused" };
}

const ownHeaders = { accept: "application/json", "accept-encoding": acceptedCoding, "user-agent": "Passerelle" };
const jsonType = { "content-type": "application/json" };
const formType = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };

/** What the settings name differently from us is still the same header. */
const lowerCased = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function bodyOf({ body, form }: HttpRequest): string | null {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return body === undefined ? null : JSON.stringify(body);
}
