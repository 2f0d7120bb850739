// The conformance fixture behind a real GraphQL server, a Federation subgraph with a paged list.
import { buildSchema, GraphQLError } from "graphql";
import type { IncomingMessage } from "node:http";
import { graphqlOverHttp } from "../../src/demo/mobility-service.js";
import { type GraphqlSettings, graphqlSource } from "../../src/sources/graphql/index.js";
import type { Column, Source } from "../../src/sources/index.js";
import type { ServiceUnderTest } from "./conformance.js";
import { httpStand } from "./http-stand.js";
import { asJson, byCodePoint, type Fixture } from "./reference.js";
import { type Names, renamedColumn, renamedSource } from "./renamed-source.js";

const names: Names = { from: { "public.people": "Person" }, columns: { 'at "quoted"': "at" } };

const schema = buildSchema(`
  scalar _Any
  scalar Long
  scalar Geo
  union _Entity = Person
  type Person { id: Int! label: String parent: Int big: Long amount: Float flag: Boolean day: String at: String place: Geo }
  type Page { nodes: [Person!]! pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Query {
    people(ids: [Int!], parents: [Int], flag: Boolean, first: Int, after: String): Page!
    _entities(representations: [_Any!]!): [_Entity]!
  }
`);

interface Listed {
  readonly ids?: readonly number[];
  readonly parents?: readonly number[];
  readonly flag?: boolean;
  readonly first: number;
  readonly after?: string;
}

/** `readable`: fields that an account of ours may read; null for all. */
function root(fixture: Fixture, readable: ReadonlySet<string> | null) {
  const people = fixture.rows.map((row) => {
    const cells = fixture.columns.map((column, i): readonly [string, unknown] => [
      renamedColumn(names, column).name,
      asJson(column, row[i] ?? null),
    ]);
    const plain = Object.fromEntries(cells);
    const fields = cells.map(([name, value]) => {
      const read = () => {
        if (readable !== null && !readable.has(name)) throw new GraphQLError(`${name} is not for you`);
        return value;
      };
      return [name, read] as const;
    });
    return { plain, object: { __typename: "Person", ...Object.fromEntries(fields) } };
  });
  return {
    people({ ids, parents, flag, first, after }: Listed) {
      const kept = people
        .filter(({ plain }) => ids === undefined || ids.includes(Number(plain["id"])))
        .filter(({ plain }) => parents === undefined || parents.includes(Number(plain["parent"] ?? NaN)))
        .filter(({ plain }) => flag === undefined || plain["flag"] === flag);
      const start = Number(after ?? 0);
      const end = start + Math.min(first, 20);
      return {
        nodes: kept.slice(start, end).map(({ object }) => object),
        pageInfo: { hasNextPage: end < kept.length, endCursor: String(end) },
      };
    },
    _entities: ({ representations }: { representations: readonly { id: number }[] }) =>
      representations.map(({ id }) => people.find(({ plain }) => plain["id"] === id)?.object ?? null),
  };
}

const settings = (url: string, more: Partial<GraphqlSettings> = {}): GraphqlSettings & { name: string } => ({
  kind: "graphql",
  name: "people",
  url,
  datasets: {
    Person: {
      key: ["id"],
      entities: true,
      list: {
        field: "people",
        keyArgument: "ids: [Int!]",
        filters: { parent: "parents: [Int]", flag: "flag: Boolean" },
        connection: "relay",
        rows: "nodes",
        pageSize: 30,
      },
    },
  },
  ...more,
});

export async function graphqlService(fixture: Fixture): Promise<ServiceUnderTest> {
  const accounts = new Map<string, ReturnType<typeof graphqlOverHttp>>();
  const accountOf = (request: IncomingMessage) => {
    const header = String(request.headers["x-readable"] ?? "");
    const known = accounts.get(header);
    if (known !== undefined) return known;
    const made = graphqlOverHttp(schema, root(fixture, header === "" ? null : new Set(header.split(","))));
    accounts.set(header, made);
    return made;
  };
  const stand = await httpStand((request, response) => accountOf(request)(request, response));
  const url = `${stand.origin}/graphql`;
  const connect = (more: Partial<GraphqlSettings> = {}): Source =>
    renamedSource(graphqlSource(settings(url, more)), names);
  return {
    source: connect(),
    hasty: connect({ timeoutMs: 300 }),
    patient: connect({ timeoutMs: 60_000 }),
    compareText: byCodePoint,
    readingOnly: async (columns: readonly Column[]) =>
      connect({ headers: { "x-readable": columns.map((column) => renamedColumn(names, column).name).join(",") } }),
    async stall() {
      const release = stand.stall();
      return async () => release();
    },
    working: async () => stand.working(),
    gone: () => connect({ url: "http://127.0.0.1:1/graphql" }),
    stop: () => stand.close(),
  };
}
