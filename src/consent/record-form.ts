// The form of a consent record: the fields of ISO/IEC TS 27560:2023 in the terms of the W3C Data Privacy Vocabulary, as
// the DPV guide writes them (https://w3id.org/dpv/guides/consent-27560). docs/consent-record.schema.json is made from it.
import * as z from "zod";

/**
 * Stands in every record, so that nobody has to fetch one to read it: whoever expands it (JSON-LD 1.1) needs no network.
 * What is written `@id` here is a name of something; the rest are texts.
 */
export const recordContext = {
  dct: "http://purl.org/dc/terms/",
  dpv: "https://w3id.org/dpv#",
  "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
  "legal-eu": "https://w3id.org/dpv/legal/eu#",
  loc: "https://w3id.org/dpv/loc#",
  pd: "https://w3id.org/dpv/pd#",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  skos: "http://www.w3.org/2004/02/skos/core#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  "dct:conformsTo": { "@type": "@id" },
  "dct:created": { "@type": "xsd:dateTime" },
  "dpv:hasApplicableLaw": { "@type": "@id" },
  "dpv:hasJurisdiction": { "@type": "@id" },
  "dpv:hasLegalBasis": { "@type": "@id" },
  "dpv:isIndicatedAtTime": { "@type": "xsd:dateTime" },
} as const;

export const recordProfile = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";
export const receiptProfile = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr";

const urn = z.string().regex(/^urn:(uuid|passerelle):[^\s]+$/);
const moment = z.iso.datetime();
const text = z.string().min(1).max(2_000);
const inLanguage = z.strictObject({ "@value": z.string().min(1).max(20_000), "@language": z.enum(["fr", "en"]) });

/** ISO/IEC TS 27560: party identification. */
const party = z.strictObject({
  "@id": urn,
  "@type": z.array(z.string().regex(/^dpv:[A-Z]\w+$/)).min(1),
  "dpv:hasName": text,
  "dpv:hasContact": text.optional(),
  "skos:note": text.optional(),
});

/** Somebody without a name: what stands for them can be turned back by the town alone. */
const person = z.strictObject({
  "@id": urn.optional(),
  "@type": z.enum(["dpv:DataSubject", "dpv:GuardianOfDataSubject", "dpv:DataController"]),
});

const duration = z.strictObject({
  "@type": z.enum(["dpv:UntilTimeDuration", "dpv:TemporalDuration"]),
  "rdf:value": z.string().regex(/^(\d{4}-\d{2}-\d{2}|P[0-9A-Z]+)$/),
});

/** One unit that is decided on at once: which data, for what, for whom. */
const process = z.strictObject({
  "@type": z.literal("dpv:Process"),
  "dct:identifier": text.describe("The unit: @contact, CanteenAccount, or * for the agreement as a whole."),
  "dpv:hasPurpose": z.strictObject({
    "@id": urn,
    "@type": z.string().regex(/^dpv:[A-Z]\w*$/),
    "dct:title": z.array(inLanguage).length(2),
    "dct:description": z.array(inLanguage).length(2),
  }),
  "dpv:hasPersonalData": z
    .array(
      z.strictObject({
        "@type": z.array(z.string().regex(/^(dpv|pd):[A-Z]\w*$/)).min(1),
        "dct:identifier": text.describe("The field, as schema.graphql names it; * for all of the agreement's."),
      }),
    )
    .min(1),
  "dpv:hasRecipient": party,
  "dpv:hasStorageCondition": z
    .strictObject({ "@type": z.literal("dpv:StorageDuration"), "dpv:hasDuration": duration })
    .optional(),
});

/** ISO/IEC TS 27560: privacy notice, with the text that was shown. */
const notice = z.strictObject({
  "@id": urn,
  "@type": z.enum(["dpv:ConsentNotice", "dpv:PrivacyNotice"]),
  "dct:identifier": z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("SHA-256 of the text shown: its version."),
  "dct:language": z.enum(["fr", "en"]),
  "dct:description": inLanguage.optional(),
});

/** ISO/IEC TS 27560: event. */
const indication = {
  "dpv:isIndicatedAtTime": moment,
  "dpv:isIndicatedBy": person,
  "dpv:hasIndicationMethod": text,
};
const consentStatus = z.strictObject({
  "@type": z
    .array(
      z.enum([
        "dpv:ConsentGiven",
        "dpv:ConsentRefused",
        "dpv:ConsentWithdrawn",
        "dpv:ConsentExpired",
        "dpv:ExpressedConsent",
      ]),
    )
    .min(1),
  ...indication,
  "dpv:hasDuration": duration.optional(),
});
const requestStatus = z.strictObject({
  "@type": z
    .array(
      z.enum([
        "dpv:PublicInterestObjected",
        "dpv:RequestInitiated",
        "dpv:RequestAccepted",
        "dpv:RequestRejected",
        "dpv:RequestFulfilled",
      ]),
    )
    .min(1),
  ...indication,
  "dct:relation": urn.optional().describe("The objection that a settlement answers."),
});

const right = z.strictObject({
  "@type": z.array(z.enum(["dpv:DataSubjectRight", "eu-gdpr:A7-3", "eu-gdpr:A21"])).length(2),
  "dct:title": z.array(inLanguage).length(2),
  "dpv:isExercisedAt": text,
});

const common = {
  "@id": urn,
  "dct:conformsTo": z.literal(recordProfile),
  "dpv:hasIdentifier": z.uuid(),
  "dct:created": moment,
  "dct:source": text.describe("The agreement and its version: cantine-plus/school-meals version 2."),
  "dpv:hasDataSubject": z.strictObject({ "@id": urn, "@type": z.literal("dpv:DataSubject") }),
  "dpv:hasDataController": party,
  "dpv:hasJurisdiction": z.literal("loc:FR"),
  "dpv:hasApplicableLaw": z.literal("legal-eu:law-GDPR"),
  "dpv:hasProcess": z.array(process).min(1),
  "dpv:hasNotice": notice.optional(),
  "dpv:hasRight": right,
};

/** A decision of somebody who was asked. */
const consentRecord = z.strictObject({
  "@type": z.literal("dpv:ConsentRecord"),
  ...common,
  "dpv:hasLegalBasis": z.literal("eu-gdpr:A6-1-a"),
  "dpv:hasConsentControl": z.strictObject({ "@type": z.literal("dpv:WithdrawConsent"), "dpv:isExercisedAt": text }),
  "dpv:hasConsentStatus": z.array(consentStatus).min(1),
});

/** An objection (RGPD art. 21), its withdrawal, or the town's answer: no consent, so it is not called one. */
const objectionRecord = z.strictObject({
  "@type": z.literal("dpv:RightExerciseRecord"),
  ...common,
  "dpv:hasLegalBasis": z.literal("eu-gdpr:A6-1-e"),
  "dpv:hasStatus": z.array(requestStatus).min(1),
});

const context = z.object({}).catchall(z.unknown()).describe("Where the names come from; nothing has to be fetched.");

export const recordForm = z.discriminatedUnion("@type", [consentRecord, objectionRecord]);
export type DecisionRecord = z.output<typeof recordForm>;

/** What a person takes home: the record, when it was made out, and by whom. */
export const receiptForm = z.strictObject({
  "@context": context,
  "@id": urn,
  "@type": z.literal("dpv:ConsentReceipt"),
  "dct:conformsTo": z.literal(receiptProfile),
  "dpv:hasIdentifier": z.uuid(),
  "dct:created": moment,
  "dpv:hasDataController": party,
  "dpv:hasRecordOfActivity": z.array(recordForm).length(1),
});
export type Receipt = z.output<typeof receiptForm>;

/** `consent export`: one record or many, in one document. */
export const exportForm = z.strictObject({ "@context": context, "@graph": z.array(recordForm) });
export type RecordExport = z.output<typeof exportForm>;

/** JSON Schema (draft 2020-12) of an export and of what a receipt's signature holds. */
export function recordJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(z.union([exportForm, receiptForm]), { reused: "ref" });
  return { ...schema, title: "Consent records and receipts of Passerelle (ISO/IEC TS 27560:2023 in DPV terms)" };
}
