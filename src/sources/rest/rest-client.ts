// Requests to one REST service: with its credentials, and asked "still the same?" before a body comes
// twice (RFC 9110, section 13.1.2).
import { LRUCache } from "lru-cache";
import { forgetJson } from "../forget-rows.js";
import { HttpService, type HttpAnswer, type HttpRequest } from "../http-service.js";
import { type FetchBounds, SourceFailure } from "../source.js";
import { AccessToken } from "./access-token.js";
import type { RestSettings } from "./settings.js";

export interface RestAnswer {
  /** Undefined: there is nothing at that address (404). */
  readonly json: unknown;
  /** The Link header, empty where there is none. */
  readonly link: string;
}

interface Kept extends RestAnswer {
  readonly etag: string;
  readonly bytes: number;
}

/** Larger bodies are not kept, nor more of them than this together (bytes as they came). */
const maxKeptBytes = 256_000;
const maxAllKeptBytes = 4_000_000;
const maxEtagLength = 256;

export class RestClient {
  readonly http: HttpService;
  readonly #token: AccessToken | null;
  /** By the exact address. Always asked again before it is used: never older than the service's own answer. */
  readonly #kept = new LRUCache<string, Kept>({ maxSize: maxAllKeptBytes, sizeCalculation: ({ bytes }) => bytes });

  constructor(source: string, settings: RestSettings) {
    const { url, headers = {}, oauth2, timeoutMs = 5_000, maxBytes = 5_000_000 } = settings;
    this.http = new HttpService({ source, baseUrl: url, headers, maxBytes, timeoutMs, pace: settings });
    this.#token = oauth2 === undefined ? null : new AccessToken(source, oauth2, timeoutMs);
  }

  /** @throws SourceFailure */
  async get(url: URL, bounds: FetchBounds): Promise<RestAnswer> {
    const kept = this.#kept.get(url.href);
    const headers = kept === undefined ? {} : { "if-none-match": kept.etag };
    const answer = await this.#authorized({ url, path: "", headers }, bounds);
    if (answer.status === 304) {
      if (kept === undefined) throw this.http.fail("invalid-answer", "HTTP 304 to a question without a condition");
      return kept;
    }
    const link = answer.header("link") ?? "";
    const etag = answer.header("etag");
    const lasting = answer.status === 200 && !/\bno-store\b/i.test(answer.header("cache-control") ?? "");
    if (lasting && etag !== null && etag.length <= maxEtagLength && answer.bytes <= maxKeptBytes)
      this.#kept.set(url.href, { json: answer.json, link, etag, bytes: answer.bytes + url.href.length + 1 });
    else {
      this.#kept.delete(url.href);
      forgetJson(answer.json, bounds);
    }
    if (answer.status !== 404 && answer.json === undefined) throw this.http.fail("invalid-answer", "an empty body");
    return { json: answer.json, link };
  }

  close(): void {
    this.#kept.clear();
  }

  #authorized(request: HttpRequest, bounds: FetchBounds): Promise<HttpAnswer> {
    return this.#token === null ? this.http.ask(request, bounds) : this.#withToken(this.#token, request, bounds);
  }

  /** A token may end sooner than was said: then once more with a new one. */
  async #withToken(token: AccessToken, request: HttpRequest, bounds: FetchBounds): Promise<HttpAnswer> {
    const once = async (authorization: string) =>
      this.http.ask({ ...request, headers: { ...request.headers, authorization } }, bounds);
    const authorization = await token.authorization(bounds.signal);
    try {
      return await once(authorization);
    } catch (error) {
      if (!(error instanceof SourceFailure) || error.detail !== "HTTP 401") throw error;
      token.drop(authorization);
      return once(await token.authorization(bounds.signal));
    }
  }
}
