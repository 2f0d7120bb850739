import { GraphQLError } from "graphql";
import { GraphQLDate, GraphQLDateTime } from "graphql-scalars";
import { pageOfResidents, residentById, type AccountRow, type HouseholdRow, type ResidentRow } from "./database.js";
import type { Context } from "./loaders.js";

const globalId = (type: string, key: number): string => Buffer.from(`${type}:${key}`).toString("base64url");

function keyOf(type: string, id: string): number {
  const [name, key] = Buffer.from(id, "base64url").toString("utf8").split(":");
  if (name !== type || !/^\d+$/.test(key ?? "")) throw new GraphQLError("invalid id");
  return Number(key);
}

const mostRows = 1_000;

function bounded(first: number): number {
  if (first < 0 || first > mostRows) throw new GraphQLError(`first must be between 0 and ${mostRows}`);
  return first;
}

/** graphql-scalars makes a Date of an input; the database wants the day as a text. */
const dayText = (day: Date | undefined): string | null => day?.toISOString().slice(0, 10) ?? null;

interface ListArguments {
  readonly first: number;
  readonly after?: string | null;
  readonly where?: { readonly birthDate?: { readonly gte?: Date; readonly lte?: Date } };
}

async function residents(_root: unknown, { first, after, where }: ListArguments, { databases }: Context) {
  const limit = bounded(first);
  const rows = await pageOfResidents(databases, {
    limit: limit + 1,
    after: after == null ? null : keyOf("cursor", after),
    bornFrom: dayText(where?.birthDate?.gte),
    bornUntil: dayText(where?.birthDate?.lte),
  });
  const nodes = rows.slice(0, limit);
  const last = nodes.at(-1);
  return {
    nodes,
    pageInfo: {
      hasNextPage: rows.length > limit,
      endCursor: last === undefined ? null : globalId("cursor", last.id),
    },
  };
}

export const resolvers = {
  Date: GraphQLDate,
  DateTime: GraphQLDateTime,
  Query: {
    resident: (_root: unknown, { id }: { id: string }, { databases }: Context) =>
      residentById(databases, keyOf("Resident", id)),
    residents,
  },
  Resident: {
    id: (row: ResidentRow) => globalId("Resident", row.id),
    number: (row: ResidentRow) => row.id,
    familyName: (row: ResidentRow) => row.nom,
    givenName: (row: ResidentRow) => row.prenom,
    birthDate: (row: ResidentRow) => row.date_naissance,
    email: (row: ResidentRow) => row.courriel,
    address: (row: ResidentRow) => row.adresse,
    updatedAt: (row: ResidentRow) => row.modifie_le,
    household: (row: ResidentRow, _given: unknown, { households }: Context) => households.load(row.foyer_id),
    canteenAccounts: async (row: ResidentRow, { first }: { first: number }, { accounts }: Context) => ({
      nodes: (await accounts.load(row.id)).slice(0, bounded(first)),
    }),
  },
  Household: {
    id: (row: HouseholdRow) => globalId("Household", row.id),
    number: (row: HouseholdRow) => row.id,
    familyQuotient: (row: HouseholdRow) => row.quotient_familial,
    size: (row: HouseholdRow) => row.nb_personnes,
  },
  CanteenAccount: {
    id: (row: AccountRow) => globalId("CanteenAccount", row.id),
    number: (row: AccountRow) => row.id,
    balance: (row: AccountRow) => row.solde,
    status: (row: AccountRow) => row.statut,
    openedOn: (row: AccountRow) => row.ouvert_le,
  },
};
