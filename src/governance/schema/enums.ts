// The enums of the governance API, as unions of strings beside what TypeGraphQL registers.
import { registerEnumType } from "type-graphql";

export const roles = {
  ADMIN: "ADMIN",
  CDO: "CDO",
  DPO: "DPO",
  STEWARD: "STEWARD",
} as const;
export type Role = keyof typeof roles;
registerEnumType(roles, {
  name: "Role",
});

export const rights = {
  EXPORT_LOG: "EXPORT_LOG",
  FIND_PEOPLE: "FIND_PEOPLE",
  PROPOSE_POLICY: "PROPOSE_POLICY",
  READ_AGREEMENTS: "READ_AGREEMENTS",
  READ_LOG: "READ_LOG",
  READ_REGISTER: "READ_REGISTER",
} as const;
export type Right = keyof typeof rights;
registerEnumType(rights, {
  name: "Right",
  description: "What a role opens. The table stands in docs/console.md.",
});

export const outcomes = {
  ANSWERED: "ANSWERED",
  FAILED: "FAILED",
  INVALID: "INVALID",
  PARTIAL: "PARTIAL",
  REFUSED: "REFUSED",
  STAFF: "STAFF",
} as const;
export type Outcome = keyof typeof outcomes;
registerEnumType(outcomes, {
  name: "Outcome",
});

export const recordStandings = {
  INTACT: "INTACT",
  ALTERED: "ALTERED",
  UNCHECKED: "UNCHECKED",
  BEHIND: "BEHIND",
} as const;
export type RecordStanding = keyof typeof recordStandings;
registerEnumType(recordStandings, {
  name: "RecordStanding",
  valuesConfig: {
    INTACT: { description: "Every entry that was looked at is what was signed." },
    ALTERED: { description: "It is not what was signed: see `faults`." },
    UNCHECKED: { description: "It was not yet looked at since this gateway started." },
    BEHIND: { description: "No checkpoint has been signed for some time." },
  },
});

export const unusualKinds = {
  AGREEMENT_EXPIRES: "AGREEMENT_EXPIRES",
  FIRST_USE: "FIRST_USE",
  REFUSED_ATTEMPTS: "REFUSED_ATTEMPTS",
  VOLUME: "VOLUME",
} as const;
export type UnusualKind = keyof typeof unusualKinds;
registerEnumType(unusualKinds, {
  name: "UnusualKind",
});

export const proofStandings = {
  PROVED: "PROVED",
  WAITING: "WAITING",
  BROKEN: "BROKEN",
} as const;
export type ProofStanding = keyof typeof proofStandings;
registerEnumType(proofStandings, {
  name: "ProofStanding",
  valuesConfig: {
    PROVED: { description: "In the tree of a signed checkpoint; checked now." },
    WAITING: { description: "Written less than some seconds ago: no checkpoint holds it yet." },
    BROKEN: { description: "The proof does not hold." },
  },
});

export const personKeyKinds = {
  DAY: "DAY",
  NUMBER: "NUMBER",
  TEXT: "TEXT",
} as const;
export type PersonKeyKind = keyof typeof personKeyKinds;
registerEnumType(personKeyKinds, {
  name: "PersonKeyKind",
});
