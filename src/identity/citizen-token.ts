// A citizen's access token beside an application's key: whether the town's provider gave it, for us, to that application.
import type { ApplicationName, TenantName } from "../terms/index.js";
import { CitizenTokenRefused, type SignInSettings, type VerifiedClaims } from "./citizen-claims.js";

export interface CitizenTokensOptions {
  readonly settings: ReadonlyMap<TenantName, SignInSettings>;
}

export class CitizenTokens {
  constructor(readonly options: CitizenTokensOptions) {}

  /** @throws CitizenTokenRefused by one path for every bad token; SignInUnavailable where the provider cannot be asked */
  verify(tenant: TenantName, bearer: string, application: ApplicationName, now: Date): Promise<VerifiedClaims> {
    return Promise.reject(
      new CitizenTokenRefused(`not yet: ${tenant} ${application} ${String(bearer.length)} ${now.toISOString()}`),
    );
  }
}
