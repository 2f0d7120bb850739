// Agreements in which people have a say, or are kept from one by law.
import { later, people, type DemoAgreement } from "./agreement-form.js";

/** Families decide, part by part; a child's guardians for the child. */
export const repasMalin = (today: string): DemoAgreement => ({
  application: { name: "repas-malin", title: "Repas Malin", contact: "bonjour@repas-malin.example" },
  purpose: "meal-advice",
  fields: [
    "CanteenAccount.number",
    "CanteenAccount.status",
    "CanteenAccount.balance",
    "CanteenAccount.openedOn",
    "CanteenAccount.resident",
    "Resident.givenName",
    "Resident.familyName",
    "Resident.ageBand",
    "Resident.email",
    "Resident.household",
    "Household.holder",
  ],
  basis: "consent",
  basisNote:
    "Convention 2026-041: free advice on meals, beside the public service. Who refuses eats at the canteen like everybody, " +
    "at the same price: nothing is lost by refusing (RGPD recital 43).",
  asked: "groups",
  recipient: {
    name: "Repas Malin SCOP",
    contact: "dpo@repas-malin.example",
    role: "controller",
    basis: "contract with the family (RGPD art. 6(1)(b))",
  },
  from: later(today, -30),
  until: later(today, 730),
  volumePerDay: 2_000,
  retention: "P6M",
  ...people,
});

/** The town's own app, acting for whoever has signed in. */
export const monRivemont = (today: string): DemoAgreement => ({
  application: { name: "mon-rivemont", title: "Mon Rivemont", contact: "mon@rivemont.example" },
  purpose: "citizen-account",
  fields: [
    "Resident.number",
    "Resident.familyName",
    "Resident.givenName",
    "Resident.birthDate",
    "Resident.email",
    "Resident.phone",
    "Resident.address",
    "Resident.updatedAt",
    "Resident.district",
    "Resident.canteenAccounts",
    "Resident.libraryLoans",
    "CanteenAccount.number",
    "CanteenAccount.balance",
    "CanteenAccount.status",
    "CanteenAccount.openedOn",
    "CanteenAccount.lastMovementAt",
    "CanteenAccount.resident",
    "LibraryLoan.number",
    "LibraryLoan.title",
    "LibraryLoan.genre",
    "LibraryLoan.borrowedOn",
    "LibraryLoan.dueOn",
    "LibraryLoan.returnedOn",
    "LibraryLoan.borrower",
    "LibraryLoan.branch",
    "District.number",
    "District.name",
    "LibraryBranch.code",
    "LibraryBranch.name",
    "LibraryBranch.address",
  ],
  basis: "public-task",
  basisNote: "Règlement du téléservice Mon Rivemont, délibération du conseil municipal du 18 juin 2026.",
  recipient: {
    name: "Ville de Rivemont",
    contact: "donnees@rivemont.example",
    role: "controller",
    basis: "public task (RGPD art. 6(1)(e))",
  },
  from: later(today, -30),
  until: later(today, 730),
  volumePerDay: 30_000,
  retention: "P1D",
  ...people,
});

/** Nobody is asked or told: a law asks for the data, and telling would defeat it. */
export const controleFiscal = (today: string): DemoAgreement => ({
  application: { name: "controle-fiscal", title: "Contrôle fiscal", contact: "support@finances.example" },
  purpose: "tax-audit",
  fields: [
    "Household.number",
    "Household.size",
    "Household.holder",
    "Resident.number",
    "Resident.familyName",
    "Resident.givenName",
    "Resident.address",
  ],
  basis: "legal-obligation",
  basisNote: "Droit de communication of the tax administration: Livre des procédures fiscales, art. L81 and L83.",
  hidden:
    "Livre des procédures fiscales, art. L81 to L83, and RGPD art. 23(1)(e): who is told of a tax check prepares for it",
  recipient: {
    name: "Direction départementale des finances publiques",
    contact: "dpo@finances.example",
    role: "controller",
    basis: "public interest: tax control (RGPD art. 6(1)(e))",
  },
  from: later(today, -30),
  until: later(today, 335),
  volumePerDay: 20,
  retention: "P3Y",
  ...people,
});
