// The operator of the bikes: GraphQL, a subgraph of Apollo Federation with 400 stations. The same on every machine.
import { buildSchema, graphql } from "graphql";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { countRequests, keptAnswers, listen } from "./service.mjs";

const districts = 20;
const stations = Array.from({ length: 400 }, (_, i) => {
  const capacity = 8 + ((i * 7) % 23);
  return {
    code: `RV-${String(i + 1).padStart(3, "0")}`,
    name: `Station Général-Leclerc ${String(i + 1)}`,
    district: 1 + (i % districts),
    capacity,
    bikes: (i * 5) % capacity,
    open: i % 20 !== 0,
  };
});

// What Federation adds stands below the service's own types (Apollo Federation subgraph specification).
const sdl = `
type BikeStation @key(fields: "code") {
  code: ID!
  name: String!
  district: Int!
  capacity: Int!
  bikes: Int!
  open: Boolean!
}

type Query {
  bikeStations(codes: [ID!], districts: [Int!]): [BikeStation!]!
}
`;
const schema = buildSchema(`${sdl}
directive @key(fields: String!) repeatable on OBJECT
scalar _Any
union _Entity = BikeStation
type _Service { sdl: String! }
extend type Query {
  _entities(representations: [_Any!]!): [_Entity]!
  _service: _Service!
}
`);

const rootValue = {
  bikeStations: ({ codes, districts: wanted }) =>
    stations.filter(
      ({ code, district }) => (codes == null || codes.includes(code)) && (wanted == null || wanted.includes(district)),
    ),
  _entities: ({ representations }) =>
    representations.map(({ code }) => {
      const found = stations.find((station) => station.code === code);
      return found === undefined ? null : { __typename: "BikeStation", ...found };
    }),
  _service: { sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])\n${sdl}` },
};

const answerTo = keptAnswers(async (body) => {
  const { query, variables, operationName } = JSON.parse(body);
  return graphql({ schema, source: query, rootValue, variableValues: variables, operationName });
});

const counted = countRequests();
await listen(
  createServer(async (request, response) => {
    if (counted.tell(request, response)) return;
    const answer = await answerTo(await text(request));
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  }),
);
