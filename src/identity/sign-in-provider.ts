// One tenant's OpenID Connect provider, asked within bounds: time, size, no redirects, and left alone a while when it fails.
import { createLocalJWKSet, createRemoteJWKSet, customFetch as joseFetch, errors, type JWTVerifyGetKey } from "jose";
import {
  allowInsecureRequests,
  ClientSecretPost,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type Configuration,
  type CustomFetch,
} from "openid-client";
import { SignInUnavailable, type SignInSettings } from "./citizen-claims.js";

const timeoutMs = 4_000;
/** Metadata, keys and claims are some kilobytes. */
const mostBytes = 256_000;
const renewAfterMs = 600_000;
/** What was read earlier serves while the provider cannot be asked anew; its keys are asked for apart. */
const usableForMs = 86_400_000;
/** After a failure: nobody's request waits for a service that has just not answered. */
const leftAloneMs = 5_000;

export interface ReadProvider {
  readonly configuration: Configuration;
  readonly keys: JWTVerifyGetKey;
}

export class SignInProvider {
  #read: { readonly provider: ReadProvider; readonly at: number } | null = null;
  #reading: Promise<ReadProvider> | null = null;
  #failedAt = -Infinity;

  constructor(readonly settings: SignInSettings) {}

  /** Its endpoints and keys. @throws SignInUnavailable */
  async read(): Promise<ReadProvider> {
    const now = performance.now();
    const held = this.#read !== null && now - this.#read.at < usableForMs ? this.#read : null;
    if (held !== null && now - held.at < renewAfterMs) return held.provider;
    if (this.#reading === null && now - this.#failedAt < leftAloneMs) {
      if (held !== null) return held.provider;
      throw new SignInUnavailable("left alone after a failure");
    }
    this.#reading ??= this.#discover().finally(() => (this.#reading = null));
    if (held === null) return this.#reading;
    // Renewed behind the back of those who have an answer already.
    this.#reading.catch(() => undefined);
    return held.provider;
  }

  async #discover(): Promise<ReadProvider> {
    try {
      const { clientId, clientSecret, allowLoopback } = this.settings;
      const fetching = boundedFetch(this.settings);
      const configuration = await discovery(
        new URL(this.settings.issuer),
        clientId,
        undefined,
        clientSecret === null ? None() : ClientSecretPost(clientSecret),
        {
          [customFetch]: fetching,
          timeout: timeoutMs / 1_000,
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- a provider on this machine, in development; see boundedFetch
          execute: [enableNonRepudiationChecks, ...(allowLoopback ? [allowInsecureRequests] : [])],
        },
      );
      const { issuer, jwks_uri } = configuration.serverMetadata();
      // As it writes itself: openid-client takes some providers' word for another's.
      if (issuer !== this.settings.issuer) throw new SignInUnavailable("it is another issuer");
      if (jwks_uri === undefined) throw new SignInUnavailable("it names no keys");
      const provider = { configuration, keys: patientKeys(jwks_uri, fetching) };
      this.#read = { provider, at: performance.now() };
      return provider;
    } catch (error) {
      this.#failedAt = performance.now();
      throw unavailable(error);
    }
  }
}

/** Keys by the provider's list, which is read again for one that is not in it, at most every ten seconds. */
function patientKeys(address: string, fetching: BoundedFetch): JWTVerifyGetKey {
  const list = createRemoteJWKSet(new URL(address), {
    timeoutDuration: timeoutMs,
    cooldownDuration: 10_000,
    [joseFetch]: fetching,
  });
  let failedAt = -Infinity;
  return async (header, token) => {
    const known = list.jwks();
    if (performance.now() - failedAt < leftAloneMs) {
      if (known === undefined || !list.fresh) throw new SignInUnavailable("left alone after a failure");
      return createLocalJWKSet(known)(header, token);
    }
    try {
      return await list(header, token);
    } catch (error) {
      if (!isAboutToken(error)) failedAt = performance.now();
      throw error;
    }
  };
}

/** The list was read, and the token's key is not in it. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

/** Only a class or code of the error: its cause may hold an answer with somebody's claims (law 11). */
export function unavailable(error: unknown): SignInUnavailable {
  return error instanceof SignInUnavailable ? error : new SignInUnavailable(wordOf(error));
}

/** `OAUTH_RESPONSE_IS_NOT_CONFORM`, `TypeError`: never a message. */
export function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" && /^[A-Z0-9_]{1,60}$/.test(error.code)
    ? error.code
    : error.name;
}

/** https:// (http:// on this machine where allowed), no redirects, so many bytes at most. */
type BoundedFetch = (
  address: string,
  options: Pick<RequestInit, "headers" | "method" | "signal"> & { readonly body?: Parameters<CustomFetch>[1]["body"] },
) => Promise<Response>;

function boundedFetch({ allowLoopback }: SignInSettings): BoundedFetch {
  return async (address, options) => {
    const url = new URL(address);
    const local = allowLoopback && /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(url.hostname);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && local))
      throw new SignInUnavailable("an address of it is not https");
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])]);
    const response = await fetch(url, { ...options, redirect: "error", signal } as RequestInit);
    const body = await readAtMost(response, mostBytes);
    const bodiless = response.status === 204 || response.status === 304;
    return new Response(bodiless ? null : body, { status: response.status, headers: response.headers });
  };
}

async function readAtMost(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > most) throw new SignInUnavailable("its answer is too large");
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
