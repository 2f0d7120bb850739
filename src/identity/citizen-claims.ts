// A person whom the town's OpenID Connect provider vouches for: what it says of them, and how its word can be refused.
import type { ApplicationName } from "../terms/index.js";

/** What the provider says of a signed-in person, its signatures checked. Never logged, never stored (law 11). */
export interface VerifiedClaims {
  readonly issuer: string;
  /** The person at that issuer (`sub`); nothing that the town's services know. */
  readonly subject: string;
  /** OpenID Connect Core, section 5.1, and FranceConnect's own: `given_name`, `family_name`, `birthdate`… */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** How one tenant's people sign in. */
export interface SignInSettings {
  /** Without a `/` at its end that the provider does not write. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, with PKCE alone. */
  readonly clientSecret: string | null;
  /** `openid` among them. */
  readonly scopes: readonly string[];
  /** How sure the provider is asked to be of the person: `eidas1`. */
  readonly acrValues: readonly string[];
  /** Of an application's access token (`aud`), one of these is needed. */
  readonly audiences: readonly string[];
  /** All of them are needed in an application's access token. */
  readonly tokenScopes: readonly string[];
  /** What people are found by; where a token lacks one, the provider is asked (userinfo). */
  readonly neededClaims: readonly string[];
  /** Our own site as browsers reach it, without a path: `https://data.rivemont.fr`. Never taken from a request. */
  readonly publicUrl: () => string;
  /** Application → its client at the provider; one that is not listed has its own name there. */
  readonly apps: ReadonlyMap<ApplicationName, string>;
  /** http:// on this machine's own address: in development and the demo. */
  readonly allowLoopback: boolean;
}

/** One error for every token that is not taken, whatever is wrong with it: it tells a thief nothing. */
export class CitizenTokenRefused extends Error {
  override readonly name = "CitizenTokenRefused";
  constructor(
    /** For tests and an operator's figures: a word of ours, never a value. */
    readonly why: string,
  ) {
    super("the citizen's token is not taken");
  }
}

/** The provider could not be asked: nobody can be signed in now (fail closed). */
export class SignInUnavailable extends Error {
  override readonly name = "SignInUnavailable";
  constructor(
    /** A word of ours or an error's code, never a value. */
    readonly why: string,
  ) {
    super("the sign-in service does not answer as it should");
  }
}

/** The person came back from the provider, but is not signed in. */
export class SignInRefused extends Error {
  override readonly name = "SignInRefused";
  constructor(
    /** `cancelled`: they chose not to. `stale`: begun too long ago, or elsewhere. `refused`: the provider or a check said no. */
    readonly reason: "cancelled" | "stale" | "refused",
    /** A word of ours or an OAuth error's code, never a value. */
    readonly why: string,
  ) {
    super(`not signed in: ${reason}`);
  }
}
