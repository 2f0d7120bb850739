// Rivemont's bike stations, as another team would serve them: a GraphQL service of its own, a subgraph of Apollo
// Federation. It knows nothing of the gateway.
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSchema, graphql, type GraphQLSchema } from "graphql";
import { Chance } from "./random.js";
import { districts } from "./town.js";

export interface DemoService {
  readonly url: string;
  /** How many have come. */
  readonly requests: number;
  close(): Promise<void>;
}

const sdl = `
"A place where bikes are taken and brought back."
type BikeStation @key(fields: "code") {
  code: ID!
  name: String!
  "Number of the district."
  district: Int!
  capacity: Int!
  bikes: Int!
  electricBikes: Int!
  freeDocks: Int!
  open: Boolean!
  location: Position!
  "When its counts were last told; null for a station that is silent."
  reported: String
}

type Position {
  lat: Float!
  lon: Float!
}

type BikeStationConnection {
  edges: [BikeStationEdge!]!
  nodes: [BikeStation!]!
  pageInfo: PageInfo!
}

type BikeStationEdge {
  cursor: String!
  node: BikeStation!
}

type PageInfo {
  hasNextPage: Boolean!
  endCursor: String
}

type Query {
  bikeStations(codes: [ID!], first: Int, after: String): BikeStationConnection!
}
`;

/** What Federation adds (Apollo Federation subgraph specification). */
const federation = `
directive @key(fields: String!) repeatable on OBJECT
scalar _Any
union _Entity = BikeStation
type _Service { sdl: String! }
extend type Query {
  _entities(representations: [_Any!]!): [_Entity]!
  _service: _Service!
}
`;

const linked = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])\n${sdl}`;

const stationsInTown = 80;
const mostPerPage = 100;

/** The same on every machine. */
function bikeStations() {
  const chance = new Chance(1817);
  return Array.from({ length: stationsInTown }, (_, i) => {
    const { id: district, name } = districts[i % districts.length] ?? { id: 1, name: "Centre-Ville" };
    const capacity = chance.between(8, 30);
    const isOpen = !chance.in(0.05);
    const bikes = isOpen ? chance.between(0, capacity) : 0;
    const minute = chance.between(0, 59);
    return {
      code: `RV-${String(i + 1).padStart(3, "0")}`,
      name: `${name} ${String(Math.floor(i / districts.length) + 1)}`,
      district,
      capacity,
      bikes,
      electricBikes: Math.min(bikes, chance.between(0, 6)),
      freeDocks: capacity - bikes,
      open: isOpen,
      location: {
        lat: Number((48.21 + chance.next() * 0.06).toFixed(5)),
        lon: Number((3.27 + chance.next() * 0.09).toFixed(5)),
      },
      reported: chance.in(0.04) ? null : `2026-11-22T08:${String(minute).padStart(2, "0")}:00+01:00`,
    };
  });
}

type Station = ReturnType<typeof bikeStations>[number];

const cursorOf = ({ code }: Station): string => Buffer.from(code).toString("base64url");

function connection(all: readonly Station[], first: number, after: string | null) {
  const start = after === null ? 0 : all.findIndex((station) => cursorOf(station) === after) + 1;
  const nodes = all.slice(start, start + Math.min(first, mostPerPage));
  const last = nodes.at(-1);
  return {
    nodes,
    edges: nodes.map((node) => ({ node, cursor: cursorOf(node) })),
    pageInfo: {
      hasNextPage: start + nodes.length < all.length,
      endCursor: last === undefined ? null : cursorOf(last),
    },
  };
}

function mobilityRoot() {
  const stations = bikeStations();
  const byCode = new Map(stations.map((station) => [station.code, station]));
  return {
    bikeStations({ codes, first, after }: { codes?: readonly string[]; first?: number; after?: string }) {
      const wanted = codes === undefined ? null : new Set(codes);
      const all = wanted === null ? stations : stations.filter(({ code }) => wanted.has(code));
      return connection(all, first ?? mostPerPage, after ?? null);
    },
    _service: { sdl: linked },
    _entities: ({ representations }: { representations: readonly { __typename?: string; code?: unknown }[] }) =>
      representations.map(({ __typename, code }) => {
        const station = __typename === "BikeStation" ? byCode.get(String(code)) : undefined;
        return station === undefined ? null : { __typename, ...station };
      }),
  };
}

const mostBytes = 1_000_000;

/** Answers `POST /graphql` as the GraphQL over HTTP specification says, without its finer points. */
export function graphqlOverHttp(schema: GraphQLSchema, rootValue: unknown): RequestListener {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const refuse = (status: number, message: string) => send(status, { errors: [{ message }] });
    if (request.url !== "/graphql") return refuse(404, "There is nothing here: ask /graphql.");
    if (request.method !== "POST") return refuse(405, "Operations are posted.");
    const text = await bodyText(request);
    if (text === null) return refuse(413, "This operation is too long.");
    const { query, variables } = parameters(text);
    if (query === null) return refuse(400, 'The body is JSON: {"query": "…", "variables": {…}}.');
    return send(200, await graphql({ schema, rootValue, source: query, variableValues: variables }));
  };
  return (request, response) => {
    answer(request, response).catch(() => response.destroy());
  };
}

async function bodyText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parameters(text: string): { query: string | null; variables: Record<string, unknown> } {
  try {
    const json = JSON.parse(text) as { query?: unknown; variables?: Record<string, unknown> | null } | null;
    return { query: typeof json?.query === "string" ? json.query : null, variables: json?.variables ?? {} };
  } catch {
    return { query: null, variables: {} };
  }
}

/** Listens on the loopback address, on a free port unless told. */
export async function startMobility(port = 0): Promise<DemoService> {
  const answer = graphqlOverHttp(buildSchema(sdl + federation), mobilityRoot());
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    get requests() {
      return requests;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
