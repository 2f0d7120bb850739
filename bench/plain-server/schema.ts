/** The part of Rivemont's API that the three queries need, in the same shape. */
export const typeDefs = `#graphql
  scalar Date
  scalar DateTime

  type Query {
    resident(id: ID!): Resident
    residents(first: Int = 50, after: String, where: ResidentWhere): ResidentConnection
  }

  input ResidentWhere {
    birthDate: DateFilter
  }

  input DateFilter {
    gte: Date
    lte: Date
  }

  type PageInfo {
    hasNextPage: Boolean!
    endCursor: String
  }

  type ResidentConnection {
    nodes: [Resident!]!
    pageInfo: PageInfo!
  }

  type Resident {
    id: ID!
    number: Int
    familyName: String
    givenName: String
    birthDate: Date
    email: String
    address: String
    updatedAt: DateTime
    household: Household
    canteenAccounts(first: Int = 50): CanteenAccountConnection
  }

  type Household {
    id: ID!
    number: Int
    familyQuotient: Int
    size: Int
  }

  type CanteenAccountConnection {
    nodes: [CanteenAccount!]!
  }

  type CanteenAccount {
    id: ID!
    number: Int
    balance: Float
    status: String
    openedOn: Date
  }
`;
