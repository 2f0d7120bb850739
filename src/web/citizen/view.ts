// What the citizen's pages show, as plain data: pages are functions from these to HTML, and know nothing else.
import type { SubjectKey } from "../../terms/index.js";
import type { Language } from "../landing-page.js";

export type { Language };

/** The town as people know it. */
export interface TownView {
  readonly name: string;
  /** An e-mail address or a URL. */
  readonly contact: string;
  /** The data protection officer's address; null: write to `contact`. */
  readonly dpo: string | null;
}

/** What stands around every page. */
export interface Frame {
  readonly language: Language;
  /** `/citizen`, or `/rivemont/citizen` where there are several towns. */
  readonly base: string;
  /** Of this page, below `base`, with its query but for the language; where the language switch leads. */
  readonly path: string;
  readonly town: TownView;
  /** IANA name: in which days are told. */
  readonly timeZone: string;
  /** Null: signed out. */
  readonly session: SessionView | null;
}

export interface SessionView {
  /** As the provider says it; null where it does not. */
  readonly firstName: string | null;
  /** Stands in every form of the session. */
  readonly token: string;
}

/** The signed-in person or one of their children, as decisions and the record know them: without a name (law 11). */
export interface Person {
  /** 0: the signed-in person; from 1: the children. */
  readonly at: number;
  /** `me`, or what stands for the child in this session's pages: no key is in an address or a form. */
  readonly ref: string;
  /** A child's number in the town's register, by which parents tell two children apart; null: the person. */
  readonly number: string | null;
  readonly keys: readonly SubjectKey[];
  /** `YYYY-MM-DD`, of who is signed in, as the sign-in service says it; null: it does not, or it is a child of theirs. */
  readonly born: string | null;
}

/** The person a section is about, as a page calls them. */
export interface PersonView extends Omit<Person, "keys" | "born"> {
  /** A child's; null: the person, or a child whose name could not be read. */
  readonly name: ChildName | null;
}

export interface ChildName {
  readonly first: string;
  /** Whether a sister or brother has the same: then the number tells them apart. */
  readonly shared: boolean;
}

/** Characters of the reason of an objection, at most. */
export const reasonLength = 2_000;

export const decisions = ["given", "refused", "withdrawn", "objected", "objection-withdrawn"] as const;
export type DecisionName = (typeof decisions)[number];

/** Moments are RFC 3339. */
export type UnitState =
  | { readonly kind: "asked"; /** Something else was decided under other terms. */ readonly again: boolean }
  | { readonly kind: "given" | "refused" | "withdrawn"; readonly at: string }
  /** One of a guardian and the child has given, the other not yet. */
  | { readonly kind: "waits-for-child" | "waits-for-guardian" }
  /** The signed-in person is a child whose guardians decide; or the child decides alone, and a guardian is signed in. */
  | { readonly kind: "asked-of-guardian" | "asked-of-child" }
  /** Public task: shared unless objected to. */
  | { readonly kind: "shared" }
  | { readonly kind: "objected"; readonly at: string }
  | { readonly kind: "objection-upheld" | "objection-rejected"; readonly at: string; readonly reason: string | null }
  /** Legal obligation, vital interest, contract. */
  | { readonly kind: "not-asked" };

export interface FieldView {
  readonly coordinate: string;
  readonly words: string;
  /** RGPD art. 9. */
  readonly special: boolean;
}

export interface UnitView {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly FieldView[];
  readonly state: UnitState;
  /** What the signed-in person can decide now. */
  readonly actions: readonly DecisionName[];
}

export type StandingView = "in-force" | "not-yet" | "suspended" | "ended";

export interface AgreementCard {
  /** UUID. */
  readonly id: string;
  readonly application: string;
  /** The application's. */
  readonly title: string;
  readonly recipient: {
    readonly name: string;
    readonly contact: string;
    readonly role: "controller" | "joint-controller" | "processor";
    /** The recipient's own basis, as it was signed. */
    readonly basis: string;
  };
  readonly purpose: { readonly title: string; readonly text: string };
  readonly basis: string;
  readonly standing: StandingView;
  /** `YYYY-MM-DD`, both days included. */
  readonly from: string;
  readonly until: string;
  /** ISO 8601 duration. */
  readonly retention: string | null;
  readonly units: readonly UnitView[];
}

export interface PersonSection {
  readonly person: PersonView;
  readonly cards: readonly AgreementCard[];
}

export interface OverviewView {
  readonly sections: readonly PersonSection[];
}

/** One decision before it is confirmed. */
export interface AskedDecision {
  readonly person: PersonView;
  /** UUID. */
  readonly agreement: string;
  readonly unit: string;
  readonly decision: DecisionName;
  readonly title: string;
  /** What is decided, line by line: exactly what is kept with the decision. */
  readonly lines: readonly string[];
  /** SHA-256 (hex) of the lines, joined by line breaks. */
  readonly textVersion: string;
  /** What is wrong with what was sent; null at first. */
  readonly fault: "changed" | "no-reason" | "long-reason" | null;
  /** As typed, to go on from. */
  readonly reason: string;
}

export interface DoneView {
  /** UUIDs: one for each register that the person is in. */
  readonly events: readonly string[];
  readonly decision: DecisionName;
  readonly title: string;
  readonly person: PersonView;
}

/** One access of an application, or a look of the town's staff into the record. */
export interface AccessView {
  readonly index: number;
  /** RFC 3339. */
  readonly at: string;
  /** `title`: the application's; null: staff of the town. */
  readonly by: { readonly title: string; readonly recipient: string | null; readonly purpose: string | null } | null;
  /** What was read, in words, sorted. */
  readonly read: readonly string[];
  /** Kept back for some of the people of the request: not counted as read. */
  readonly withheld: readonly string[];
}

export interface HistoryFilter {
  /** `PersonView.ref`. */
  readonly person: string;
  readonly application: string | null;
  /** `YYYY-MM`. */
  readonly month: string | null;
}

export interface HistoryView {
  readonly persons: readonly PersonView[];
  readonly filter: HistoryFilter;
  readonly applications: readonly { readonly name: string; readonly title: string }[];
  /** `YYYY-MM`, newest first. */
  readonly months: readonly string[];
  /** Newest first. */
  readonly accesses: readonly AccessView[];
  /** The index to page on from; null: this was the last page. */
  readonly before: number | null;
  readonly first: boolean;
}

export type ErrorKind =
  | "not-found"
  | "expired"
  | "unknown-person"
  | "ambiguous-person"
  | "sign-in-failed"
  | "sign-in-cancelled"
  | "too-many"
  | "forged"
  | "too-large"
  | "gone"
  | "decides-alone"
  | "too-young"
  | "unavailable"
  | "not-offered";
