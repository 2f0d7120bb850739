// A decision as it was recorded → a record that others can read. No name of the person is in it: what stands for them.
import { dpvTermOf, isSpecialCategory, type Catalogue } from "../catalogue/index.js";
import type { ConsentUnit, Coordinate, SubjectToken, TenantName } from "../terms/index.js";
import { basisMeaning } from "./bases.js";
import type { ConsentEvent } from "./consent-event.js";
import {
  exportForm,
  recordContext,
  recordForm,
  recordProfile,
  type DecisionRecord,
  type RecordExport,
} from "./record-form.js";

interface Bilingual {
  readonly fr: string;
  readonly en: string;
}

/** What a record tells besides the event: who the town and the recipient are, for what, which data. */
export interface RecordSource {
  readonly tenant: { readonly name: TenantName; readonly displayName: string; readonly contact: string };
  readonly agreement: {
    readonly ref: string;
    readonly version: number;
    readonly basis: string;
    readonly recipient: {
      readonly name: string;
      readonly contact: string;
      readonly role: string;
      readonly basis: string;
    };
    /** ISO 8601 duration. */
    readonly retention: string | null;
    readonly units: readonly ConsentUnit[];
  };
  readonly purpose: {
    readonly name: string;
    readonly title: Bilingual;
    readonly text: Bilingual;
    readonly dpv: string;
  };
  /** Of the version in force: what kind of data a field is. Null where none is: then a field is personal data, no more. */
  readonly catalogue: Catalogue | null;
  /** What was shown, where it is still kept. */
  readonly text: string | null;
  /** Where one decides anew: the citizen's page, else the town's contact. */
  readonly exercisedAt: string;
}

/** @throws Error for a basis that asks nobody: there is no such decision */
export function decisionRecord(event: ConsentEvent, source: RecordSource, today: string): DecisionRecord {
  const { tenant, agreement } = source;
  const basis = basisMeaning(event.basis)?.dpv;
  const consent = basisMeaning(event.basis)?.asks === "consent";
  const common = {
    "@id": `urn:uuid:${event.id}`,
    "dct:conformsTo": recordProfile,
    "dpv:hasIdentifier": event.id,
    "dct:created": event.at.toISOString(),
    "dct:source": `${agreement.ref} version ${String(event.version)}`,
    "dpv:hasDataSubject": { "@id": personUrn(event, event.scheme, event.token), "@type": "dpv:DataSubject" },
    "dpv:hasDataController": controller(tenant),
    "dpv:hasJurisdiction": "loc:FR",
    "dpv:hasApplicableLaw": "legal-eu:law-GDPR",
    "dpv:hasLegalBasis": basis,
    "dpv:hasProcess": processes(event, source),
    ...notice(event, source),
    "dpv:hasRight": right(consent, source.exercisedAt),
  };
  return recordForm.parse(
    consent
      ? {
          "@type": "dpv:ConsentRecord",
          ...common,
          "dpv:hasConsentControl": { "@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": source.exercisedAt },
          "dpv:hasConsentStatus": consentStatus(event, today),
        }
      : { "@type": "dpv:RightExerciseRecord", ...common, "dpv:hasStatus": [requestStatus(event)] },
  );
}

/** One document that holds them all, with the context that it needs. */
export const recordExport = (records: readonly DecisionRecord[]): RecordExport =>
  exportForm.parse({ "@context": recordContext, "@graph": records });

export const controller = ({ name, displayName, contact }: RecordSource["tenant"]) => ({
  "@id": `urn:passerelle:${name}`,
  "@type": ["dpv:DataController", "dpv:GovernmentalOrganisation"],
  "dpv:hasName": displayName,
  "dpv:hasContact": contact,
});

const personUrn = ({ tenant }: ConsentEvent, scheme: string, token: SubjectToken): string =>
  `urn:passerelle:${tenant}:${scheme}:${token}`;

function processes(event: ConsentEvent, source: RecordSource): unknown[] {
  const { tenant, agreement, purpose } = source;
  const recipient = {
    "@id": `urn:passerelle:${tenant.name}:${agreement.ref}:recipient`,
    "@type": ["dpv:Recipient", recipientRole(agreement.recipient.role)],
    "dpv:hasName": agreement.recipient.name,
    "dpv:hasContact": agreement.recipient.contact,
    "skos:note": `The recipient's own basis: ${agreement.recipient.basis}`,
  };
  const why = {
    "@id": `urn:passerelle:${tenant.name}:${purpose.name}`,
    "@type": purpose.dpv,
    "dct:title": inBoth(purpose.title),
    "dct:description": inBoth(purpose.text),
  };
  const kept = agreement.retention;
  return unitsOf(event, agreement.units).map(({ name, fields }) => ({
    "@type": "dpv:Process",
    "dct:identifier": name,
    "dpv:hasPurpose": why,
    "dpv:hasPersonalData": fields.map((field) => personalData(field, source.catalogue)),
    "dpv:hasRecipient": recipient,
    ...(kept !== null && {
      "dpv:hasStorageCondition": {
        "@type": "dpv:StorageDuration",
        "dpv:hasDuration": { "@type": "dpv:TemporalDuration", "rdf:value": kept },
      },
    }),
  }));
}

/** As decided: the event's own coordinates, grouped as that version named them. */
function unitsOf(
  event: ConsentEvent,
  units: readonly ConsentUnit[],
): { readonly name: string; readonly fields: readonly (Coordinate | "*")[] }[] {
  const decided = new Set(event.fields);
  if (decided.has("*")) return [{ name: "*", fields: ["*"] }];
  const found = units
    .filter(({ name }) => event.units.includes(name))
    .map(({ name, fields }) => ({ name, fields: fields.filter((field) => decided.has(field)) }))
    .filter(({ fields }) => fields.length > 0);
  const grouped = new Set(found.flatMap(({ fields }) => fields));
  const others = event.fields.filter((field) => field === "*" || !grouped.has(field));
  return others.length === 0 ? found : [...found, { name: event.units.join(" "), fields: others }];
}

function personalData(field: Coordinate | "*", catalogue: Catalogue | null): unknown {
  const member = field === "*" ? undefined : catalogue?.coordinates.get(field);
  const personal = member === undefined || member.kind === "link" ? null : member.personal;
  const types =
    personal == null
      ? ["dpv:PersonalData"]
      : [
          dpvTermOf(personal.category),
          ...(personal.special || isSpecialCategory(personal.category) ? ["dpv:SpecialCategoryPersonalData"] : []),
        ];
  return { "@type": types, "dct:identifier": field };
}

const recipientRole = (role: string): string =>
  role === "processor"
    ? "dpv:DataProcessor"
    : role === "joint-controller"
      ? "dpv:JointDataControllers"
      : "dpv:DataController";

function notice(event: ConsentEvent, { text }: RecordSource): Record<string, unknown> {
  if (event.shown === null) return {};
  const { language, textVersion } = event.shown;
  return {
    "dpv:hasNotice": {
      "@id": `urn:passerelle:${event.tenant}:notice:${textVersion}`,
      "@type": event.basis === "consent" ? "dpv:ConsentNotice" : "dpv:PrivacyNotice",
      "dct:identifier": textVersion,
      "dct:language": language,
      ...(text !== null && { "dct:description": { "@value": text, "@language": language } }),
    },
  };
}

const right = (consent: boolean, at: string): unknown => ({
  "@type": ["dpv:DataSubjectRight", consent ? "eu-gdpr:A7-3" : "eu-gdpr:A21"],
  "dct:title": inBoth(
    consent
      ? { fr: "Droit de retirer son consentement", en: "Right to withdraw consent" }
      : { fr: "Droit d’opposition", en: "Right to object" },
  ),
  "dpv:isExercisedAt": at,
});

/** How it was said; a settlement is the town's own word. */
const methods: Readonly<Record<string, string>> = {
  web: "On the citizen's page of the town",
  import: "Collected by another system of the town and imported",
  staff: "Said to the town's staff, who recorded it",
};

function indication(event: ConsentEvent): Record<string, unknown> {
  return {
    "dpv:isIndicatedAtTime": (event.elsewhere?.decidedAt ?? event.at).toISOString(),
    "dpv:isIndicatedBy": indicatedBy(event),
    "dpv:hasIndicationMethod": methods[event.shown?.channel ?? "none"] ?? "Decided by the town and recorded",
  };
}

function indicatedBy(event: ConsentEvent): unknown {
  if (event.by.kind === "guardian")
    return { "@id": personUrn(event, event.by.scheme, event.by.token), "@type": "dpv:GuardianOfDataSubject" };
  // A settlement alone has nothing shown: it is the town that answers.
  if (event.shown === null) return { "@type": "dpv:DataController" };
  return { "@id": personUrn(event, event.scheme, event.token), "@type": "dpv:DataSubject" };
}

function consentStatus(event: ConsentEvent, today: string): unknown[] {
  const said = { ...indication(event) };
  const until = { "@type": "dpv:UntilTimeDuration", "rdf:value": event.until };
  if (event.decision === "refused") return [{ "@type": ["dpv:ConsentRefused"], ...said }];
  if (event.decision === "withdrawn") return [{ "@type": ["dpv:ConsentWithdrawn"], ...said }];
  const given = { "@type": ["dpv:ConsentGiven", "dpv:ExpressedConsent"], ...said, "dpv:hasDuration": until };
  return event.until < today
    ? [given, { "@type": ["dpv:ConsentExpired"], ...said, "dpv:hasDuration": until }]
    : [given];
}

const requestStates: Readonly<Record<string, readonly string[]>> = {
  objected: ["dpv:PublicInterestObjected", "dpv:RequestInitiated"],
  "objection-withdrawn": ["dpv:RequestFulfilled"],
  upheld: ["dpv:PublicInterestObjected", "dpv:RequestAccepted"],
  rejected: ["dpv:RequestRejected"],
};

const requestStatus = (event: ConsentEvent): unknown => ({
  "@type": requestStates[event.decision] ?? [],
  ...indication(event),
  ...(event.refersTo !== null && { "dct:relation": `urn:uuid:${event.refersTo}` }),
});

const inBoth = ({ fr, en }: Bilingual): unknown[] => [
  { "@value": fr, "@language": "fr" },
  { "@value": en, "@language": "en" },
];
