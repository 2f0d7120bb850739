// What a search of the record gives back without opening entries, and what is counted of it as it grows.
import type { AgreementRef, ApplicationName, LogFilter, TenantName } from "../terms/index.js";
import type { Outcome } from "./entry.js";

/** One line of a list of accesses. The whole entry is asked for by `read(id)`. */
export interface AccessSummary {
  readonly id: string;
  readonly index: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** null: the entry was altered beyond reading. All that is not known of it is null, empty or 0. */
  readonly outcome: Outcome | null;
  /** HTTP; 0 of staff at a terminal. */
  readonly status: number;
  readonly application: string | null;
  readonly purpose: string | null;
  readonly agreement: string | null;
  readonly basis: string | null;
  readonly policyVersion: string | null;
  /** Coordinates that left or chose rows, those without a rule (`id`, counts) last: the first ten. */
  readonly fields: readonly string[];
  readonly fieldCount: number;
  /** Fields that were refused, those cut from the entry among them. */
  readonly refusedCount: number;
  /** Rows that left, of all datasets. */
  readonly rows: number;
  /** Distinct people; of an entry of staff: whom they looked for. */
  readonly people: number;
  /** Cells that were withheld. */
  readonly withheld: number;
  readonly staff: StaffSummary | null;
}

export interface StaffSummary {
  /** null: erased. */
  readonly who: string | null;
  readonly command: string;
  readonly filters: Readonly<Record<string, string>>;
}

/** Newest first. */
export interface SummaryPage {
  readonly rows: readonly AccessSummary[];
  /** The next page is asked for with `before`: the last row's index. */
  readonly more: boolean;
}

export interface SummaryTotal {
  readonly count: number;
  /** False: at least so many. */
  readonly exact: boolean;
}

/** One hour of UTC, application, agreement and outcome; hours without entries are left out. */
export interface HourUse {
  /** RFC 3339, a whole hour, by the entries' `at`. */
  readonly hour: string;
  readonly application: ApplicationName | null;
  readonly agreement: AgreementRef | null;
  /** null: altered beyond reading. */
  readonly outcome: Outcome | null;
  readonly entries: number;
  readonly rows: number;
  /** Of each entry its distinct people, added up: who comes twice counts twice. */
  readonly people: number;
  /** Entries in which a field was refused, or everything. */
  readonly refused: number;
}

export interface FieldUseOf {
  readonly agreement: AgreementRef;
  readonly coordinate: string;
  /** Entries in which it left or chose rows, or was asked for and all of its cells were withheld. */
  readonly entries: number;
  readonly cells: number;
  /** Entries in which it was refused. */
  readonly refused: number;
  /** RFC 3339, in the time asked about; null: it was only refused. */
  readonly firstUsed: string | null;
  readonly lastUsed: string | null;
}

/** A field's first use under an agreement, in the record as it is kept. */
export interface FirstUse {
  readonly agreement: AgreementRef;
  readonly coordinate: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface DayVolume {
  readonly agreement: AgreementRef;
  /** `YYYY-MM-DD` in the time zone asked for. */
  readonly day: string;
  readonly entries: number;
  /** Entries in which a field was refused, or everything. */
  readonly refused: number;
}

/**
 * Searching millions of entries. Every entry committed before the call is among what is found and counted: the search
 * tables are brought up to date first, and where that takes too long the call fails. All of it throws
 * AccessLogUnavailable when the database does not answer.
 */
export interface AccessSearch {
  /** @param page `limit` from 1 to 1000; `before` exclusive, to page on (the lower of it and the filter's own counts) */
  searchSummaries(
    tenant: TenantName,
    filter: LogFilter,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<SummaryPage>;
  /** Entries that the whole search finds: exact up to `bound`. */
  total(tenant: TenantName, filter: LogFilter, bound: number): Promise<SummaryTotal>;
  /** `since` and `until` RFC 3339, taken as whole hours of UTC: the hour of `since` is included, that of `until` is not. */
  hours(tenant: TenantName, period: { readonly since: string; readonly until: string }): Promise<readonly HourUse[]>;
  /** In whole days of UTC, those of `since` and `until` included. By agreement, then coordinate. */
  fieldUse(
    tenant: TenantName,
    asked: { readonly since: string; readonly until?: string; readonly agreement?: AgreementRef },
  ): Promise<readonly FieldUseOf[]>;
  /** Uses at or after `since` (RFC 3339) of fields that no entry that is kept had used before, the newest first. */
  firstUses(tenant: TenantName, since: string): Promise<readonly FirstUse[]>;
  /** Entries of applications by agreement and day, days without any left out; invalid requests are among them. */
  volumes(
    tenant: TenantName,
    asked: { readonly since: string; readonly until: string; readonly timeZone: string },
  ): Promise<readonly DayVolume[]>;
}
