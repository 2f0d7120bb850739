// What policy answers: decisions, and all of one agreement's decisions together.
import type { SourceColumn } from "../catalogue/index.js";
import type {
  AgreementRef,
  ApplicationName,
  Brand,
  Coordinate,
  DatasetName,
  Geometry,
  PolicyVersionId,
  PurposeName,
  Value,
} from "../terms/index.js";

/** A line of a policy file. `text` is the line as written, trimmed. */
export interface RuleRef {
  /** `policies/rivemont/canteen.csv` */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** A filter's name in `policies/<tenant>/filters.yaml`. */
export type FilterName = Brand<string, "FilterName">;

/** `all`; `own`: rows of the signed-in citizen alone; else those for which the named filter is true. */
export type RowRule = "all" | "own" | FilterName;

/** Which rows leave: `all rows`. */
export function rowsWords(rows: RowRule): string {
  if (rows === "all") return "all rows";
  if (rows === "own") return "the signed-in citizen's own rows, and those of children whose guardian they are";
  return `rows for which the filter \`${rows}\` holds`;
}

/** The mask column of a rule, as written: docs/policies.md has what each does. */
export type Mask = ValueMask | "aggregate";

/** Those that let something of a single value through; `aggregate` does not. */
export type ValueMask =
  "-" | "year" | "month" | "initial" | "redact" | `round:${number}` | `truncate:${number}` | `geo:${number}`;

/**
 * A filter's `where`, checked: plain JSON, names resolved to columns, values in the one form of their type
 * (terms/values.ts). It has the shape of the sources' `Filter`, and is one where both rooms are known.
 */
export type RowCondition =
  | {
      readonly op: "eq" | "ne" | "lt" | "lte" | "gt" | "gte";
      readonly column: SourceColumn;
      readonly value: NonNullable<Value>;
    }
  | { readonly op: "in"; readonly column: SourceColumn; readonly values: readonly NonNullable<Value>[] }
  | { readonly op: "startsWith"; readonly column: SourceColumn; readonly value: string }
  | { readonly op: "isNull"; readonly column: SourceColumn; readonly value: boolean }
  | {
      readonly op: "near";
      readonly column: SourceColumn;
      readonly position: readonly [longitude: number, latitude: number];
      readonly maxDistance: number;
    }
  | {
      readonly op: "within";
      readonly column: SourceColumn;
      readonly area: Extract<Geometry, { readonly type: "Polygon" | "MultiPolygon" }>;
    }
  | { readonly op: "and" | "or"; readonly filters: readonly RowCondition[] }
  | { readonly op: "not"; readonly filter: RowCondition };

/** A named filter of one version. Its truth on a row can be told exactly from the row's own columns. */
export interface RowFilter {
  readonly name: FilterName;
  readonly dataset: DatasetName;
  readonly description: string | null;
  readonly where: RowCondition;
  /** Where it stands in filters.yaml; `text` is its condition in one line, names as in schema.graphql. */
  readonly ref: RuleRef;
}

export type Decision =
  | {
      readonly coordinate: Coordinate;
      readonly shared: true;
      readonly rows: RowRule;
      readonly mask: ValueMask;
      readonly rule: RuleRef;
    }
  | {
      readonly coordinate: Coordinate;
      readonly shared: false;
      /** Open to statistics (mask `aggregate`): no value of it leaves, and it makes no row visible. */
      readonly reason: "statistics-only";
      readonly rows: RowRule;
      readonly rule: RuleRef;
    }
  | {
      readonly coordinate: Coordinate;
      readonly shared: false;
      /** denied: by `rule`; no-rule: nothing opens it; not-in-agreement: `rule` opens it, the agreement does not list it. */
      readonly reason: "denied" | "no-rule" | "not-in-agreement";
      readonly rule: RuleRef | null;
    };

/** Whom a grant is for: what policy needs to know of an agreement. */
export interface GrantSubject {
  readonly agreement: AgreementRef;
  readonly application: ApplicationName;
  readonly purpose: PurposeName;
  /** The approved snapshot's coordinates, resolved. */
  readonly fields: ReadonlySet<Coordinate>;
}

/** All decisions of one agreement under one policy version. Immutable; a coordinate that it does not hold is refused. */
export interface Grant {
  readonly agreement: AgreementRef;
  readonly purpose: PurposeName;
  readonly policyVersion: PolicyVersionId;
  /** One per coordinate of the version's SHARED datasets. */
  readonly decisions: ReadonlyMap<Coordinate, Decision>;
  /** Every filter that a shared decision's `rows` names. */
  readonly filters: ReadonlyMap<FilterName, RowFilter>;
  /** SHA-256 over what decides an answer (coordinates shared, rows, filters, masks): equal grants share pruned schemas. */
  readonly fingerprint: string;
}
