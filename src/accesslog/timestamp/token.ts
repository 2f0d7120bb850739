// RFC 3161: asks an authority to date a hash, and checks what it answers. A token is a CMS signature (RFC 5652) over a
// TSTInfo, which holds the hash and the time.
import { createHash, verify, X509Certificate } from "node:crypto";
import * as asn1js from "asn1js";
import {
  AlgorithmIdentifier,
  Certificate,
  ContentInfo,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
  type SignerInfo,
} from "pkijs";
import { pathFault } from "./certificate-path.js";

/** Not a timestamp that counts. The message says why, for people. */
export class TimestampRefused extends Error {
  override readonly name = "TimestampRefused";
}

export interface TokenCheck {
  /** SHA-256 of what was dated. */
  readonly hash: Buffer;
  /** Certificates that the town trusts. */
  readonly roots: readonly X509Certificate[];
  /** As it was sent; absent: this is a token of before. */
  readonly nonce?: Buffer;
}

const oid = {
  sha256: "2.16.840.1.101.3.4.2.1",
  signedData: "1.2.840.113549.1.7.2",
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const;

/** By the OID of the hash, or of a signature with its hash. What is not here is not taken: SHA-1 among others. */
const hashes: Readonly<Record<string, string>> = {
  [oid.sha256]: "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};
const signatures: Readonly<Record<string, string | null>> = {
  // RSA (PKCS #1 v1.5), the hash being the digest's.
  "1.2.840.113549.1.1.1": null,
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  // ECDSA
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};
const maxCertificates = 10;
const refuse = (why: string): TimestampRefused => new TimestampRefused(why);

/** @param nonce up to 20 bytes, its first one between 0x01 and 0x7f: so its number has one way to be written */
export function timestampRequest(hash: Buffer, nonce: Buffer): Buffer {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: oid.sha256, algorithmParams: new asn1js.Null() }),
      hashedMessage: new asn1js.OctetString({ valueHex: bytes(hash) }),
    }),
    nonce: new asn1js.Integer({ valueHex: bytes(nonce) }),
    certReq: true,
  });
  return Buffer.from(request.toSchema().toBER());
}

/** The token in an authority's answer, as it was sent; not yet checked. @throws TimestampRefused */
export function tokenOfResponse(answer: Buffer): Buffer {
  return reading(() => {
    const whole = parsed(answer);
    const { status } = new TimeStampResp({ schema: whole }).status;
    const said: unknown = status;
    if (said !== 0 && said !== 1) throw refuse(`it does not give a timestamp (PKIStatus ${String(said)})`);
    const token = whole instanceof asn1js.Sequence ? whole.valueBlock.value[1] : undefined;
    if (token === undefined) throw refuse("it gives no timestamp");
    return Buffer.from(token.valueBeforeDecodeView);
  });
}

/** @returns when the authority saw the hash. @throws TimestampRefused */
export function checkToken(token: Buffer, { hash, roots, nonce }: TokenCheck): Date {
  return reading(() => {
    const { signed, signer, content } = readSigned(token);
    const info = new TSTInfo({ schema: parsed(content) });
    const { messageImprint } = info;
    if (info.version !== 1 || (info.extensions ?? []).some(({ critical }) => critical))
      throw refuse("it is of a form that is not known");
    if (messageImprint.hashAlgorithm.algorithmId !== oid.sha256 || !same(messageImprint.hashedMessage.getValue(), hash))
      throw refuse("it dates something else than was sent");
    if (nonce !== undefined && !same(info.nonce?.valueBlock.valueHexView ?? [], nonce))
      throw refuse("it answers another request than was sent (nonce)");
    checkSignature(signer, content, certificatesOf(signed), info.genTime, roots);
    return info.genTime;
  });
}

interface Signed {
  readonly signed: SignedData;
  readonly signer: SignerInfo;
  /** The TSTInfo in DER. */
  readonly content: Buffer;
}

function readSigned(token: Buffer): Signed {
  const outer = new ContentInfo({ schema: parsed(token) });
  if (outer.contentType !== oid.signedData) throw refuse("it is not signed");
  const signed = new SignedData({ schema: outer.content as asn1js.AsnType });
  const [signer, another] = signed.signerInfos;
  const { eContentType, eContent } = signed.encapContentInfo;
  if (signer === undefined || another !== undefined || eContentType !== oid.tstInfo || eContent === undefined)
    throw refuse("it is not a timestamp with one signature");
  return { signed, signer, content: Buffer.from(eContent.getValue()) };
}

function certificatesOf({ certificates = [] }: SignedData): readonly X509Certificate[] {
  const all = certificates.filter((each) => each instanceof Certificate);
  if (all.length > maxCertificates) throw refuse(`it brings more than ${maxCertificates} certificates`);
  return all.map((each) => new X509Certificate(Buffer.from(each.toSchema().toBER())));
}

function checkSignature(
  signer: SignerInfo,
  content: Buffer,
  certificates: readonly X509Certificate[],
  at: Date,
  roots: readonly X509Certificate[],
): void {
  const attribute = (type: string): asn1js.AsnType | undefined => {
    const found = (signer.signedAttrs?.attributes ?? []).filter((each) => each.type === type);
    // One attribute with one value, or none that counts (RFC 5652 section 11).
    return found.length === 1 && found[0]?.values.length === 1 ? (found[0].values[0] as asn1js.AsnType) : undefined;
  };
  const digest = hashes[signer.digestAlgorithm.algorithmId];
  const type = attribute(oid.contentType);
  const digested = attribute(oid.messageDigest);
  if (digest === undefined || !(type instanceof asn1js.ObjectIdentifier) || type.getValue() !== oid.tstInfo)
    throw refuse("its signature is of a kind that is not known");
  if (
    !(digested instanceof asn1js.OctetString) ||
    !same(digested.getValue(), createHash(digest).update(content).digest())
  )
    throw refuse("its signature is over something else");
  const own = certificates.find((each) => isNamed(each, attribute(oid.signingCertificateV2), attribute(oid.signingCertificate))); // prettier-ignore
  if (own === undefined) throw refuse("it does not name the certificate that signed it, or does not bring it");
  const named = signatures[signer.signatureAlgorithm.algorithmId];
  if (named === undefined) throw refuse("its signature is of a kind that is not known");
  const attributes = Buffer.from(signer.signedAttrs?.encodedValue ?? new ArrayBuffer(0));
  if (!verify(named ?? digest, attributes, own.publicKey, Buffer.from(signer.signature.getValue())))
    throw refuse("its signature does not hold");
  const fault = pathFault(own, certificates, roots, at);
  if (fault !== null) throw refuse(fault);
}

/**
 * The signed name of the signing certificate (RFC 5035 ESSCertIDv2, RFC 2634 ESSCertID with SHA-1): its hash. Without it
 * another certificate over the same key could be put in its place.
 */
function isNamed(
  certificate: X509Certificate,
  v2: asn1js.AsnType | undefined,
  v1: asn1js.AsnType | undefined,
): boolean {
  const first = (list: asn1js.AsnType | undefined): readonly asn1js.AsnType[] => {
    const ids = list instanceof asn1js.Sequence ? list.valueBlock.value[0] : undefined;
    const id = ids instanceof asn1js.Sequence ? ids.valueBlock.value[0] : undefined;
    return id instanceof asn1js.Sequence ? id.valueBlock.value : [];
  };
  const named = (parts: readonly asn1js.AsnType[], usual: string): boolean => {
    const [algorithm] = parts;
    const other = algorithm instanceof asn1js.Sequence ? algorithm.valueBlock.value[0] : undefined;
    const name = other instanceof asn1js.ObjectIdentifier ? hashes[other.getValue()] : usual;
    const hash = parts.find((part) => part instanceof asn1js.OctetString);
    if (name === undefined || hash === undefined) return false;
    return same(hash.getValue(), createHash(name).update(certificate.raw).digest());
  };
  return v2 === undefined ? named(first(v1), "sha1") : named(first(v2), "sha256");
}

/** One value and nothing behind it. */
function parsed(der: Buffer): asn1js.AsnType {
  const { result, offset } = asn1js.fromBER(bytes(der));
  if (offset !== der.length || result.error !== "") throw refuse("it cannot be read");
  return result;
}

/** What does not have the form makes the parser throw errors of many kinds: all of them mean the same. */
function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TimestampRefused ? error : refuse("it cannot be read");
  }
}

/** In a memory of its own: a Buffer may lie in a shared one, of which the parser would see all. */
const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer);
const same = (given: ArrayBuffer | ArrayLike<number>, wanted: Buffer): boolean =>
  Buffer.from(given as Uint8Array).equals(wanted);
