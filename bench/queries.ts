// The requests that are measured, and the fields that the bench's own agreement lists for them. Every server gets the same
// text; only ids and cursors differ, since each gives its own.

export interface BenchQuery {
  readonly name: "Q1" | "Q2" | "Q3" | "Q4" | "Q5";
  readonly title: string;
  readonly text: string;
  /** What its variables are made of: ids or cursors that the server gave. */
  readonly variables: "ids" | "pages" | "none";
  /** Rows of the list in every answer; null where it is no list. */
  readonly rows: number | null;
  /** How many different requests are asked in turn. */
  readonly requests: number;
}

/** Gives the ids that Q1 asks for: some of each of many pages, so that they lie all over the table. */
export const idsQuery = `query Ids($after: String) {
  residents(first: 1000, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;

const resident = "id number familyName givenName birthDate email address updatedAt";
const pageOf = (rows: number): string => `query Residents($after: String) {
  residents(first: ${rows}, after: $after) {
    nodes { ${resident} }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const benchQueries: readonly BenchQuery[] = [
  {
    ...{ name: "Q1", title: "one resident by id, 8 fields", variables: "ids", rows: null, requests: 1_000 },
    text: `query Resident($id: ID!) { resident(id: $id) { ${resident} } }`,
  },
  {
    ...{ name: "Q2", title: "a page of 100 residents, 8 fields each", variables: "pages", rows: 100, requests: 200 },
    text: pageOf(100),
  },
  {
    ...{ name: "Q3", variables: "pages", rows: 50, requests: 200 },
    title: "50 residents, their households, and these households' canteen accounts (another database)",
    text: `query Households($after: String) {
      residents(first: 50, after: $after) {
        nodes {
          id givenName familyName
          household {
            id number familyQuotient size
            canteenAccounts(first: 10) { nodes { id number balance status openedOn } }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }`,
  },
  {
    ...{ name: "Q4", variables: "none", rows: null, requests: 1 },
    title: "20 districts, their 200 car parks (REST) and 400 bike stations (GraphQL)",
    text: `query Districts {
      districts(first: 20) {
        nodes {
          id number name
          carParks(first: 20) { nodes { id code name capacity free hourlyPrice } }
          bikeStations(first: 40) { nodes { id code name capacity bikes open } }
        }
      }
    }`,
  },
  {
    ...{ name: "Q5", title: "a page of 1,000 residents, 8 fields each", variables: "pages", rows: 1_000, requests: 60 },
    text: pageOf(1_000),
  },
];

const coordinates = {
  Resident: ["number", "familyName", "givenName", "birthDate", "email", "address", "updatedAt", "household"],
  Household: ["number", "familyQuotient", "size", "canteenAccounts"],
  CanteenAccount: ["number", "balance", "status", "openedOn"],
  District: ["number", "name", "carParks", "bikeStations"],
  CarPark: ["code", "name", "capacity", "free", "hourlyPrice"],
  BikeStation: ["code", "name", "capacity", "bikes", "open"],
};

/** Resolved coordinates, links among them: what the rules open and the agreement lists. */
export const benchFields: readonly string[] = Object.entries(coordinates).flatMap(([dataset, fields]) =>
  fields.map((field) => `${dataset}.${field}`),
);
