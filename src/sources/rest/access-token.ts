// OAuth2 client credentials (RFC 6749, section 4.4): one token for the whole source, renewed before it ends.
import { HttpService } from "../http-service.js";
import { orCancelled } from "../or-cancelled.js";
import { SourceFailure } from "../source.js";
import { isObject } from "./field-path.js";
import type { OAuth2Settings } from "./settings.js";

interface Token {
  readonly text: string;
  /** `performance.now()` from which a new one is asked for. */
  readonly until: number;
}

/** Of a token that does not say how long it lives (RFC 6749, section 5.1 leaves it open). */
const usualSeconds = 300;
const maxTokenBytes = 100_000;

export class AccessToken {
  readonly #http: HttpService;
  readonly #path: string;
  readonly #timeoutMs: number;
  #current: Token | null = null;
  #refresh: Promise<Token> | null = null;

  constructor(
    readonly source: string,
    private readonly settings: OAuth2Settings,
    timeoutMs: number,
  ) {
    const url = new URL(settings.tokenUrl);
    this.#http = new HttpService({ source, baseUrl: url.origin, maxBytes: maxTokenBytes, timeoutMs, pace: {} });
    this.#path = `${url.pathname}${url.search}`;
    this.#timeoutMs = timeoutMs;
  }

  /** The value of `Authorization`. Who waits for a refresh and goes away does not end it for the others. */
  async authorization(signal: AbortSignal): Promise<string> {
    const current = this.#current;
    if (current !== null && performance.now() < current.until) return `Bearer ${current.text}`;
    const refresh = (this.#refresh ??= this.#ask().finally(() => {
      this.#refresh = null;
    }));
    // Awaited by somebody, also where the request has ended already.
    refresh.catch(() => undefined);
    return `Bearer ${(await orCancelled(this.source, signal, () => refresh)).text}`;
  }

  /** The service no longer takes this one; a newer one stays. */
  drop(authorization: string): void {
    if (`Bearer ${this.#current?.text ?? ""}` === authorization) this.#current = null;
  }

  async #ask(): Promise<Token> {
    const { clientId, clientSecret, scope, clientAuth = "basic" } = this.settings;
    const form = {
      grant_type: "client_credentials",
      ...(scope === undefined ? {} : { scope }),
      ...(clientAuth === "body" ? { client_id: clientId, client_secret: clientSecret } : {}),
    };
    // RFC 6749, section 2.3.1: both are form-encoded before they are joined.
    const basic = Buffer.from(`${formText(clientId)}:${formText(clientSecret)}`).toString("base64");
    const headers = clientAuth === "basic" ? { authorization: `Basic ${basic}` } : {};
    const bounds = { signal: AbortSignal.timeout(this.#timeoutMs * 2), maxRows: 1 };
    try {
      const { json } = await this.#http.ask({ method: "POST", path: this.#path, headers, form }, bounds);
      this.#current = this.#read(json);
      return this.#current;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      // Without a token nothing of the service can be read, whatever the reason.
      const { outlook } = error.bearing;
      throw new SourceFailure(this.source, error.reason, `token: ${error.detail}`, { reach: "service", outlook });
    }
  }

  #read(json: unknown): Token {
    const { access_token: text, token_type: type, expires_in: life } = isObject(json) ? json : {};
    const isText = typeof text === "string" && /^[\x21-\x7e]{1,8192}$/.test(text);
    if (!isText || typeof type !== "string" || type.toLowerCase() !== "bearer")
      throw this.#http.fail("invalid-answer", "no bearer token");
    const seconds = typeof life === "number" && life > 0 ? Math.min(life, 86_400) : usualSeconds;
    // Shortly before its end: a request under way must not outlive it.
    const early = Math.min(30, seconds / 10);
    return { text, until: performance.now() + (seconds - early) * 1_000 };
  }
}

const formText = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);
