// What the log gives back, and the half of the log that is read from.
import type { AgreementRef, LogCondition, LogFilter, SubjectToken, TenantName } from "../terms/index.js";
import type { CountedEvent, EntryDraft, FieldRead, FieldRefused, Outcome } from "./entry.js";
import type { AccessSearch } from "./summary.js";

/** Lists of an entry that may be cut. `fields` and `rows` never are: they say what left (law 5). */
export type CutList = "refused" | "withheld" | "errors" | "sources" | "filters";

/**
 * Version 1 of the canonical body, in the order of RFC 8785 on the wire. The leaf's hash is
 * SHA-256(0x00 || its UTF-8 bytes), RFC 6962 section 2.1. At most 65,535 bytes: C2SP tlog-tiles writes an entry's
 * length in two bytes.
 *
 * The index is not in it: the leaf's position says it, the proofs prove that position, and a body that is complete
 * before its index is known has the same hash on every retry.
 */
export interface EntryBody extends Pick<
  EntryDraft,
  | "id"
  | "tenant"
  | "at"
  | "outcome"
  | "status"
  | "application"
  | "purpose"
  | "agreement"
  | "agreementVersion"
  | "basis"
  | "key"
  | "policyVersion"
  | "withheld"
  | "rows"
  | "errors"
  | "sources"
> {
  readonly v: 1;
  /** Whole milliseconds. */
  readonly durationMs: number;
  /** Hash of the stripped operation; its text is asked for with `operationText`. */
  readonly operation: string | null;
  readonly fields: readonly FieldRead[];
  readonly refused: readonly FieldRefused[];
  /** How many distinct people; who they are is in the personal part. */
  readonly subjects: number;
  readonly staff: { readonly command: string; readonly filters: Readonly<Record<string, string>> } | null;
  /** How many items were cut from a list. A list that is not named is whole. */
  readonly truncated: Readonly<Partial<Record<CutList, number>>>;
  /** Commitment to the personal part: hex of SHA-256(salt || canonical bytes of the personal part), the salt 32 bytes. */
  readonly personal: string;
}

/** The part that can be erased: the body keeps only a commitment to it, so every proof stays valid. */
export interface PersonalPart {
  readonly v: 1;
  /** By scheme: distinct tokens, sorted. */
  readonly subjects: Readonly<Record<string, readonly SubjectToken[]>>;
  /** The signed-in citizen that the application acted for. Absent: nobody was signed in. */
  readonly endUser?: { readonly scheme: string; readonly token: SubjectToken };
  readonly operationName: string | null;
  readonly traceparent: string | null;
  /** For outcome `staff`: who read. A name of a person, so not in the body (law 11). */
  readonly staff: string | null;
}

/** null: altered, or of a version that this program does not know. */
export const readBody = (canonical: string): EntryBody | null => versionOne<EntryBody>(canonical);
export const readPersonal = (canonical: string): PersonalPart | null => versionOne<PersonalPart>(canonical);

function versionOne<T extends { readonly v: 1 }>(canonical: string): T | null {
  let value: unknown;
  try {
    value = JSON.parse(canonical);
  } catch {
    return null;
  }
  return typeof value === "object" && value !== null && "v" in value && value.v === 1 ? (value as T) : null;
}

export interface StoredEntry {
  readonly index: number;
  readonly body: EntryBody;
  /** The body's bytes as they were hashed, for whoever checks. */
  readonly canonical: string;
  /** Hex. */
  readonly leafHash: string;
  /** null once erased. */
  readonly personal: PersonalPart | null;
  /** The body still has its leaf's hash, and the personal part, where it is there, its commitment. False: altered. */
  readonly intact: boolean;
}

export interface EntryFilter {
  readonly application?: string;
  readonly agreement?: string;
  readonly purpose?: string;
  readonly outcome?: Outcome;
  /** Entries that ended otherwise. */
  readonly notOutcome?: Outcome;
  /** Entries in which a field of the dataset was read, withheld or refused. */
  readonly dataset?: string;
  /** A coordinate: likewise. */
  readonly field?: string;
  /** Narrows `dataset` and `field`: only what left, or only what was refused. */
  readonly use?: "read" | "refused";
  /** RFC 3339, compared with `at`; since is included, until is not. */
  readonly since?: string;
  readonly until?: string;
  /** One person, under every live number of the tenant's secret. */
  readonly subject?: { readonly scheme: string; readonly tokens: readonly SubjectToken[] };
  /** Of a search line: these hold as well. */
  readonly also?: readonly LogCondition[];
  /** 1 to 1000. */
  readonly limit: number;
  /** Exclusive: entries with a lower index, to page on. */
  readonly before?: number;
}

export interface CounterRow {
  /** RFC 3339, a whole minute, UTC. */
  readonly minute: string;
  readonly event: CountedEvent;
  readonly count: number;
}

export interface AskedOperation {
  readonly agreement: AgreementRef;
  /** Its hash; its text is asked for with `operationText`. */
  readonly operation: string;
  readonly requests: number;
  /** Coordinates that were read, or chosen or sorted by. */
  readonly read: ReadonlySet<string>;
  /** Coordinates that were refused; `Query.residents` where no row of a dataset is visible. */
  readonly refused: ReadonlySet<string>;
  /** Indexes of its entries, for `countPeople`. */
  readonly entries: readonly number[];
}

/** Law 13. */
export interface AskedBounds {
  /** RFC 3339, compared with the entries' `at`. */
  readonly since: string;
  /** Exclusive: entries with a lower index. */
  readonly before: number;
  /** Entries looked at, at most. */
  readonly entries: number;
  /** Pairs of agreement and operation, at most. */
  readonly operations: number;
  /** Milliseconds, at most. */
  readonly timeMs: number;
}

export interface Asked {
  /** The most asked first. */
  readonly operations: readonly AskedOperation[];
  /** Requests of all of them. */
  readonly requests: number;
  /** Entries older than this (RFC 3339) were not looked at: `since` itself, or where it was cut. */
  readonly reached: string;
  /** By which bound it was cut; null: it is whole. */
  readonly cut: "entries" | "operations" | "time" | null;
  /** Entries that were altered: nothing is concluded from them. */
  readonly altered: number;
}

/** The half of the log that is read from. All of it throws AccessLogUnavailable when the database does not answer. */
export interface AccessLogReader extends AccessSearch {
  /**
   * Newest first, every entry committed before the call among them: the search index is brought up to date first, and
   * where that takes too long the call fails rather than leave the newest out.
   */
  search(
    tenant: TenantName,
    filter: EntryFilter,
  ): Promise<{ readonly entries: readonly StoredEntry[]; readonly more: boolean }>;
  /** As `searchSummaries`, with whole entries: for who takes them all. 1000 of them can be 64 MB. */
  searchEntries(
    tenant: TenantName,
    filter: LogFilter,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<{ readonly entries: readonly StoredEntry[]; readonly more: boolean }>;
  /** null: no such entry, or its body was removed at the end of its retention. */
  read(tenant: TenantName, id: string): Promise<StoredEntry | null>;
  operationText(hash: string): Promise<string | null>;
  /** What requests asked within bounds, the newest first; every entry committed before the call among them. */
  asked(tenant: TenantName, bounds: AskedBounds): Promise<Asked>;
  /** How many distinct people entries are about; who they are is not told. */
  countPeople(tenant: TenantName, entries: readonly number[]): Promise<number>;
  /** By minute, then event; `since` (RFC 3339) included. */
  counters(tenant: TenantName, since: string, until?: string): Promise<readonly CounterRow[]>;
}
