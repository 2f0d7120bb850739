import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import jsonld, { type JsonLdDocument, type NodeObject, type Options } from "jsonld";
import { format, resolveConfig } from "prettier";
import { expect, it } from "vitest";
import { dpvTermOf } from "../../src/catalogue/index.js";
import { personalCategories } from "../../src/catalogue/personal-categories.js";
import { basesTable, type ConsentEvent } from "../../src/consent/index.js";
import { decisionRecord, recordExport } from "../../src/consent/record.js";
import { recordContext, recordJsonSchema } from "../../src/consent/record-form.js";
import { bases } from "../../src/identity/agreement.js";
import { given, objection, source } from "./decided.js";

const known = new Set(
  readFileSync(new URL("dpv-terms.txt", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("https://")),
);
const today = "2026-11-23";

/** JSON-LD drops in silence what resolves to no IRI, unless it is told to refuse (`safe`, which its types lack). */
const offline: Options.Expand & { readonly safe: true } = {
  documentLoader: (url) => Promise.reject(new Error(`nothing may be fetched, and ${url} was asked for`)),
  safe: true,
};

/** As a reader elsewhere sees it, who may fetch nothing. */
const expand = (document: unknown) => jsonld.expand(document as JsonLdDocument, offline);

/** Every IRI that stands for a term: names of properties, types, and values that name something of a vocabulary. */
function termsIn(node: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(node)) for (const one of node) termsIn(one, found);
  else if (typeof node === "object" && node !== null)
    for (const [name, value] of Object.entries(node)) {
      if (!name.startsWith("@")) found.add(name);
      if (name === "@type" || name === "@id") for (const iri of [value].flat()) found.add(String(iri));
      else termsIn(value, found);
    }
  return found;
}

const eventsOfAllKinds: readonly ConsentEvent[] = [
  given,
  { ...given, decision: "refused" },
  { ...given, decision: "withdrawn", by: { kind: "guardian", scheme: "resident", token: given.token } },
  { ...given, until: "2026-11-21", shown: { language: "en", textVersion: "c".repeat(64), channel: "import" } },
  objection,
  { ...objection, decision: "objection-withdrawn", by: { kind: "staff", who: "accueil@rivemont.example" } },
  { ...objection, decision: "upheld", shown: null, refersTo: objection.id, by: { kind: "staff", who: "dpo" } },
  { ...objection, decision: "rejected", shown: null, refersTo: objection.id },
];

it("says everything in terms of DPV that exist, none of them lost where another program reads it", async () => {
  const document = recordExport(eventsOfAllKinds.map((event) => decisionRecord(event, source, today)));
  const expanded = await expand(document);
  expect(expanded).toHaveLength(eventsOfAllKinds.length);
  const terms = [...termsIn(expanded)].filter(
    (iri) => !/^(urn:|http:\/\/www\.w3\.org\/|http:\/\/purl\.org\/)/.test(iri),
  );
  expect(terms.filter((iri) => !known.has(iri))).toEqual([]);
  // And as many as there are in the document: each member of it, but those that JSON-LD itself defines.
  const written = (node: unknown): number =>
    Array.isArray(node)
      ? node.reduce<number>((sum, one) => sum + written(one), 0)
      : typeof node === "object" && node !== null
        ? Object.entries(node).reduce((sum, [name, value]) => sum + (name.startsWith("@") ? 0 : 1) + written(value), 0)
        : 0;
  expect(written(expanded)).toBe(written(document["@graph"]));
  expect(terms).toContain("https://w3id.org/dpv#ConsentRecord");
  expect(terms).toContain("https://w3id.org/dpv/legal/eu/gdpr#A6-1-a");
  expect(terms).toContain("https://w3id.org/dpv/pd#EmailAddress");
});

it("tells of a term that DPV does not have: the check itself can fail", async () => {
  const record = decisionRecord(given, { ...source, purpose: { ...source.purpose, dpv: "dpv:SchoolMealing" } }, today);
  const terms = termsIn(await expand(recordExport([record])));
  expect([...terms].filter((iri) => iri.startsWith("https://w3id.org/") && !known.has(iri))).toEqual([
    "https://w3id.org/dpv#SchoolMealing",
  ]);
  const unknown = { "@context": recordContext, "@type": "dpv:ConsentRecord", hasNoticed: "x" };
  await expect(expand(unknown)).rejects.toThrow();
});

it("knows a DPV term for every category of personal data that schema.graphql may name", () => {
  const without = [...personalCategories].filter(
    (category) => !known.has(dpvTermOf(category).replace(/^pd:/, "https://w3id.org/dpv/pd#")),
  );
  expect(without).toEqual([]);
});

it("holds the fields of ISO/IEC TS 27560: who, whose data, for what, which, on which basis, until when, shown what", () => {
  const record = decisionRecord(given, source, today);
  expect(record).toMatchObject({
    "@type": "dpv:ConsentRecord",
    "dpv:hasIdentifier": given.id,
    "dpv:hasDataSubject": { "@id": "urn:passerelle:rivemont:resident:AAFzb21lYm9keQ" },
    "dpv:hasDataController": { "dpv:hasName": "Ville de Rivemont" },
    "dpv:hasLegalBasis": "eu-gdpr:A6-1-a",
    "dpv:hasNotice": { "dct:identifier": "b".repeat(64), "dct:language": "fr" },
    "dpv:hasConsentStatus": [
      {
        "@type": ["dpv:ConsentGiven", "dpv:ExpressedConsent"],
        "dpv:isIndicatedAtTime": "2026-11-20T08:30:00.000Z",
        "dpv:hasDuration": { "rdf:value": "2027-07-31" },
      },
    ],
  });
  const units = record["dpv:hasProcess"].map((process) => [
    process["dct:identifier"],
    process["dpv:hasPersonalData"].map((data) => data["@type"]),
  ]);
  // District was not decided on: it is not in the record (what was not shown is not consented).
  expect(units).toEqual([
    ["@contact", [["pd:EmailAddress"]]],
    ["CanteenAccount", [["dpv:PersonalData"], ["pd:Preference", "dpv:SpecialCategoryPersonalData"]]],
  ]);
});

it("does not call an objection a consent, and keeps the person's reason out of it (law 11)", () => {
  const record = decisionRecord(objection, source, today);
  expect(record).toMatchObject({
    "@type": "dpv:RightExerciseRecord",
    "dpv:hasLegalBasis": "eu-gdpr:A6-1-e",
    "dpv:hasStatus": [{ "@type": ["dpv:PublicInterestObjected", "dpv:RequestInitiated"] }],
  });
  expect(record).not.toHaveProperty("dpv:hasConsentStatus");
  expect(JSON.stringify(record)).not.toContain("looked for");
});

it("tells that a consent's time is over", () => {
  const record = decisionRecord(given, source, "2027-08-01") as unknown as NodeObject;
  expect(record["dpv:hasConsentStatus"]).toHaveLength(2);
  expect(JSON.stringify(record)).toContain("dpv:ConsentExpired");
  expect(JSON.stringify(decisionRecord(given, source, given.until))).not.toContain("dpv:ConsentExpired");
});

it("is of the form that docs/consent-record.schema.json shows to others", async () => {
  const path = fileURLToPath(new URL("../../docs/consent-record.schema.json", import.meta.url));
  const options = (await resolveConfig(path)) ?? {};
  const json = await format(JSON.stringify(recordJsonSchema()), { ...options, parser: "json" });
  await expect(json).toMatchFileSnapshot(path);
});

it("has a meaning for every basis that an agreement can have, and for no other", () => {
  expect(Object.keys(basesTable)).toEqual([...bases]);
});
