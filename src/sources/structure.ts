// What a service says of its own structure: names and types, never a value of a row. `source check` prints it, `map`
// proposes types of schema.graphql from it.
import type { ScalarType } from "../terms/index.js";

export interface StructureColumn {
  /** As `@column(name:)` names it for this kind: a table's column, a field path, an attribute. */
  readonly name: string;
  /** The service's own word for the type: `character varying(40)`, `string (date-time)`, `GeoProperty`. */
  readonly type: string;
  /** The scalar under which the connector reads it; null: it cannot be read as one value. */
  readonly scalar: ScalarType | null;
  /** Null: the service does not say. */
  readonly nullable: boolean | null;
  /** The service's own description; untrusted text, bounded by who reads it in. */
  readonly description: string | null;
}

/** Columns that hold another table's key. */
export interface StructureReference {
  readonly columns: readonly string[];
  readonly from: string;
  readonly to: readonly string[];
}

/** What one `@dataset(from:)` can stand for. */
export interface StructureTable {
  /** As `@dataset(from:)` names it: `public.residents`, `/car-parks`, `BikeStation`, `schools.csv`. */
  readonly from: string;
  readonly description: string | null;
  readonly columns: readonly StructureColumn[];
  /** Empty: none is known. Files name none: theirs is a column that has another value in every row. */
  readonly key: readonly string[];
  readonly references: readonly StructureReference[];
  /** A proposal for the source's settings in gateway.yaml, where the kind needs some to read this table; else null. */
  readonly settings: Readonly<Record<string, unknown>> | null;
}

export interface Structure {
  /** Sorted by `from`. */
  readonly tables: readonly StructureTable[];
  /** What could not be read, and why: a sentence each, without a value. */
  readonly notes: readonly string[];
}
