// Signing a person in at the town's OpenID Connect provider: authorization code, PKCE, state and nonce.
import type { TenantName } from "../terms/index.js";
import { SignInUnavailable, type SignInSettings, type VerifiedClaims } from "./citizen-claims.js";

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
  constructor(readonly options: CitizenSignInOptions) {}

  /** Whether people of this tenant can sign in at all. */
  has(tenant: TenantName): boolean {
    return this.options.settings.has(tenant);
  }

  /** Where to send the browser, and what to keep for `finish`. @throws SignInUnavailable */
  begin(tenant: TenantName, wish: SignInWish): Promise<{ readonly url: string; readonly pending: PendingSignIn }> {
    return Promise.reject(new SignInUnavailable(`not yet: ${tenant} ${wish.language}`));
  }

  /**
   * @param callbackUrl as the browser came back; of it nothing but the query is used
   * @throws SignInRefused, SignInUnavailable
   */
  finish(
    tenant: TenantName,
    callbackUrl: URL,
    pending: PendingSignIn,
  ): Promise<VerifiedClaims & { readonly idToken: string }> {
    return Promise.reject(new SignInUnavailable(`not yet: ${tenant} ${callbackUrl.pathname} ${pending.callbackPath}`));
  }

  /**
   * Where to send the browser so that the provider forgets the person too; null where it offers no such thing.
   * @param afterPath of our own site, as registered at the provider
   * @throws SignInUnavailable
   */
  endSession(tenant: TenantName, idToken: string, afterPath = "/citizen"): Promise<string | null> {
    return Promise.reject(new SignInUnavailable(`not yet: ${tenant} ${afterPath} ${String(idToken.length)}`));
  }
}
