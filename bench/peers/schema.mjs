/** The part of the town's API that the queries need, in the shape in which Passerelle gives it. */
export const typeDefs = `#graphql
  scalar Date
  scalar DateTime

  type Query {
    resident(id: ID!): Resident
    residents(first: Int = 50, after: String): ResidentConnection
    districts(first: Int = 50, after: String): DistrictConnection
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
  }

  type Household {
    id: ID!
    number: Int
    familyQuotient: Int
    size: Int
    canteenAccounts(first: Int = 50): CanteenAccountConnection
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

  type DistrictConnection {
    nodes: [District!]!
    pageInfo: PageInfo!
  }

  type District {
    id: ID!
    number: Int
    name: String
    carParks(first: Int = 50): CarParkConnection
    bikeStations(first: Int = 50): BikeStationConnection
  }

  type CarParkConnection {
    nodes: [CarPark!]!
  }

  type CarPark {
    id: ID!
    code: String
    name: String
    capacity: Int
    free: Int
    hourlyPrice: Float
  }

  type BikeStationConnection {
    nodes: [BikeStation!]!
  }

  type BikeStation {
    id: ID!
    code: String
    name: String
    capacity: Int
    bikes: Int
    open: Boolean
  }
`;
