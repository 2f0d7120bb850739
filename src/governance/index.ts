// The API of the console: what staff read of their town's gateway, recorded before it is read.
export { boundedQuestion, governanceBounds } from "./bounds.js";
export { exportFor } from "./export.js";
export { StaffLinks } from "./links.js";
export type { PeopleFinder, PeopleSearch } from "./people-finder.js";
export { RecordWatch } from "./record-watch.js";
export { governanceSchema } from "./schema.js";
export type { GovernanceServices, StaffMember } from "./services.js";
export { toldError } from "./tell-error.js";
export { recordedSignIn, visitOf, type SignedIn, type Visit } from "./visit.js";
export type { DeclaredAndUsed, FieldCount, UsedField } from "./declared-and-used.js";
export { proposeRemoval, type Proposal } from "./policy-proposal.js";
export type { PersonalCategory, ProcessingActivity } from "./processing-register.js";
export type { Language, Text } from "./text.js";
export type { TownFacts } from "./town-facts.js";
export { unusualOn, type DayOfAgreement, type FirstUse, type UnusualThing } from "./unusual.js";
export { csvLine, csvStart } from "./documents/csv.js";
export { isHiddenFromPeople, wasKeptBack } from "./told-person.js";
export {
  DocumentRefused,
  type DocumentRequest,
  type DocumentServices,
  type ExportedDocument,
} from "./documents/document.js";
export { exportDocument } from "./documents/export-document.js";
export { exportPerson, type ExportedAnnex } from "./documents/person-export.js";
export type { LeftOut } from "./documents/person-annex.js";
