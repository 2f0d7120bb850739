// What one operation will read, decided before any I/O (laws 2, 3). A plan is made by `planOperation` alone; fetch and
// shape take nothing else, so that an unchecked read does not compile.
import type { FieldNode } from "graphql";
import type { FieldRefused } from "../accesslog/index.js";
import type { Dataset, DerivedForm } from "../catalogue/index.js";
import type { ValueMask } from "../policy/index.js";
import type { Column, Filter, Order } from "../sources/index.js";
import type { CostLine } from "./cost.js";
import type { MaskFunction } from "./masks.js";
import type { AnswerErrorCode, Brand, Coordinate, ScalarType, Value } from "../terms/index.js";

/** The columns that one batch reads: nothing is fetched that no output, key, order or link needs. */
export class ColumnSet {
  readonly #list: Column[] = [];
  readonly #at = new Map<string, number>();

  /** Position of the column in each row, for whoever looks at its cells. */
  add(column: Column): number {
    const place = this.pass(column);
    // Who looked first has its type: those that look after it must not find its cells changed.
    if (this.#list[place]?.passes === true) this.#list[place] = { name: column.name, type: column.type };
    return place;
  }

  addAll(columns: readonly Column[]): number[] {
    return columns.map((column) => this.add(column));
  }

  /** The same for who only writes the cells into the answer: they may be no values. */
  pass({ name, type }: Column): number {
    const known = this.#at.get(name);
    if (known !== undefined) return known;
    this.#at.set(name, this.#list.length);
    this.#list.push({ name, type, passes: true });
    return this.#list.length - 1;
  }

  /**
   * Where the column stands in each row; undefined when it is not read, and when it only passes: by this whoever decides or
   * records finds the cells, and what is no value must not be taken for one.
   */
  at(column: Column): number | undefined {
    const place = this.#at.get(column.name);
    return place === undefined || this.#list[place]?.passes === true ? undefined : place;
  }

  /** Some column only passes. */
  get passing(): boolean {
    return this.#list.some(({ passes }) => passes === true);
  }

  get list(): readonly Column[] {
    return this.#list;
  }
}

/** Rows of one dataset that one call to a source brings, for every place of the operation that asks for the same. */
export interface Batch {
  readonly index: number;
  readonly dataset: Dataset;
  /** 0 for the root; a batch's parents are all one level up. */
  readonly level: number;
  readonly columns: ColumnSet;
  /** The columns that find rows: a link's `to` side, or the dataset's key; empty for a root list. */
  readonly match: readonly Column[];
  /** Of rows found by a link: `AccessView.relation` of its columns; null: their being visible is enough. */
  readonly relation: readonly number[] | null;
  readonly filter: Filter | null;
  readonly order: readonly Order[];
  /** A cursor was given: the page begins behind `Bound.after`. */
  readonly resumed: boolean;
  /** Rows wanted in all (root list) or for each key; null for rows by their own key. */
  readonly limit: number | null;
  /** One more than `limit` is read, to know whether there are more. */
  readonly probe: { wanted: boolean };
  /** Read in reverse order (`last`): rows are turned round for the answer. */
  readonly reverse: boolean;
  readonly count: { wanted: boolean };
  /** Rows are needed at all (not for a `totalCount` alone). */
  readonly rows: { wanted: boolean };
  /**
   * A count, or whether more rows follow, tells of the people whose rows meet a condition, though no row leaves: whom it
   * is about is read, up to a bound, and recorded (law 5).
   */
  readonly about: { wanted: boolean };
  /** Rows at hand get an id each. */
  readonly ids: { wanted: boolean };
  /** Rows get a cursor each, bound to this coordinate. */
  readonly cursors: { wanted: boolean };
  readonly members: Fetch[];
}

/** One place of the operation that reads: a root field or a link, under one response key. */
export interface Fetch {
  readonly batch: Batch;
  /** `Query.residents`, `Resident.household`. */
  readonly coordinate: Coordinate;
  /** The parent's rows and where in them the link's own columns are; null at the root. */
  readonly parent: {
    readonly batch: Batch;
    readonly columns: readonly number[];
    /** Of the link's own cell in the parent's row: `AccessView.condition`. */
    readonly condition: number;
  } | null;
  /** At the root: one row, by `Bound.keys`. */
  readonly byId: boolean;
  /** Fields that the application chose or sorted these rows by. */
  readonly used: readonly Coordinate[];
  /** Position among the plan's fetches; results are kept by it. */
  readonly index: number;
}

/** A list as asked for, its arguments read and allowed. */
export interface ListRequest {
  /** Fields that the application chose or sorted rows by, sorted. */
  readonly used: readonly Coordinate[];
  readonly limit: number;
  /** Neither `first` nor `last` was given: `limit` is the usual page. */
  readonly usual: boolean;
  /** `last` was given: the order is turned round for the source. */
  readonly reverse: boolean;
  readonly filter: Filter | null;
  readonly order: readonly Order[];
  readonly after: readonly Value[] | null;
  /** The variable that `after` came from, where it is opened for each request. */
  readonly late: string | null;
}

/** The same order read from its other end. */
export const turned = (order: Order): Order => ({ ...order, direction: order.direction === "asc" ? "desc" : "asc" });

export interface ErrorPlace {
  /** Response path up to and with the first list from the root. */
  readonly path: readonly string[];
  /** What follows that list, dotted; null when there is no list before the field. */
  readonly selection: string | null;
  readonly node: FieldNode;
}

export type Output =
  | { readonly kind: "typename"; readonly key: string; readonly name: string }
  | { readonly kind: "introspection"; readonly key: string; readonly nodes: readonly FieldNode[] }
  /** Refused or impossible before any fetch: null, its error is in the plan. */
  | { readonly kind: "null"; readonly key: string }
  | { readonly kind: "id"; readonly key: string }
  | {
      readonly kind: "value";
      readonly key: string;
      readonly coordinate: Coordinate;
      readonly column: number;
      /** Of what leaves: of a derived field String, whatever its column holds. */
      readonly type: ScalarType;
      /** What is made of the column's value before it is masked; null: nothing. */
      readonly derived: DerivedForm | null;
      readonly mask: ValueMask;
      /** The mask, ready for each value. */
      readonly masked: MaskFunction;
      /** Where the cell is open: `AccessView.condition`. */
      readonly condition: number;
      /** Of each cell. */
      readonly cost: number;
    }
  | {
      readonly kind: "one";
      readonly key: string;
      /** The link's; null for a root field. */
      readonly coordinate: Coordinate | null;
      readonly fetch: Fetch;
      readonly object: ObjectOutput;
      readonly place: ErrorPlace;
    }
  | {
      readonly kind: "list";
      readonly key: string;
      readonly coordinate: Coordinate | null;
      readonly fetch: Fetch;
      readonly connection: ConnectionOutput;
      readonly place: ErrorPlace;
    };

/** A selection on one dataset's rows. */
export interface ObjectOutput {
  readonly dataset: Dataset;
  readonly outputs: readonly Output[];
  /** Position among the plan's object selections: counts what left by it. */
  readonly index: number;
}

export type ConnectionMember =
  | { readonly kind: "typename"; readonly key: string; readonly name: string }
  | { readonly kind: "nodes"; readonly key: string; readonly object: ObjectOutput }
  | { readonly kind: "edges"; readonly key: string; readonly members: readonly EdgeMember[] }
  | { readonly kind: "pageInfo"; readonly key: string; readonly members: readonly PageInfoMember[] }
  | { readonly kind: "totalCount"; readonly key: string };

export type EdgeMember =
  | { readonly kind: "typename"; readonly key: string; readonly name: string }
  | { readonly kind: "cursor"; readonly key: string }
  | { readonly kind: "node"; readonly key: string; readonly object: ObjectOutput };

export type PageInfoMember =
  | { readonly kind: "typename"; readonly key: string; readonly name: string }
  | {
      readonly kind: "hasNextPage" | "hasPreviousPage" | "startCursor" | "endCursor";
      readonly key: string;
    };

export interface ConnectionOutput {
  readonly members: readonly ConnectionMember[];
  /** `after` or `before` was given: something lies on the other side. */
  readonly resumed: boolean;
}

/** A selected field that the grant does not open. */
export interface RefusedSelection {
  readonly coordinate: Coordinate;
  /** What the entry names: the coordinate, or `Resident.*` where it is a root field to a dataset of which nothing is open. */
  readonly recordedAs: string;
  readonly reason: Exclude<FieldRefused["reason"], "masked">;
  readonly rule: string | null;
  readonly place: ErrorPlace;
}

/** An id or cursor that was not given to this agreement, found while planning: null there, with this error. */
export interface PlannedError {
  readonly code: AnswerErrorCode;
  readonly place: ErrorPlace;
}

export type Key = readonly NonNullable<Value>[];

/**
 * What one request brings to a plan that many share: what its ids and cursors open to (`bind`). Nothing of it is in the
 * plan, so that no request can be answered by the id of another.
 */
export interface Bound {
  /** By the fetch's index: the key asked for by id; empty for lists and links. */
  readonly keys: readonly (readonly Key[])[];
  /** By the batch's index: the values of the order's columns where the page begins; null: at the beginning. */
  readonly after: readonly (readonly Value[] | null)[];
}

/** A variable that is opened for each request. The plan stands for those only whose values do open. */
export type Binder =
  | {
      readonly kind: "id";
      readonly variable: string;
      readonly dataset: Dataset;
      /** The fetch that asks for it; null: nothing of such rows is visible, so nothing is asked. */
      readonly fetch: number | null;
    }
  | {
      readonly kind: "cursor";
      readonly variable: string;
      readonly coordinate: Coordinate;
      /** As asked, whichever way the page is read. */
      readonly order: readonly Order[];
      readonly batch: number;
    };

interface PlanShape {
  readonly outputs: readonly Output[];
  readonly batches: readonly Batch[];
  /** Batches of one level are read at once, each level's after the one above. */
  readonly levels: readonly (readonly Batch[])[];
  readonly fetches: readonly Fetch[];
  readonly objects: readonly ObjectOutput[];
  readonly refused: readonly RefusedSelection[];
  readonly errors: readonly PlannedError[];
  readonly costs: readonly CostLine[];
  /** What the operation could cost: `estimatedCost`. */
  readonly estimate: number;
  /** `__schema` or `__type` is asked for. */
  readonly introspects: boolean;
  readonly binders: readonly Binder[];
  /** What does not change from request to request: ids and cursors written into the operation. */
  readonly fixed: Bound;
  /** False where an id or a cursor of this request did not open: another request of the same operation is planned anew. */
  readonly reusable: boolean;
}

export type Plan = Brand<PlanShape, "Plan">;
