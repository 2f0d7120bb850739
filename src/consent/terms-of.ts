import { createHash } from "node:crypto";

/** What of an agreement a person agreed with, apart from its fields. */
export interface AgreedTerms {
  readonly purpose: string;
  readonly recipient: { readonly name: string; readonly role: string; readonly basis: string };
  /** The town's. */
  readonly basis: string;
}

/**
 * The name of an agreement's terms: SHA-256 (64 hex digits) over the canonical JSON (RFC 8785) of purpose, recipient and
 * basis. A consent counts only while these are the ones it was given under (RGPD art. 4(11): informed, specific).
 */
export function termsOf({ purpose, recipient: { name, role, basis: own }, basis }: AgreedTerms): string {
  // Members in the order of their names, and texts only: JSON.stringify then writes what RFC 8785 asks for.
  const canonical = JSON.stringify({ basis, purpose, recipient: { basis: own, name, role } });
  return createHash("sha256").update(canonical, "utf8").digest("hex");
}
