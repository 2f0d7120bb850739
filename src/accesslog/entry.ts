// The access entry: the record of one request, built from the result (law 5). No values, no variables, no literals.
import type {
  AgreementRef,
  ApplicationName,
  Coordinate,
  KeyId,
  PolicyVersionId,
  PurposeName,
  SealedTokens,
  SubjectToken,
  TenantName,
} from "../terms/index.js";
import type { Revision } from "../store/index.js";

export type Outcome =
  /** Everything asked for was answered. */
  | "answered"
  /** Answered, with refused fields or fields whose source failed. */
  | "partial"
  /** Nothing answered: a refused filter, an agreement not in force, `reject`. */
  | "refused"
  /** Nothing answered: syntax, validation, limits, media type. */
  | "invalid"
  /** Nothing answered: time over, overload after the key was known, our own failure. */
  | "failed"
  /** A member of staff read something of ours (log, policy) with the command line. */
  | "staff";

/** What left of one coordinate. */
export interface FieldRead {
  readonly coordinate: Coordinate;
  /** `policies/rivemont/canteen.csv:3` */
  readonly rule: string;
  readonly mask: string;
  /**
   * Cells of it in the answer (nulls of the source among them). 0: none, but rows were chosen or sorted by it, which
   * tells something of it too.
   */
  readonly cells: number;
}

export interface FieldRefused {
  readonly coordinate: Coordinate | string;
  /**
   * masked: shared in a form that cannot be filtered or sorted on. not-visible: no row of it is, or not every row on which
   * it was to choose. no-citizen: open for a signed-in citizen's own rows, and nobody was signed in. statistics-only: open
   * to statistics, so that no single value leaves.
   */
  readonly reason:
    "denied" | "no-rule" | "not-in-agreement" | "not-visible" | "masked" | "no-citizen" | "statistics-only";
  /** `file:line` where one decided. */
  readonly rule: string | null;
  readonly use: "selection" | "input";
}

export interface EntryDraft {
  /** UUID v4 (v7 sorts by time; either is fine), made when the request arrived: it makes a retry idempotent. */
  readonly id: string;
  readonly tenant: TenantName;
  /** RFC 3339, UTC, milliseconds: when the request arrived. */
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly status: number;
  readonly application: ApplicationName | null;
  readonly purpose: PurposeName | null;
  readonly agreement: AgreementRef | null;
  readonly agreementVersion: number | null;
  readonly basis: string | null;
  readonly key: KeyId | null;
  readonly policyVersion: PolicyVersionId | null;
  /** The operation stripped of literals, comments, aliases and chosen names; null when it could not be parsed. */
  readonly operation: { readonly hash: string; readonly text: string } | null;
  readonly fields: readonly FieldRead[];
  readonly refused: readonly FieldRefused[];
  /** Cells of returned rows that are null because of consent, objection or a row rule. */
  readonly withheld: readonly { readonly coordinate: Coordinate; readonly cells: number }[];
  /** Rows that left, by dataset. A row that the operation reached at two levels counts twice. */
  readonly rows: readonly { readonly dataset: string; readonly rows: number }[];
  /** Error codes of the answer, each once, sorted. */
  readonly errors: readonly string[];
  /** Sources that failed, with the reason's code; `stale`: what the source gave earlier was answered in its place. */
  readonly sources: readonly { readonly source: string; readonly reason: string }[];
  /** For outcome `staff`: who and what, e.g. {who: "root", command: "log", filters: {app: "cantine-plus"}}; no person's key. */
  readonly staff: {
    readonly who: string;
    readonly command: string;
    readonly filters: Readonly<Record<string, string>>;
  } | null;
  /** The part that can be erased without breaking a proof. */
  readonly personal: {
    /**
     * Distinct people whose rows left, or of whom a filtered count or the end of a page tells (up to 100 for a count; of
     * more it says nothing about one); or whom staff searched for.
     */
    readonly subjects: readonly { readonly scheme: string; readonly token: SubjectToken }[];
    /** Such people too: all of a scheme at once, each token once or more often. */
    readonly sealed?: readonly { readonly scheme: string; readonly tokens: SealedTokens }[];
    /** The signed-in citizen that the application acted for; null or absent: nobody was signed in. */
    readonly endUser?: { readonly scheme: string; readonly token: SubjectToken } | null;
    /** As sent by the application: bounded to 200 characters, control characters escaped. */
    readonly operationName: string | null;
    /** W3C trace context, already checked against its grammar; else null. 24 bytes that an application can choose. */
    readonly traceparent?: string | null;
  };
}

/** Where an entry stands. */
export interface EntryPlace {
  readonly id: string;
  /** Gapless per tenant, from 0. */
  readonly index: number;
}

export interface Appended extends EntryPlace {
  /**
   * What was current for the tenant, read in a snapshot that was taken after `append` was called: whoever decided under
   * anything older must decide anew before something leaves (law 6). A change that was committed after that snapshot may
   * not be in it: it counts as after the answer, also where it came before the entry's own commit. null: nothing was
   * ever changed for this tenant.
   */
  readonly current: Revision | null;
}

/** What requests without a valid key, and shed load, are counted as: per minute, nothing more. */
export type CountedEvent = "not-authenticated" | "overloaded" | "rate-limited" | "unreadable";

/** The half of the log that the gateway writes to. */
export interface AccessLogWriter {
  /** Resolves only after the entry is durably committed. @throws AccessLogUnavailable */
  append(draft: EntryDraft): Promise<Appended>;
  /** Never throws, never waits; flushed each few seconds and at close. */
  count(tenant: TenantName, event: CountedEvent): void;
}

/** Why an entry is not (known to be) on record. */
export type UnavailableReason =
  /** More entries wait than the bound. */
  | "queue-full"
  /** No commit was confirmed in time. The entry MAY be on record: an entry for something that did not leave is allowed. */
  | "timeout"
  /** The database refuses to write: full, no rights, no table. */
  | "database"
  /** This one entry cannot be written, whatever the state of the database. */
  | "faulty-entry"
  /** The log was closed. */
  | "closed";

/** Law 4: whoever gets it sends 503 and nothing else. The message holds no value of a person. */
export class AccessLogUnavailable extends Error {
  override readonly name = "AccessLogUnavailable";
  constructor(
    message?: string,
    readonly reason: UnavailableReason = "database",
  ) {
    super(message ?? "The access log cannot be written.");
  }
}
