// The contract between the gateway and the town's services. One room per kind; every kind passes the
// conformance suite in `test/sources/conformance.ts`. Law 14: what comes back is not trusted, see `checked-source.ts`.
import type { FileFault, Geometry, ScalarType, Value, Row } from "../terms/index.js";
import type { CellsInPlace } from "./cells-in-place.js";

export interface Column {
  readonly name: string;
  readonly type: ScalarType;
  /** Nobody looks at its cells on their way into the answer: see `PageRequest.cells`. Unset: somebody does. */
  readonly passes?: true;
}

/** Degrees; `maxDistance` is in metres. */
export type LonLat = readonly [longitude: number, latitude: number];
export type Area = Extract<Geometry, { readonly type: "Polygon" | "MultiPolygon" }>;

export type ComparisonOperator = "eq" | "ne" | "lt" | "lte" | "gt" | "gte";

/**
 * A condition on a row, in SQL's three-valued logic: a comparison with a null cell is unknown, and a
 * row is kept only where the whole is true. Strings are compared by the source's own collation for
 * lt, lte, gt, gte; eq, ne, in and startsWith are exact (case-sensitive, by code point). A column of type GeoJSON takes
 * isNull, near and within alone; what those two mean stands in `near-and-within.ts`.
 */
export type Filter =
  | { readonly op: ComparisonOperator; readonly column: Column; readonly value: NonNullable<Value> }
  | { readonly op: "in"; readonly column: Column; readonly values: readonly NonNullable<Value>[] }
  | { readonly op: "startsWith"; readonly column: Column; readonly value: string }
  | { readonly op: "isNull"; readonly column: Column; readonly value: boolean }
  | { readonly op: "near"; readonly column: Column; readonly position: LonLat; readonly maxDistance: number }
  | { readonly op: "within"; readonly column: Column; readonly area: Area }
  | { readonly op: "and" | "or"; readonly filters: readonly Filter[] }
  | { readonly op: "not"; readonly filter: Filter };

/** Nulls come last in `asc` and first in `desc`, so that one is the other reversed. */
export interface Order {
  readonly column: Column;
  readonly direction: "asc" | "desc";
}

/** Rows of a list after a position, in order. */
export interface PageRequest {
  readonly from: string;
  /** What each row holds, in this order. Nothing else may be read from the service. */
  readonly columns: readonly Column[];
  readonly filter: Filter | null;
  /** Total: it ends with the dataset's key, so that no two rows are equal under it. Its columns are all in `columns`. */
  readonly order: readonly Order[];
  /** Exclusive start: the values of the `order` columns of the row before, which need not be there (any more); null for the beginning. */
  readonly after: readonly Value[] | null;
  readonly limit: number;
  /**
   * Where texts (String, Date, DateTime) of columns that pass may stay: such a cell of a row is its place there, a number.
   * A source may as well give the value. A DateTime stands there as `YYYY-MM-DD HH:MM:SS`, with up to six digits of a
   * fraction and with `+00` or without. Null or unset: every cell is its value.
   */
  readonly cells?: CellsInPlace | null;
}

/** Rows that belong to given keys: a dataset's own key, or a link's. */
export interface ByKeysRequest {
  readonly from: string;
  /** Holds every column of `match` and `order`. */
  readonly columns: readonly Column[];
  readonly match: readonly Column[];
  /** Distinct, none with a null in it; one value per `match` column. */
  readonly keys: readonly (readonly NonNullable<Value>[])[];
  readonly filter: Filter | null;
  /** As in PageRequest where `limitPerKey` is set; may be empty where it is null. */
  readonly order: readonly Order[];
  /** The same exclusive start for every key. */
  readonly after: readonly Value[] | null;
  /** At most this many rows for each key, the first in order; null: all (bounded by `maxRows`, beyond it a failure). */
  readonly limitPerKey: number | null;
  /** As in PageRequest. */
  readonly cells?: CellsInPlace | null;
}

export interface CountRequest {
  readonly from: string;
  readonly filter: Filter | null;
  /**
   * The dataset's key: what may be read of each row, beside the filter's columns, where the service itself does not count.
   * Absent, a service that is not told columns may send whole rows.
   */
  readonly key?: readonly Column[];
}

/** Bounds of one call. */
export interface FetchBounds {
  /** Aborted when the request's time is over or the client has gone away. */
  readonly signal: AbortSignal;
  /** More rows than this is a failure (`too-large`), never a cut. */
  readonly maxRows: number;
  /** The answer may be kept for the time that the service fails. Unset: it is not, nor is an earlier one used. */
  readonly keep?: KeepWish | undefined;
  /** Whose turn it takes where requests wait for each other: a mark, that tells the source nothing. Unset: all in one. */
  readonly turn?: string | undefined;
  /** For a source that makes its rows for one call alone: `forget` is called once nothing reads them any more. */
  readonly afterUse?: ((forget: () => void) => unknown) | undefined;
}

/** Set by the gateway for open datasets only: the source does not know whose data it reads. */
export interface KeepWish {
  /** What else decides what may be answered (law 12): tenant, policy version, dataset. Another one finds nothing kept. */
  readonly scope: string;
  /** Told when an earlier answer is used: when the service gave it. */
  readonly stale: (asOf: Date) => void;
}

export interface Abilities {
  readonly filter: ReadonlySet<ComparisonOperator | "in" | "startsWith" | "isNull" | "near" | "within">;
  readonly order: boolean;
  readonly count: boolean;
  readonly backward: boolean;
  /**
   * Values that an `in` of the gateway's own may hold (keys of people): beyond it, asking by them costs more than looking
   * at the rows.
   */
  readonly valuesIn: number;
}

export interface Source {
  /** As in `gateway.yaml`. */
  readonly name: string;
  readonly kind: string;
  readonly abilities: Abilities;
  /**
   * What the connector holds by itself, so that it is not looked after once more; the conformance suite tests that it does.
   * `end`: a call ends with the signal, at once. `cells`: each row has a cell for each column, null or canonical.
   */
  readonly holds?: ReadonlySet<"end" | "cells">;
  /** At most `limit` rows. @throws SourceFailure */
  page(request: PageRequest, bounds: FetchBounds): Promise<readonly Row[]>;
  /** Rows in any order between keys; within one key, in `order`. @throws SourceFailure */
  byKeys(request: ByKeysRequest, bounds: FetchBounds): Promise<readonly Row[]>;
  /** @throws SourceFailure */
  count(request: CountRequest, bounds: FetchBounds): Promise<number>;
  /** Columns that `from` offers and their types as the service names them; null when `from` does not exist. @throws SourceFailure */
  describe(from: string, bounds: FetchBounds): Promise<ReadonlyMap<string, string> | null>;
  /** What people can mend in what the service reads, at its place; never a value. Absent: there is no such thing. */
  problems?(): readonly FileFault[];
  close(): Promise<void>;
}

export type FailureReason =
  /** Not reachable, refused us, or answered with an error. */
  | "unavailable"
  | "timeout"
  | "cancelled"
  /** More rows or bytes than the bound. */
  | "too-large"
  /** An answer that does not fit the request: wrong type, a row not asked for. */
  | "invalid-answer"
  /** A request that the service cannot be asked (a text with NUL for PostgreSQL): nothing was sent. */
  | "invalid-request";

/** What a failure says of the calls that come next: whether to ask again, and what to leave alone for a while. */
export interface FailureBearing {
  /**
   * Whom it concerns. `service`: whatever is asked. `dataset`: what is asked of this `from`, the others may do well.
   * `question`: this call alone; it is no fault of the service. `condition`: the service does not take what was asked: that
   * is this call alone where it has a condition, which an application chose, and the dataset where it has none.
   */
  readonly reach: "service" | "dataset" | "question" | "condition";
  /**
   * `again`: it may well be over in a moment (a connection that broke, a restart). `later`: it may pass, but not by asking
   * at once. `refused`: the service does not give this, or no longer.
   */
  readonly outlook: "again" | "later" | "refused";
}

const usualReach: Readonly<Record<FailureReason, FailureBearing["reach"]>> = {
  unavailable: "dataset",
  timeout: "dataset",
  "invalid-answer": "dataset",
  cancelled: "question",
  "too-large": "question",
  "invalid-request": "question",
};

/** The message holds the source's name and the reason, never a value nor the service's own text. */
export class SourceFailure extends Error {
  override readonly name: string = "SourceFailure";
  readonly bearing: FailureBearing;
  constructor(
    readonly source: string,
    readonly reason: FailureReason,
    /** For the operator's terminal: our words, or a service's error CODE (e.g. SQLSTATE), never its text. */
    readonly detail: string,
    /** Unless given: of the dataset or the question, by the reason; `unavailable` is taken for a refusal. */
    bearing: Partial<FailureBearing> = {},
  ) {
    super(`source ${source}: ${reason} (${detail})`);
    this.bearing = { reach: usualReach[reason], outlook: reason === "unavailable" ? "refused" : "later", ...bearing };
  }
}

/** The service was not asked: it is left alone for a while, or too many calls wait. */
export class NotAsked extends SourceFailure {
  override readonly name = "NotAsked";
  constructor(source: string, detail: string) {
    super(source, "unavailable", detail, { reach: "question", outlook: "later" });
  }
}
