// A search of the access log as one line, in GitHub's manner: `app:cantine-plus field:Resident.email -outcome:answered`.
//
// Terms stand beside each other and all of them must hold. `key:a,b` holds for any of its values, `-key:value` where
// `key:value` does not. Nothing here knows the town: what is checked is how a line is written, not whether a name exists.
// No import of Node's: the console runs it in the browser.

/** In the order in which they are offered. */
export const logKeys = [
  "app",
  "agreement",
  "purpose",
  "dataset",
  "field",
  "person",
  "outcome",
  "basis",
  "after",
  "before",
  "on",
  "key",
  "policy",
  "staff",
] as const;
export type LogKey = (typeof logKeys)[number];

/** How a request can end, as the access log says it. */
export const logOutcomes = ["answered", "partial", "refused", "invalid", "failed", "staff"] as const;

/** `staff:*`: whoever of the town's people it was. */
export const anyStaff = "*";

export interface LogTerm {
  readonly key: LogKey;
  /** At least one, each as it is meant (without quotes). */
  readonly values: readonly string[];
  readonly negated: boolean;
}

/** Where it stands in the line: UTF-16 units, `to` exclusive. */
export interface PlacedLogTerm extends LogTerm {
  readonly from: number;
  readonly to: number;
}

/** A text in both languages of the console. */
export interface BothLanguages {
  readonly fr: string;
  readonly en: string;
}

export interface LogQueryFault {
  /** UTF-16 units in the line; at least one unit wide, but for a fault of the whole line. */
  readonly from: number;
  readonly to: number;
  /** Says what to write instead. Never repeats a person's key. */
  readonly sentence: BothLanguages;
}

export interface ReadLogQuery {
  /** Those that could be read, in the order of the line. */
  readonly terms: readonly PlacedLogTerm[];
  /** In the order of the line. A line with faults is not to be searched by. */
  readonly faults: readonly LogQueryFault[];
}
