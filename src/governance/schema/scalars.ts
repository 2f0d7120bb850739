// Moments and days, as they are written in answers and read in arguments.
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

export const dateTimeScalar = new GraphQLScalarType({
  name: "DateTime",
  description: "RFC 3339, UTC.",
  serialize: (value) => {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    throw new GraphQLError("A moment cannot be written.");
  },
});

/** The day exists: no 30 February. */
function readDay(value: unknown): string {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const moment = new Date(`${value}T00:00:00Z`);
    if (!Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value)) return value;
  }
  throw new GraphQLError("A day is written as 2026-11-23.");
}

export const dayScalar = new GraphQLScalarType({
  name: "Day",
  description: "A day, as 2026-11-23, in the town's time zone.",
  serialize: readDay,
  parseValue: readDay,
  parseLiteral: (node) => readDay(node.kind === Kind.STRING ? node.value : null),
});
