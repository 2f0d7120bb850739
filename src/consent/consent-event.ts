// What people decide, as it is handed in and as it is kept.
import type {
  AgreementId,
  ConsentUnit,
  Coordinate,
  SubjectKey,
  SubjectToken,
  TenantName,
  Value,
} from "../terms/index.js";

/** What one person can do. The first three where the town's basis is consent, the others where it is a public task. */
export type Decision = "given" | "refused" | "withdrawn" | "objected" | "objection-withdrawn";
/** The town's answer to an objection (RGPD art. 21(1)): the data stay away, or the task has compelling grounds. */
export type Settlement = "upheld" | "rejected";

/** What was on the page (or the paper) when the person decided. */
export interface Shown {
  readonly language: "fr" | "en";
  /** SHA-256 (64 hex digits) of the UTF-8 bytes of `text`. */
  readonly textVersion: string;
  readonly text: string;
  readonly channel: "web" | "import" | "staff";
}

/** Who decided. Staff record what the person concerned decided elsewhere: it counts as that person's own. */
export type DecidedBy =
  | { readonly kind: "self" }
  | { readonly kind: "guardian"; readonly scheme: string; readonly key: NonNullable<Value> }
  | { readonly kind: "staff"; readonly who: string };

/** A decision that was made and kept elsewhere before it came here. */
export interface Elsewhere {
  /** When the person decided. */
  readonly decidedAt: Date;
  /** How, in one word of the other system's: `paper`. */
  readonly how: string;
  /** Where the proof of it lies: `folder 2025/118`. It can be erased. */
  readonly evidence: string | null;
}

export interface Deciding {
  readonly tenant: TenantName;
  readonly agreement: AgreementId;
  /** Of the agreement, as it was shown. */
  readonly version: number;
  /** `termsOf` its snapshot. */
  readonly terms: string;
  readonly basis: string;
  /** The snapshot's: from 15 a child decides alone. */
  readonly informationSociety: boolean;
  /** Every unit of that version; `units` are among them. */
  readonly asked: readonly ConsentUnit[];
  /** Whom it is about. */
  readonly scheme: string;
  readonly key: NonNullable<Value>;
  readonly by: DecidedBy;
  /** Decided on, at least one. An objection to all of them, or to `*`, is one to the whole: later units are shut too. */
  readonly units: readonly ConsentUnit[];
  readonly decision: Decision;
  /** Why, in the person's own words: kept apart, so that it can be erased. */
  readonly reason?: string;
  readonly shown: Shown;
  /** `YYYY-MM-DD`, the last day, in the tenant's time zone. An objection holds beyond it: the right has no end date. */
  readonly until: string;
  /** Made elsewhere and imported. It counts from its own time on: what was decided since is not undone by it. */
  readonly elsewhere?: Elsewhere;
  /** The event's UUID where it must be the same whenever the same thing is imported; a new one unless given. */
  readonly id?: string;
}

/** One line of the record; only ever added. */
export interface ConsentEvent {
  /** UUID. */
  readonly id: string;
  readonly tenant: TenantName;
  /** The consent revision from which on it counts. */
  readonly revision: number;
  readonly agreement: AgreementId;
  readonly version: number;
  readonly terms: string;
  readonly basis: string;
  readonly scheme: string;
  readonly token: SubjectToken;
  readonly by:
    | { readonly kind: "self" }
    | { readonly kind: "guardian"; readonly scheme: string; readonly token: SubjectToken }
    | { readonly kind: "staff"; readonly who: string };
  readonly decision: Decision | Settlement;
  /** Names of units, as they were called in that version. */
  readonly units: readonly string[];
  /** Sorted; `*` for an objection to the whole. */
  readonly fields: readonly (Coordinate | "*")[];
  /** Null for a settlement. The text itself: `ConsentRegister.text`. */
  readonly shown: Omit<Shown, "text"> | null;
  readonly at: Date;
  /** The day it was decided in the tenant's time zone, `YYYY-MM-DD`: of `at`, or of `elsewhere`. */
  readonly day: string;
  readonly until: string;
  /** A settlement's objection. */
  readonly refersTo: string | null;
  /** Null where none was given, or it was erased. */
  readonly reason: string | null;
  readonly elsewhere: Elsewhere | null;
}

/** Which events; all given conditions must hold. */
export interface EventFilter {
  readonly agreement?: AgreementId;
  readonly decisions?: readonly (Decision | Settlement)[];
  /** Objections that are neither settled nor withdrawn. */
  readonly pending?: boolean;
  readonly from?: Date;
  /** Exclusive. */
  readonly before?: Date;
  /** Older than this event, for the next page. */
  readonly after?: string;
  /** 100 unless given, at most 1,000. */
  readonly limit?: number;
}

/** What holds for a person under one agreement. */
export interface CurrentConsent {
  readonly agreement: AgreementId;
  /** Terms decided under; null: an objection, which holds under all. */
  readonly terms: string | null;
  /** Under consent what is open, under a public task what is shut (`*`: everything). Never empty. */
  readonly fields: readonly (Coordinate | "*")[];
  /** The last day of exactly this state; null: until somebody decides anew. */
  readonly until: string | null;
}

/** Who decides for a child (or an adult under protection), as recorded by a steward or found in a dataset. */
export interface GuardianshipRecord {
  readonly tenant: TenantName;
  readonly guardian: SubjectKey;
  readonly ward: SubjectKey;
  /** `YYYY-MM-DD`; kept as the days the ward turns 15 and 18 only. Not known: a child as long as a guardianship lasts. */
  readonly wardBorn?: string;
  /** Days `YYYY-MM-DD`, both included; `until` is cut to the day before the ward turns 18 where that is known. */
  readonly from: string;
  readonly until: string;
  readonly source: "record" | "dataset";
  /** Who recorded it. */
  readonly by: string;
}

export interface GuardianshipEnd {
  readonly tenant: TenantName;
  readonly guardian: SubjectKey;
  readonly ward: SubjectKey;
  readonly by: string;
  /** It never was one: the ward's age is not taken from it either. */
  readonly mistaken?: boolean;
}

/** One of a person's guardians or wards. */
export interface Kin extends SubjectKey {
  readonly from: string;
  readonly until: string;
  readonly source: "record" | "dataset";
}
