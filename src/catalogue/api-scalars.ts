// The API's scalars. graphql-scalars checks Date, DateTime and SafeInt; it hands out JavaScript Dates and puts the
// value into its errors, so it is wrapped: values stay texts (terms/values.ts), and no value stands in an error (law 11).
import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLFloat,
  GraphQLInt,
  GraphQLScalarType,
  GraphQLString,
  valueFromASTUntyped,
  type ValueNode,
} from "graphql";
import { GraphQLDate, GraphQLDateTime, GraphQLSafeInt } from "graphql-scalars";
import { geometryOf, geometryText, readGeometry, type Geometry, type ScalarType } from "../terms/index.js";

interface Wrapping {
  readonly checked: GraphQLScalarType;
  readonly description: string;
  readonly wanted: string;
  /** From what graphql-scalars gives to what travels. */
  readonly canonical: (value: unknown) => string | number;
}

function wrap({ checked, description, wanted, canonical }: Wrapping): GraphQLScalarType<string | number> {
  const guarded = (convert: () => unknown, node?: ValueNode): string | number => {
    try {
      return canonical(convert());
    } catch {
      throw new GraphQLError(`${checked.name} must be ${wanted}.`, node === undefined ? {} : { nodes: node });
    }
  };
  return new GraphQLScalarType<string | number>({
    name: checked.name,
    description,
    ...(typeof checked.specifiedByURL === "string" ? { specifiedByURL: checked.specifiedByURL } : {}),
    serialize: (value) => guarded(() => checked.serialize(value)),
    parseValue: (value) => guarded(() => checked.parseValue(value)),
    parseLiteral: (node, variables) => guarded(() => checked.parseLiteral(node, variables), node),
  });
}

const isoDateTime = (value: unknown): string => {
  if (!(value instanceof Date)) throw new TypeError("not a date");
  return value.toISOString();
};

const isoDate = (value: unknown): string => {
  // Output is a text already; input is a Date at midnight UTC.
  if (typeof value === "string") return value;
  return isoDateTime(value).slice(0, 10);
};

const safeInt = (value: unknown): number => {
  if (typeof value !== "number") throw new TypeError("not a number");
  return value;
};

const DateScalar = wrap({
  checked: GraphQLDate,
  description: "A day of the calendar, as RFC 3339 writes it: `2026-11-22`.",
  wanted: 'a day written like "2026-11-22"',
  canonical: isoDate,
});

const DateTimeScalar = wrap({
  checked: GraphQLDateTime,
  description:
    "A moment, as RFC 3339 writes it. Answers are in UTC with milliseconds: `2026-11-22T09:00:00.000Z`; inputs may have any offset.",
  wanted: 'a moment written like "2026-11-22T09:00:00.000Z"',
  canonical: isoDateTime,
});

const SafeIntScalar = wrap({
  checked: GraphQLSafeInt,
  description: "A whole number between -(2^53 - 1) and 2^53 - 1, which JSON carries without loss.",
  wanted: "a whole number between -(2^53 - 1) and 2^53 - 1",
  canonical: safeInt,
});

/** Of an area that rows are asked by (law 13). */
const mostPositionsAsked = 1_000;

const geometryAsked = (json: unknown, node?: ValueNode): string => {
  const geometry = readGeometry(json, mostPositionsAsked);
  if (geometry !== null) return geometryText(geometry);
  const message = `GeoJSON must be a geometry like {type: "Point", coordinates: [3.3, 48.2]}, longitude first, with at most ${mostPositionsAsked} positions; a polygon's rings end where they begin.`;
  throw new GraphQLError(message, node === undefined ? {} : { nodes: node });
};

const GeoJsonScalar = new GraphQLScalarType<string, Geometry>({
  name: "GeoJSON",
  description:
    'A geometry as GeoJSON writes it, longitude before latitude: `{"type": "Point", "coordinates": [3.3, 48.2]}`. One of Point, MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon.',
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc7946#section-3.1",
  serialize: (value) => geometryOf(String(value)),
  parseValue: (value) => geometryAsked(value),
  // A variable stands for a whole geometry, never for a part of one.
  parseLiteral: (node) => geometryAsked(valueFromASTUntyped(node), node),
});

export const apiScalars: Readonly<Record<ScalarType, GraphQLScalarType>> = {
  String: GraphQLString,
  Int: GraphQLInt,
  SafeInt: SafeIntScalar,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
  Date: DateScalar,
  DateTime: DateTimeScalar,
  GeoJSON: GeoJsonScalar,
};
