import { GraphQLError } from "graphql";
import { GraphQLDate, GraphQLDateTime } from "graphql-scalars";
import { districtsAfter, residentByNumber, residentsAfter } from "./services.mjs";

const globalId = (type, key) => Buffer.from(`${type}:${key}`).toString("base64url");

function numberOf(type, id) {
  const [name, key] = Buffer.from(id, "base64url").toString("utf8").split(":");
  if (name !== type || !/^\d+$/.test(key ?? "")) throw new GraphQLError("invalid id");
  return Number(key);
}

const mostRows = 1_000;

function bounded(first) {
  if (first < 0 || first > mostRows) throw new GraphQLError(`first must be between 0 and ${mostRows}`);
  return first;
}

/** A page by the number of its last row, with one row more to know whether another page follows. */
const page = (rowsAfter) =>
  async function (_root, { first, after }, { services }) {
    const limit = bounded(first);
    const rows = await rowsAfter(services, after == null ? null : numberOf("cursor", after), limit + 1);
    const nodes = rows.slice(0, limit);
    const last = nodes.at(-1);
    return {
      nodes,
      pageInfo: {
        hasNextPage: rows.length > limit,
        endCursor: last === undefined ? null : globalId("cursor", last.number),
      },
    };
  };

const linked = (loader, keyOf) =>
  async function (row, { first }, context) {
    return { nodes: (await context[loader].load(keyOf(row))).slice(0, bounded(first)) };
  };

/** Columns are named as the API names them, so that only what is not a column needs a resolver. */
export const resolvers = {
  Date: GraphQLDate,
  DateTime: GraphQLDateTime,
  Query: {
    resident: (_root, { id }, { services }) => residentByNumber(services, numberOf("Resident", id)),
    residents: page(residentsAfter),
    districts: page(districtsAfter),
  },
  Resident: {
    id: (row) => globalId("Resident", row.number),
    household: (row, _given, { households }) => households.load(row.householdNumber),
  },
  Household: {
    id: (row) => globalId("Household", row.number),
    canteenAccounts: linked("accounts", (row) => row.number),
  },
  CanteenAccount: { id: (row) => globalId("CanteenAccount", row.number) },
  District: {
    id: (row) => globalId("District", row.number),
    carParks: linked("carParks", (row) => row.number),
    bikeStations: linked("bikeStations", (row) => row.number),
  },
  CarPark: {
    id: (row) => globalId("CarPark", row.code),
    capacity: (row) => row.places.total,
    free: (row) => row.places.free,
  },
  BikeStation: { id: (row) => globalId("BikeStation", row.code) },
};
