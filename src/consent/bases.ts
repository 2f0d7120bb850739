// What follows from the town's legal basis for sharing: one table, read by the code and printed in docs/consent.md.

export type Asks =
  /** Shut until the person consents. */
  | "consent"
  /** Open until the person objects. */
  | "objection"
  /** The person is told, and not asked. */
  | "nobody";

export interface BasisMeaning {
  /** Where it stands in the RGPD; null: nothing personal is read. */
  readonly article: string | null;
  /** The same in the vocabulary of DPV's extension for the GDPR, https://w3id.org/dpv/legal/eu/gdpr */
  readonly dpv: string | null;
  readonly asks: Asks;
  /** Which rows leave, beyond what rule and agreement say. */
  readonly rows: string;
  /** What the person concerned can do. */
  readonly mayObject: string;
  /** What the citizen's page shows and offers. */
  readonly citizenSees: string;
}

/** By the name that stands in an agreement. */
export const basesTable = {
  consent: {
    article: "6(1)(a)",
    dpv: "eu-gdpr:A6-1-a",
    asks: "consent",
    rows: "those of people who consent, unit by unit; no decision is a no",
    mayObject: "refuse, and withdraw at any time, as easily as it was given (art. 7(3))",
    citizenSees: "the request, with two buttons of the same weight: accept, refuse; later: withdraw",
  },
  "public-task": {
    article: "6(1)(e)",
    dpv: "eu-gdpr:A6-1-e",
    asks: "objection",
    rows: "all but those of people who object: while the objection waits for its answer, and for good where it is upheld",
    mayObject: "object with the person's own reasons (art. 21(1)); the data stay away meanwhile (art. 18(1)(d))",
    citizenSees: "what is read and for whom, with a form to object and the answer to it",
  },
  "legal-obligation": {
    article: "6(1)(c)",
    dpv: "eu-gdpr:A6-1-c",
    asks: "nobody",
    rows: "all",
    mayObject: "no objection: art. 21(1) does not cover it",
    citizenSees: "what is read, for whom and by which law",
  },
  "vital-interest": {
    article: "6(1)(d)",
    dpv: "eu-gdpr:A6-1-d",
    asks: "nobody",
    rows: "all",
    mayObject: "no objection: art. 21(1) does not cover it",
    citizenSees: "what is read and for whom",
  },
  contract: {
    article: "6(1)(b)",
    dpv: "eu-gdpr:A6-1-b",
    asks: "nobody",
    rows: "all",
    mayObject: "no objection: the person ends the contract instead",
    citizenSees: "what is read, for whom, under which contract of theirs with the town",
  },
  open: {
    article: null,
    dpv: null,
    asks: "nobody",
    rows: "all: nothing in them is about people",
    mayObject: "nothing to object to",
    citizenSees: "nothing: nobody is concerned",
  },
} as const satisfies Readonly<Record<string, BasisMeaning>>;

/** Null for a name that is no basis of an agreement. */
export const basisMeaning = (basis: string): BasisMeaning | null =>
  Object.hasOwn(basesTable, basis) ? basesTable[basis as keyof typeof basesTable] : null;
