// From the certificate that signed a timestamp to one that the town trusts (RFC 5280 section 6, what of it a timestamping
// authority needs). Where a rule is not understood the answer is no. Whether a certificate was revoked is not asked: that
// would be another machine's word, and `log verify` works without any.
import type { X509Certificate } from "node:crypto";
import { BasicConstraints, Certificate, ExtKeyUsage } from "pkijs";
import * as asn1js from "asn1js";

const extension = {
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
} as const;
/** Those above, names of the same holder, and policies, of which the town asks for none. */
const understood = new Set<string>([...Object.values(extension), "2.5.29.14", "2.5.29.17", "2.5.29.32", "2.5.29.35"]);
const timeStamping = "1.3.6.1.5.5.7.3.8";
const anyPurpose = "2.5.29.37.0";
const longestPath = 6;

/** What of a certificate Node does not tell. */
interface Rules {
  readonly purposes: { readonly critical: boolean; readonly names: readonly string[] } | null;
  /** Bits of keyUsage; null: every use. */
  readonly uses: number | null;
  readonly pathLength: number | null;
  readonly unknownCritical: boolean;
}

/**
 * @param others that may stand between, such as those in the token. @param at when it has to be valid
 * @returns what is wrong, for people; null: it may sign timestamps, and somebody whom the town trusts says so
 */
export function pathFault(
  signer: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  at: Date,
): string | null {
  const { purposes, uses, unknownCritical } = rulesOf(signer);
  // RFC 3161 section 2.3: this purpose alone, and critical.
  if (purposes?.critical !== true || purposes.names.length !== 1 || purposes.names[0] !== timeStamping)
    return "its certificate is not one for timestamps (extended key usage timeStamping, critical, alone)";
  if ((uses !== null && (uses & (digitalSignature | nonRepudiation)) === 0) || unknownCritical)
    return "its certificate is not one for signatures";
  if (!validAt(signer, at)) return "its certificate was not valid at the time that the timestamp says";
  if (!leadsToRoot(signer, [...others, ...roots], roots, at, 0))
    return "its certificate does not lead to one in the file of `certificate:`";
  return null;
}

function leadsToRoot(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  at: Date,
  /** Authorities passed so far. */
  depth: number,
): boolean {
  if (roots.some(({ raw }) => raw.equals(certificate.raw))) return true;
  if (depth === longestPath) return false;
  return others.some(
    (issuer) =>
      !issuer.raw.equals(certificate.raw) &&
      certificate.checkIssued(issuer) &&
      mayIssue(issuer, at, depth) &&
      certificate.verify(issuer.publicKey) &&
      leadsToRoot(issuer, others, roots, at, depth + 1),
  );
}

function mayIssue(issuer: X509Certificate, at: Date, below: number): boolean {
  const { purposes, uses, pathLength, unknownCritical } = rulesOf(issuer);
  return (
    issuer.ca &&
    validAt(issuer, at) &&
    !unknownCritical &&
    (uses === null || (uses & keyCertSign) !== 0) &&
    (pathLength === null || below <= pathLength) &&
    (purposes === null || purposes.names.includes(timeStamping) || purposes.names.includes(anyPurpose))
  );
}

const validAt = ({ validFromDate, validToDate }: X509Certificate, at: Date): boolean =>
  validFromDate <= at && at <= validToDate;

// The first byte of the bit string, its first bit the highest.
const digitalSignature = 0x80;
const nonRepudiation = 0x40;
const keyCertSign = 0x04;

function rulesOf({ raw }: X509Certificate): Rules {
  const { extensions = [] } = Certificate.fromBER(raw);
  const found = (id: string) => {
    const each = extensions.find(({ extnID }) => extnID === id);
    return each === undefined ? null : { critical: each.critical, der: each.extnValue.getValue() };
  };
  const purposes = found(extension.extendedKeyUsage);
  const uses = found(extension.keyUsage);
  const constraints = found(extension.basicConstraints);
  const length = constraints === null ? undefined : BasicConstraints.fromBER(constraints.der).pathLenConstraint;
  return {
    purposes: purposes && { critical: purposes.critical, names: ExtKeyUsage.fromBER(purposes.der).keyPurposes },
    uses: uses === null ? null : bits(uses.der),
    // Longer than anybody counts is no limit for us.
    pathLength: length === undefined ? null : typeof length === "number" ? length : longestPath,
    unknownCritical: extensions.some(({ critical, extnID }) => critical && !understood.has(extnID)),
  };
}

function bits(der: ArrayBuffer): number {
  const { result } = asn1js.fromBER(der);
  // What is no bit string allows nothing.
  return result instanceof asn1js.BitString ? (result.valueBlock.valueHexView[0] ?? 0) : 0;
}
