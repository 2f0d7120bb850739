// Input types of the derived API: filters of scalars, and what is the same for every dataset.
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLInputFieldConfig,
} from "graphql";
import type { ScalarType } from "../terms/index.js";
import { filterName } from "./api-names.js";
import { apiScalars } from "./api-scalars.js";
import { filterOperators, type FilterOperator } from "./catalogue.js";

/** Operators that have a meaning for a scalar, in the order of `filterOperators`. */
export function operatorsOf(scalar: ScalarType): readonly FilterOperator[] {
  if (scalar === "Boolean") return ["eq", "ne", "isNull"];
  if (scalar === "GeoJSON") return ["isNull", "near", "within"];
  return filterOperators.filter((operator) => {
    if (operator === "near" || operator === "within") return false;
    return operator !== "startsWith" || scalar === "String";
  });
}

const meanings: Readonly<Record<FilterOperator, string>> = {
  eq: "Is equal to; for texts exactly, capitals and accents counting.",
  ne: "Is not equal to. A row without a value is not kept.",
  in: "Is one of.",
  lt: "Comes before.",
  lte: "Comes before, or is equal to.",
  gt: "Comes after.",
  gte: "Comes after, or is equal to.",
  isNull: "true: has no value; false: has one.",
  startsWith: "Begins with, exactly: capitals and accents count.",
  near: "Lies at most so far from a position, on a sphere of the earth's mean radius. For points alone.",
  within:
    "Lies inside, or on the edge of, a Polygon or MultiPolygon of at most 1,000 positions, whose edges are straight between longitudes and latitudes; cut it in two where it crosses the antimeridian. For points alone.",
};

const GeoNear = new GraphQLInputObjectType({
  name: "GeoNear",
  description: "A position, and how far from it.",
  fields: {
    longitude: { type: new GraphQLNonNull(GraphQLFloat), description: "Degrees east of Greenwich, -180 to 180." },
    latitude: { type: new GraphQLNonNull(GraphQLFloat), description: "Degrees north of the equator, -90 to 90." },
    maxDistance: { type: new GraphQLNonNull(GraphQLFloat), description: "Metres, 0 or more." },
  },
});

// A filter holds nothing of a dataset: every schema shares it. Bounded by scalars and sets of abilities in use.
const filters = new Map<string, GraphQLInputObjectType>();

/** The filter input of a scalar under a source's abilities; null when it cannot filter by it. */
export function filterInput(scalar: ScalarType, abilities: ReadonlySet<FilterOperator>): GraphQLInputObjectType | null {
  const meaningful = operatorsOf(scalar);
  const operators = meaningful.filter((operator) => abilities.has(operator));
  if (operators.length === 0) return null;
  const name = filterName(scalar, operators, operators.length === meaningful.length);
  const known = filters.get(name);
  if (known !== undefined) return known;
  const input = new GraphQLInputObjectType({
    name,
    description: `Conditions on a value of type ${scalar}. All that are given must hold.`,
    fields: Object.fromEntries(operators.map((operator) => [operator, operand(operator, scalar)])),
  });
  filters.set(name, input);
  return input;
}

function operand(operator: FilterOperator, scalar: ScalarType): GraphQLInputFieldConfig {
  const type = apiScalars[scalar];
  const description = meanings[operator];
  if (operator === "isNull") return { type: GraphQLBoolean, description };
  if (operator === "near") return { type: GeoNear, description };
  if (operator === "in") return { type: new GraphQLList(new GraphQLNonNull(type)), description };
  return { type, description };
}

export const OrderDirection = new GraphQLEnumType({
  name: "OrderDirection",
  description: "Which way a list is sorted.",
  values: {
    ASC: { description: "Smallest, earliest, A first; rows without a value last." },
    DESC: { description: "The reverse of ASC; rows without a value first." },
  },
});

export const Node = new GraphQLInterfaceType({
  name: "Node",
  description: "Any object of this API.",
  fields: {
    id: {
      type: new GraphQLNonNull(GraphQLID),
      description:
        "A pseudonym of the object. It is the same each time under one agreement, another under another one.",
    },
  },
});

export const PageInfo = new GraphQLObjectType({
  name: "PageInfo",
  description: "Where a page stands in its list (Relay cursor connections).",
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean), description: "There is more after `endCursor`." },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean), description: "There is more before `startCursor`." },
    startCursor: { type: GraphQLString, description: "Cursor of the first row of the page; null when it is empty." },
    endCursor: {
      type: GraphQLString,
      description: "Cursor of the last row of the page: give it as `after`; null when it is empty.",
    },
  },
});
