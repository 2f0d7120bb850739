// How a column of one real type stands in SQL, so that what PostgreSQL compares is what a reader of the rows sees.
import type { ScalarType, Value } from "../../terms/index.js";
import { quotedColumn, type RelationColumn } from "./relation.js";

/** An expression over the column, and the type to which parameters compared with it are cast. */
export interface Comparable {
  readonly expression: string;
  readonly type: string;
}

export interface ColumnForm {
  /** What is read, as text. */
  readonly selected: string;
  /** What rows are ordered by. Equal cells are equal under it. */
  readonly ordered: string;
  readonly notNull: boolean;
  /** As the relation says: rows are found by it without looking at all of them. */
  readonly indexed: boolean;
  /** As the relation says of what an index finds, where it is compared by `ordered`: that one is the column itself. */
  readonly rowsPerValue: number;
  /** How the column is compared with these values, exactly and where it can be so that an index on the column serves. */
  compared(values: readonly NonNullable<Value>[]): Comparable;
}

const wholeTypes = new Set(["int2", "int4", "int8"]);
const plainTexts = new Set(["text", "varchar", "name"]);
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A decimal number of so many digits survives the way through a double and back. */
const exactDigits = 15;

/** Null where a column of that real type cannot be read as the scalar. */
export function columnForm(column: RelationColumn, scalar: ScalarType): ColumnForm | null {
  const name = quotedColumn(column);
  if (scalar === "String") return textForm(column, name);
  if (scalar === "Int" || scalar === "SafeInt" || scalar === "Float") return numberForm(column, name, scalar);
  if (scalar === "DateTime") return dateTimeForm(column, name);
  if (scalar === "GeoJSON") return geometryForm(column, name);
  const wanted = scalar === "Date" ? "date" : "bool";
  return column.type === wanted ? form(column, name, name, wanted) : null;
}

function form(column: RelationColumn, selected: string, ordered: string, type: string): ColumnForm {
  const { notNull, indexed } = column;
  const rowsPerValue = ordered === quotedColumn(column) ? column.rowsPerValue : Infinity;
  return { selected, ordered, notNull, indexed, rowsPerValue, compared: () => ({ expression: ordered, type }) };
}

function textForm(column: RelationColumn, name: string): ColumnForm {
  const text = `${name}::text`;
  // Under a collation that calls different texts equal, `=` would not be exact.
  if (!column.exactCollation) return form(column, text, `(${text} COLLATE "C")`, "text");
  if (plainTexts.has(column.type)) return form(column, text, name, "text");
  if (column.type !== "uuid") return form(column, text, text, "text");
  return { ...form(column, text, name, "uuid"), compared: (values) => comparedUuid(name, values) };
}

/** A text that is no uuid equals none, and must not make the statement fail. */
function comparedUuid(name: string, values: readonly NonNullable<Value>[]): Comparable {
  const uuids = values.every((value) => typeof value === "string" && uuidPattern.test(value));
  return uuids ? { expression: name, type: "uuid" } : { expression: `${name}::text`, type: "text" };
}

function numberForm(column: RelationColumn, name: string, scalar: ScalarType): ColumnForm | null {
  if (wholeTypes.has(column.type)) {
    // int8 is compared with smaller integers by the same index; a fraction never equals an integer.
    const typeOf = (values: readonly Value[]) =>
      values.every((value) => Number.isSafeInteger(value)) ? "int8" : "numeric";
    return { ...form(column, name, name, "int8"), compared: (values) => ({ expression: name, type: typeOf(values) }) };
  }
  const exact = scalar !== "Float" || (column.precision !== null && column.precision <= exactDigits);
  if (column.type === "numeric" && exact) return form(column, name, name, "numeric");
  if (column.type === "numeric") return form(column, `${name}::float8`, `${name}::float8`, "float8");
  if (scalar !== "Float") return null;
  if (column.type === "float8") return form(column, name, name, "float8");
  // The text of a real is its shortest decimal: what a reader of the row sees is not the real itself.
  return column.type === "float4" ? form(column, name, `${name}::text::float8`, "float8") : null;
}

/** GeoJSON in a column of JSON or text; a column of PostGIS is given as one by a view with ST_AsGeoJSON. */
function geometryForm(column: RelationColumn, name: string): ColumnForm | null {
  const isJson = column.type === "json" || column.type === "jsonb";
  if (!isJson && !plainTexts.has(column.type)) return null;
  // JSON has a null of its own.
  const text = isJson ? `NULLIF(${name}::text, 'null')` : `${name}::text`;
  return form(column, text, text, "text");
}

/** Our instants have milliseconds; a finer column is cut first, as the cell is that leaves. */
function dateTimeForm(column: RelationColumn, name: string): ColumnForm | null {
  if (column.type !== "timestamptz" && column.type !== "timestamp") return null;
  const fine = column.precision === null || column.precision > 3;
  // A timestamp without zone is taken as UTC: PostgreSQL ignores the `Z` of the parameter.
  return form(column, name, fine ? `date_trunc('milliseconds', ${name})` : name, column.type);
}
