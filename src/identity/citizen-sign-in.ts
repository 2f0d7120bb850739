// Signing a person in at the town's OpenID Connect provider: authorization code, PKCE, state and nonce.
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { TenantName } from "../terms/index.js";
import { SignInRefused, SignInUnavailable, type SignInSettings, type VerifiedClaims } from "./citizen-claims.js";
import { SignInProvider, unavailable, wordOf } from "./sign-in-provider.js";

/** What must come back with the person. Kept by the browser's session alone, never in an address; ready for JSON. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly callbackPath: string;
}

export interface SignInWish {
  readonly language: "fr" | "en";
  /** Of our own site, as registered at the provider. */
  readonly callbackPath?: string;
}

export interface CitizenSignInOptions {
  readonly settings: ReadonlyMap<TenantName, SignInSettings>;
}

export class CitizenSignIn {
  readonly #providers: ReadonlyMap<TenantName, SignInProvider>;

  constructor({ settings }: CitizenSignInOptions) {
    this.#providers = new Map([...settings].map(([tenant, each]) => [tenant, new SignInProvider(each)]));
  }

  /** Whether people of this tenant can sign in at all. */
  has(tenant: TenantName): boolean {
    return this.#providers.has(tenant);
  }

  /** Where to send the browser, and what to keep for `finish`. @throws SignInUnavailable */
  async begin(
    tenant: TenantName,
    { language, callbackPath = "/citizen/callback" }: SignInWish,
  ): Promise<{ readonly url: string; readonly pending: PendingSignIn }> {
    const provider = this.#provider(tenant);
    const { scopes, acrValues } = provider.settings;
    const { configuration } = await provider.read();
    const pending = {
      state: randomState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
      callbackPath,
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: ours(provider, callbackPath).href,
      scope: scopes.join(" "),
      code_challenge: await calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: "S256",
      state: pending.state,
      nonce: pending.nonce,
      ui_locales: language,
      ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(" ") }),
    });
    return { url: url.href, pending };
  }

  /**
   * @param callbackUrl as the browser came back; of it nothing but the query is used
   * @throws SignInRefused, SignInUnavailable
   */
  async finish(
    tenant: TenantName,
    callbackUrl: URL,
    pending: PendingSignIn,
  ): Promise<VerifiedClaims & { readonly idToken: string }> {
    const provider = this.#provider(tenant);
    const { configuration } = await provider.read();
    const came = ours(provider, pending.callbackPath);
    came.search = callbackUrl.search;
    if (came.searchParams.get("state") !== pending.state) throw new SignInRefused("stale", "state");
    try {
      const tokens = await authorizationCodeGrant(configuration, came, {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.codeVerifier,
        idTokenExpected: true,
      });
      const said = tokens.claims();
      if (said === undefined || tokens.id_token === undefined) throw new SignInRefused("refused", "no id token");
      checkLevel(said["acr"], provider.settings);
      const about = await fetchUserInfo(configuration, tokens.access_token, said.sub);
      // The ID token's own are the ones whose nonce was ours.
      const claims = { ...about, ...said };
      return { issuer: said.iss, subject: said.sub, claims, idToken: tokens.id_token };
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /**
   * Where to send the browser so that the provider forgets the person too; null where it offers no such thing.
   * @param afterPath of our own site, as registered at the provider
   * @throws SignInUnavailable
   */
  async endSession(tenant: TenantName, idToken: string, afterPath = "/citizen"): Promise<string | null> {
    const provider = this.#provider(tenant);
    const { configuration } = await provider.read();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
    return buildEndSessionUrl(configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: ours(provider, afterPath).href,
      // FranceConnect asks for one; nothing is to be recognised by it.
      state: randomState(),
    }).href;
  }

  #provider(tenant: TenantName): SignInProvider {
    const provider = this.#providers.get(tenant);
    if (provider === undefined) throw new SignInUnavailable("nobody signs in here");
    return provider;
  }
}

/** Of our own site as settings say it: a request's `Host` is anybody's word. */
const ours = ({ settings }: SignInProvider, path: string): URL => new URL(path, settings.publicUrl());

/** Asked for is not given: a provider may answer with less (OpenID Connect Core, 3.1.2.1). */
function checkLevel(acr: unknown, { acrValues }: SignInSettings): void {
  if (acrValues.length > 0 && !acrValues.some((asked) => asked === acr)) throw new SignInRefused("refused", "acr");
}

const notAnswered = new Set([
  "OAUTH_TIMEOUT",
  "OAUTH_ABORT",
  "OAUTH_RESPONSE_IS_NOT_CONFORM",
  "OAUTH_RESPONSE_IS_NOT_JSON",
]);
const serversOwn = new Set(["server_error", "temporarily_unavailable"]);

/** Of the error no more than a code: its cause holds answers with tokens and claims (law 11). */
function refusalOf(error: unknown): Error {
  if (error instanceof SignInRefused || error instanceof SignInUnavailable) return error;
  const said = error instanceof Error && "error" in error && typeof error.error === "string" ? error.error : null;
  const oauth = said !== null && /^[a-z_]{1,40}$/.test(said) ? said : null;
  if (oauth === "access_denied") return new SignInRefused("cancelled", oauth);
  if (oauth !== null && !serversOwn.has(oauth)) return new SignInRefused("refused", oauth);
  const word = wordOf(error);
  return oauth === null && word.startsWith("OAUTH_") && !notAnswered.has(word)
    ? new SignInRefused("refused", word)
    : unavailable(error);
}
