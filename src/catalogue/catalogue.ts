// What data exists: the shape of `schema.graphql` once read and found without fault.
import type { Coordinate, DatasetName, ScalarType } from "../terms/index.js";

/** Where a dataset stands on the town's map. Only SHARED can be queried. */
export type DatasetStatus = "IDENTIFIED" | "QUALIFIED" | "SHARED";

/** A column (or path) of a source, with the type its values are read as. */
export interface SourceColumn {
  readonly name: string;
  readonly type: ScalarType;
}

/** The person that a row, or one field of it, is about. */
export interface SubjectRef {
  /** `resident`: which register the key belongs to. */
  readonly scheme: string;
  /** The row's own column whose value is that person's key in the register. `via` is resolved to it. */
  readonly column: SourceColumn;
}

export interface Field {
  readonly kind: "field";
  readonly name: string;
  readonly coordinate: Coordinate;
  readonly description: string | null;
  readonly column: SourceColumn;
  /** From `@personal(category:)`, in DPV's terms; special: RGPD art. 9. */
  readonly personal: { readonly category: string; readonly special: boolean } | null;
  /** Names without `@`. */
  readonly groups: readonly string[];
  /** `@subject` on the field itself: this one cell is about somebody else. */
  readonly subjects: readonly SubjectRef[];
  /** `@cost(weight:)`: of each cell; 0 unless said. */
  readonly cost: number;
  /** `@notForGuardians`: a row that is somebody's own as their guardian does not open it. */
  readonly notForGuardians: boolean;
}

/** What a derived field makes of its source's value. */
export type DerivedForm =
  /** `age-band:5` → `30-34`: by calendar year of today in the tenant's time zone. */
  | { readonly kind: "age-band"; readonly years: number }
  /** The same value, the same text under one agreement, an unrelated one under another. */
  | { readonly kind: "pseudonym" };

/**
 * `@derived(from:, as:)`: a String made of another field's value. It is no column, and of a kind of its own, so that
 * nothing is filtered, sorted, keyed or linked by it: the answers would tell of the value that it stands for.
 */
export interface DerivedField {
  readonly kind: "derived";
  readonly name: string;
  readonly coordinate: Coordinate;
  readonly description: string | null;
  /** Its column is read to make this one; whether it leaves itself is a rule of its own. */
  readonly from: Field;
  readonly form: DerivedForm;
  /** Its own, else that of the field it is made from; special where either is. */
  readonly personal: Field["personal"];
  readonly groups: readonly string[];
  /** Its own and those of the field it is made from. */
  readonly subjects: readonly SubjectRef[];
  readonly cost: number;
  /** Its own, or that of the field it is made from. */
  readonly notForGuardians: boolean;
}

/** What a dataset holds: values, values made of others, and links. */
export type Member = Field | DerivedField | Link;

/** The type of the values that leave; null for a link. */
export function scalarOf(member: Member): ScalarType | null {
  if (member.kind === "link") return null;
  return member.kind === "derived" ? "String" : member.column.type;
}

export interface Link {
  readonly kind: "link";
  readonly name: string;
  readonly coordinate: Coordinate;
  readonly description: string | null;
  readonly target: DatasetName;
  readonly many: boolean;
  /** Pairs that must be equal: this dataset's column, the target's column. At least one. */
  readonly on: readonly { readonly from: SourceColumn; readonly to: SourceColumn }[];
  readonly groups: readonly string[];
  /** `@cost(weight:)`: of following it once, what it leads to aside; 1 unless said. */
  readonly cost: number;
  /** `@listSize(assumedSize:)`: how many rows it usually leads to; null: not said. */
  readonly assumedSize: number | null;
  readonly notForGuardians: boolean;
}

export interface Dataset {
  readonly name: DatasetName;
  readonly description: string | null;
  /** A source's name in `gateway.yaml`. */
  readonly source: string;
  /** Where in the source: `public.residents`. */
  readonly from: string;
  /** Root field names: `resident`, `residents`. */
  readonly one: string;
  readonly many: string;
  readonly steward: string | null;
  readonly status: DatasetStatus;
  readonly open: boolean;
  readonly licence: string | null;
  /** ISO 8601 duration: how often the data is renewed. */
  readonly updated: string | null;
  /** `@key`, in order; never empty. */
  readonly key: readonly Field[];
  /** Fields and links by name, in the order written. `id` is not among them. */
  readonly members: ReadonlyMap<string, Member>;
  readonly subjects: readonly SubjectRef[];
  /** 4 bytes in hex that stand for this type inside ids: the start of SHA-256 of its name. */
  readonly typeTag: string;
  /** `@cost(weight:)`: of each object; 1 unless said. */
  readonly cost: number;
  /** `@listSize(assumedSize:)`: how many rows there usually are in all; null: not said. */
  readonly assumedSize: number | null;
}

/** `@label(fr:, en:)`: what a dataset or a field is called where people read who asks for their data. */
export interface Label {
  readonly fr: string;
  readonly en: string;
}

export interface Catalogue {
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** By name without `@`; each its coordinates, sorted. */
  readonly groups: ReadonlyMap<string, readonly Coordinate[]>;
  /** Every `Dataset.field` coordinate, links among them. */
  readonly coordinates: ReadonlyMap<string, Member>;
  /** Of datasets, by name, and of coordinates; who has none is told by its description. */
  readonly labels: ReadonlyMap<string, Label>;
  /** Line and column (1-based) in `schema.graphql` of each dataset and coordinate. */
  readonly positions: ReadonlyMap<string, { readonly line: number; readonly column: number }>;
}

/** The operators of `where`, as GraphQL names them. */
export const filterOperators = ["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull", "startsWith", "near", "within"] as const; // prettier-ignore
export type FilterOperator = (typeof filterOperators)[number];

/** What a source can do, as far as the API schema depends on it. */
export interface ListAbilities {
  readonly filter: ReadonlySet<FilterOperator>;
  readonly order: boolean;
  readonly count: boolean;
  readonly backward: boolean;
}

/** What one agreement may see of the API schema; made from its grant by the gateway. */
export interface SchemaView {
  /** The field (or link) is shared. */
  opened(coordinate: Coordinate): boolean;
  /** It may stand in `where` and `orderBy`. */
  usable(coordinate: Coordinate): boolean;
  /** At least one field of the dataset is shared, `id` aside. */
  visible(dataset: DatasetName): boolean;
  /** Lists of the dataset may be asked for: the key may decide the order, alone or among rows equal under `orderBy`. */
  listable(dataset: DatasetName): boolean;
}
