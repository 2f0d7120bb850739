// A decision and what a record tells besides it, made up.
import type { ConsentEvent } from "../../src/consent/index.js";
import type { RecordSource } from "../../src/consent/record.js";
import type { AgreementId, Coordinate, SubjectToken, TenantName } from "../../src/terms/index.js";

const rivemont = "rivemont" as TenantName;
const email = "Resident.email" as Coordinate;
const balance = "CanteenAccount.balance" as Coordinate;
const diet = "CanteenAccount.diet" as Coordinate;

export const given: ConsentEvent = {
  id: "7f1c5c44-5b0e-4a43-9a5d-0d6a0b1f8f10",
  tenant: rivemont,
  revision: 4,
  agreement: "00000000-0000-4000-8000-000000000001" as AgreementId,
  version: 2,
  terms: "a".repeat(64),
  basis: "consent",
  scheme: "resident",
  token: "AAFzb21lYm9keQ" as SubjectToken,
  by: { kind: "self" },
  decision: "given",
  units: ["@contact", "CanteenAccount"],
  fields: [balance, diet, email],
  shown: { language: "fr", textVersion: "b".repeat(64), channel: "web" },
  at: new Date("2026-11-20T08:30:00Z"),
  day: "2026-11-20",
  until: "2027-07-31",
  refersTo: null,
  reason: null,
  elsewhere: null,
};

export const objection: ConsentEvent = {
  ...given,
  id: "0c8dcf52-8bd4-4b36-8f4c-3d2b1f6a7e01",
  basis: "public-task",
  decision: "objected",
  fields: ["*"],
  units: ["*"],
  reason: "I am looked for by someone.",
};

const member = (coordinate: Coordinate, category: string | null, special = false): [Coordinate, unknown] => [
  coordinate,
  { kind: "field", coordinate, personal: category === null ? null : { category, special } },
];

/** Of a catalogue, what a record looks at. */
const catalogue = {
  coordinates: new Map([member(email, "EmailAddress"), member(balance, null), member(diet, "DietaryPreference", true)]),
} as unknown as RecordSource["catalogue"];

export const source: RecordSource = {
  tenant: { name: rivemont, displayName: "Ville de Rivemont", contact: "donnees@rivemont.example" },
  agreement: {
    ref: "cantine-plus/school-meals",
    version: 2,
    basis: "consent",
    recipient: { name: "Cantine Plus SAS", contact: "dpo@cantine-plus.example", role: "controller", basis: "contract" },
    retention: "P1Y",
    units: [
      { name: "@contact", fields: [email] },
      { name: "CanteenAccount", fields: [balance, diet] },
      { name: "District", fields: ["District.name" as Coordinate] },
    ],
  },
  purpose: {
    name: "school-meals",
    title: { fr: "Restauration scolaire", en: "School meals" },
    text: { fr: "Inscription aux repas.", en: "Booking of meals." },
    dpv: "dpv:ServiceProvision",
  },
  catalogue,
  text: "Cantine Plus demande à lire votre adresse.",
  exercisedAt: "https://donnees.rivemont.example/citizen",
};
