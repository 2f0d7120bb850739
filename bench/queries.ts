// The three requests that are measured, and the fields that the bench's own agreement lists for them. Both servers get
// the same text; only ids and cursors differ, since each gives its own.

export interface BenchQuery {
  readonly name: "Q1" | "Q2" | "Q3";
  readonly title: string;
  readonly text: string;
  /** Which of the requests before says what the variables are. */
  readonly variables: "ids" | "pages";
  /** Rows of the list in every answer; null where it is no list. */
  readonly rows: number | null;
}

/** Gives the ids that Q1 asks for. */
export const idsQuery = "{ residents(first: 100) { nodes { id } } }";

export const benchQueries: readonly BenchQuery[] = [
  {
    name: "Q1",
    title: "one resident by id, 8 fields",
    text: `query Resident($id: ID!) {
      resident(id: $id) { id number familyName givenName birthDate email address updatedAt }
    }`,
    variables: "ids",
    rows: null,
  },
  {
    name: "Q2",
    title: "a page of 100 residents, 8 fields each",
    text: `query Residents($after: String) {
      residents(first: 100, after: $after) {
        nodes { id number familyName givenName birthDate email address updatedAt }
        pageInfo { hasNextPage endCursor }
      }
    }`,
    variables: "pages",
    rows: 100,
  },
  {
    name: "Q3",
    title: "50 children, their households (same database) and canteen accounts (another database)",
    text: `query Children($after: String) {
      residents(first: 50, after: $after, where: { birthDate: { gte: "2016-01-01" } }) {
        nodes {
          id givenName familyName
          household { id number familyQuotient size }
          canteenAccounts(first: 5) { nodes { id number balance status openedOn } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }`,
    variables: "pages",
    rows: 50,
  },
];

/** Resolved coordinates, links among them: what the rules open and the agreement lists. */
export const benchFields: readonly string[] = [
  ...["number", "familyName", "givenName", "birthDate", "email", "address", "updatedAt"],
  ...["household", "canteenAccounts"],
]
  .map((field) => `Resident.${field}`)
  .concat(["number", "familyQuotient", "size"].map((field) => `Household.${field}`))
  .concat(["number", "balance", "status", "openedOn"].map((field) => `CanteenAccount.${field}`));
