// Values as they travel from a source to an answer: always ready for JSON.

/** The scalars that a dataset's field may have. `Date` and `DateTime` are graphql-scalars'. */
export const scalarTypes = ["String", "Int", "SafeInt", "Float", "Boolean", "Date", "DateTime", "GeoJSON"] as const;
export type ScalarType = (typeof scalarTypes)[number];

/**
 * One cell. By scalar type: String → string; Int (32 bits), SafeInt (±2^53), Float → finite number;
 * Boolean → boolean; Date → "YYYY-MM-DD"; DateTime → RFC 3339 in UTC with milliseconds
 * ("2026-11-22T09:00:00.000Z"); GeoJSON → the text that `geometryText` (geometry.ts) writes of a geometry, an object again
 * in the answer alone. `null` is the absence of a value.
 */
export type Value = string | number | boolean | null;

/** One row, its cells in the order of the columns that were asked for. */
export type Row = readonly Value[];
