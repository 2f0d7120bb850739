// A citizen's access token beside an application's key: whether the town's provider gave it, for us, to that application
// (RFC 9068). What is wrong with a bad one is told to nobody.
import { createHash } from "node:crypto";
import { errors, jwtVerify, type JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import { fetchUserInfo } from "openid-client";
import type { ApplicationName, TenantName } from "../terms/index.js";
import { CitizenTokenRefused, SignInUnavailable, type SignInSettings, type VerifiedClaims } from "./citizen-claims.js";
import { SignInProvider, unavailable, wordOf, type ReadProvider } from "./sign-in-provider.js";

/** Signatures by a private key alone: under HMAC whoever has the public key could sign (RFC 8725, 2.1). */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
const mostCharacters = 8_192;
const form = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Clocks of two machines. */
const toleranceSeconds = 5;
/** What a provider has taken back may be taken for so long. */
const heldMs = 60_000;
const mostHeld = 5_000;
/** Calls for claims under way at once. */
const mostAsking = 16;

export interface CitizenTokensOptions {
  readonly settings: ReadonlyMap<TenantName, SignInSettings>;
}

interface Held {
  readonly claims: VerifiedClaims;
  /** Seconds since 1970, from the token. */
  readonly until: number;
}

export class CitizenTokens {
  readonly #providers: ReadonlyMap<TenantName, SignInProvider>;
  readonly #held = new LRUCache<string, Held>({ max: mostHeld, ttl: heldMs });
  #asking = 0;

  constructor({ settings }: CitizenTokensOptions) {
    this.#providers = new Map([...settings].map(([tenant, each]) => [tenant, new SignInProvider(each)]));
  }

  /** @throws CitizenTokenRefused by one path for every bad token; SignInUnavailable where the provider cannot be asked */
  async verify(tenant: TenantName, bearer: string, application: ApplicationName, now: Date): Promise<VerifiedClaims> {
    const provider = this.#providers.get(tenant);
    if (provider === undefined) throw new CitizenTokenRefused("nobody signs in here");
    if (bearer.length > mostCharacters || !form.test(bearer)) throw new CitizenTokenRefused("no token by its form");
    // Whose token it is depends on the application that sends it: so does what is held of it (law 12).
    const name = `${tenant} ${application} ${createHash("sha256").update(bearer).digest("base64url")}`;
    const held = this.#held.get(name);
    if (held !== undefined && now.getTime() / 1_000 < held.until) return held.claims;
    const read = await provider.read();
    const token = await verified(bearer, read, provider.settings, now);
    checkClient(token, provider.settings.apps.get(application) ?? application);
    checkScope(token, provider.settings);
    checkLevel(token, provider.settings);
    const claims = await this.#claimsOf(token, bearer, read, provider.settings);
    const { iss, sub, exp } = token;
    const known = { issuer: iss, subject: sub, claims };
    this.#held.set(name, { claims: known, until: exp });
    return known;
  }

  /** From the token where they are all in it, else from the provider, with that token. */
  async #claimsOf(
    token: AccessToken,
    bearer: string,
    { configuration }: ReadProvider,
    { neededClaims }: SignInSettings,
  ): Promise<VerifiedClaims["claims"]> {
    if (neededClaims.every((claim) => token[claim] !== undefined)) return token;
    if (this.#asking >= mostAsking) throw new SignInUnavailable("too many are being asked for");
    this.#asking += 1;
    try {
      // Its `sub` must be the token's (OpenID Connect Core, 5.3.2).
      return await fetchUserInfo(configuration, bearer, token.sub);
    } catch (error) {
      const word = wordOf(error);
      // The provider itself does not take the token: it has been taken back.
      if (word === "OAUTH_WWW_AUTHENTICATE_CHALLENGE") throw new CitizenTokenRefused("refused by its provider");
      throw unavailable(error);
    } finally {
      this.#asking -= 1;
    }
  }
}

type AccessToken = JWTPayload & { readonly iss: string; readonly sub: string; readonly exp: number };

async function verified(
  bearer: string,
  { keys }: ReadProvider,
  { issuer, audiences }: SignInSettings,
  now: Date,
): Promise<AccessToken> {
  try {
    const { payload } = await jwtVerify(bearer, keys, {
      issuer,
      audience: [...audiences],
      algorithms,
      // An ID token is no access token (RFC 9068, section 4).
      typ: "at+jwt",
      requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
      clockTolerance: toleranceSeconds,
      currentDate: now,
    });
    const { iss, sub, exp, iat } = payload;
    if (iss === undefined || sub === undefined || exp === undefined || iat === undefined)
      throw new CitizenTokenRefused("a claim is missing");
    if (sub === "" || iat > now.getTime() / 1_000 + toleranceSeconds) throw new CitizenTokenRefused("sub or iat");
    // Bound to a key of the application's (DPoP, mTLS), which was not shown: whoever stole it could send it.
    if (payload["cnf"] !== undefined) throw new CitizenTokenRefused("bound to a key");
    return { ...payload, iss, sub, exp };
  } catch (error) {
    throw refusalOf(error);
  }
}

/** A token that is bad, or keys that could not be read. */
function refusalOf(error: unknown): Error {
  if (error instanceof CitizenTokenRefused || error instanceof SignInUnavailable) return error;
  const keysNotRead = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  const plain = error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC";
  if (keysNotRead || plain || !(error instanceof errors.JOSEError)) return new SignInUnavailable(wordOf(error));
  return new CitizenTokenRefused(error.code);
}

/** `client_id` (RFC 9068) or `azp` (OpenID Connect): each that is there must be that application's client. */
function checkClient(token: AccessToken, client: string): void {
  const named = [token["client_id"], token["azp"]].filter((each) => each !== undefined);
  if (named.length === 0 || named.some((each) => each !== client)) throw new CitizenTokenRefused("another client");
}

/** A token that says how the person signed in (RFC 9068, 2.2.1) says it as sure as the town asks of its own pages. */
function checkLevel({ acr }: AccessToken, { acrValues }: SignInSettings): void {
  if (acr !== undefined && acrValues.length > 0 && !acrValues.some((asked) => asked === acr))
    throw new CitizenTokenRefused("acr");
}

function checkScope({ scope }: AccessToken, { tokenScopes }: SignInSettings): void {
  const has = new Set(typeof scope === "string" ? scope.split(" ") : []);
  if (!tokenScopes.every((each) => has.has(each))) throw new CitizenTokenRefused("scope");
}
