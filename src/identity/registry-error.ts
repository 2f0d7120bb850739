export type RegistryErrorCode =
  | "invalid-name"
  | "invalid-text"
  | "invalid-date"
  | "invalid-number"
  | "invalid-duration"
  | "invalid-basis"
  | "invalid-recipient"
  | "reserved-name"
  | "already-exists"
  | "unknown-tenant"
  | "unknown-application"
  | "unknown-purpose"
  | "unknown-agreement"
  | "unknown-version"
  | "unknown-key"
  | "unknown-field"
  | "no-fields"
  | "not-open"
  | "note-required"
  | "nobody-to-ask"
  | "not-applicable"
  | "invalid-asked"
  | "too-many-units"
  | "not-a-draft"
  | "not-approved"
  | "not-a-dpo"
  | "unknown-person"
  | "own-draft"
  | "already-suspended"
  | "not-suspended"
  | "too-many-keys"
  | "already-revoked";

/** What a person asked for cannot be done; the message is a sentence that says why and what to do. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  constructor(
    readonly code: RegistryErrorCode,
    message: string,
  ) {
    super(message);
  }
}
