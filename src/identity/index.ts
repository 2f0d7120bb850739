// Who asks, under which agreement; and how staff change that.
export { type Agreement, type Basis, type Caller, type Recipient, type Snapshot, type Standing } from "./agreement.js";
export { agreedFields, openFields, reboundFields } from "./agreed-fields.js";
export { identityEntities } from "./entities.js";
export { Identity, type IdentityOptions } from "./identity.js";
export { standingOf } from "./standing.js";
export { KeyFile, KeyFileError, openKeyFile, type Secrets } from "./key-file.js";
export { receiptJwks, receiptKeys, type PublicReceiptKey, type ReceiptKey } from "./receipt-keys.js";
export { checkSecrets } from "./secret-fingerprint.js";
export { Registry, type CreatedKey, type RegistryOptions } from "./registry.js";
export type { Decision, TenantTerms } from "./registry-checks.js";
export type { AgreementDraft } from "./draft.js";
export { waysOfAsking } from "./units.js";
export type { AgreementView, ApplicationView, KeyView, VersionView } from "./registry-views.js";
export { RegistryError, type RegistryErrorCode } from "./registry-error.js";
export { DerivedKeys, type SealingUse, type SecretReader } from "./derived-keys.js";
export type { SealedTexts, Sealer } from "./sealer.js";
export type { Siv } from "./siv.js";
export { sealedTokens, subjectTokens, subjectTokensOfAllSecrets, subjectTokensWith } from "./subject-token.js";
export {
  CitizenTokenRefused,
  SignInRefused,
  SignInUnavailable,
  type SignInSettings,
  type VerifiedClaims,
} from "./citizen-claims.js";
export { CitizenSignIn, type PendingSignIn } from "./citizen-sign-in.js";
export { CitizenTokens } from "./citizen-token.js";
export { webhookSecretsWith } from "./webhook-secret.js";
