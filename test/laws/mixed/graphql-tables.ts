// Tables behind a GraphQL service: a Federation subgraph, with a paged list for each table.
import { buildSchema, Kind, type GraphQLResolveInfo, type SelectionNode } from "graphql";
import { graphqlOverHttp } from "../../../src/demo/mobility-service.js";
import { openSources, type SourceSettings } from "../../../src/sources/index.js";
import { httpStand } from "../../sources/http-stand.js";
import { tableShapes, type Tables } from "../town.js";
import { Front } from "./front.js";
import { comparable, keysOfTables, type TableService, type Touched, written } from "./served.js";

type Json = Readonly<Record<string, unknown>>;
const pageSize = 5;

const scalars: Readonly<Record<string, string>> = { int: "Int", "double precision": "Float", boolean: "Boolean" };
const scalarOf = (table: string, column: string): string =>
  scalars[tableShapes[table]?.columns[column] ?? ""] ?? "String";
const argument = (table: string, column: string): string => `${column}: [${scalarOf(table, column)}]`;

const schemaOf = (tables: readonly string[]) =>
  buildSchema(`
    scalar _Any
    union _Entity = ${tables.join(" | ")}
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    ${tables
      .map((table) => {
        const fields = Object.keys(tableShapes[table]?.columns ?? {}).map((c) => `${c}: ${scalarOf(table, c)}`);
        return `type ${table} { ${fields.join(" ")} } type ${table}Page { nodes: [${table}]! pageInfo: PageInfo! }`;
      })
      .join("\n")}
    type Query {
      ${tables
        .map((table) => {
          const filters = comparable(table).map((column) => argument(table, column));
          return `${table}s(${filters.join(" ")} first: Int after: String): ${table}Page!`;
        })
        .join("\n")}
      _entities(representations: [_Any!]!): [_Entity]!
    }
  `);

const settingsOf = (url: string, tables: readonly string[], timeoutMs: number): SourceSettings => ({
  kind: "graphql",
  url: `${url}/graphql`,
  timeoutMs,
  maxBytes: 5_000_000,
  datasets: Object.fromEntries(
    tables.map((table) => {
      const key = keysOfTables[table] ?? [];
      const filters = Object.fromEntries(comparable(table).map((column) => [column, argument(table, column)]));
      const list = { field: `${table}s`, filters, connection: "relay" as const, rows: "nodes", pageSize };
      return [table, { key, entities: true, list }];
    }),
  ),
});

export async function graphqlTables(
  tables: readonly string[],
  touched: Touched[],
  timeoutMs: number,
): Promise<TableService & { front: Front }> {
  const rows = new Map<string, readonly Json[]>();
  const listener = graphqlOverHttp(schemaOf(tables), rootOf(tables, rows, touched));
  const stand = await httpStand(listener);
  const front = await Front.open(stand.origin, "graphql");
  return {
    name: "graphql",
    front,
    from: (table) => table,
    open: () => {
      const source = openSources(new Map([["graphql", settingsOf(front.origin, tables, timeoutMs)]])).get("graphql");
      if (source === undefined) throw new Error("not opened");
      return source;
    },
    fill: (all: Tables) => {
      for (const table of tables)
        rows.set(table, (all[table] ?? []).map((row) => ({ __typename: table, ...written(table, row) }))); // prettier-ignore
    },
    close: async () => {
      await front.close();
      await stand.close();
    },
  };
}

interface Listed {
  readonly first?: number;
  readonly after?: string;
}

function rootOf(tables: readonly string[], rows: ReadonlyMap<string, readonly Json[]>, touched: Touched[]): object {
  const list =
    (table: string) => (given: Listed & Readonly<Record<string, unknown>>, _: unknown, info: GraphQLResolveInfo) => {
      const { first = pageSize, after = "0", ...filters } = given;
      const conditions = Object.entries(filters).filter(([, values]) => Array.isArray(values));
      touched.push({
        service: "graphql",
        table,
        columns: [...conditions.map(([name]) => name), ...leavesOf(info, "nodes")],
      });
      const kept = (rows.get(table) ?? []).filter((row) =>
        conditions.every(([column, values]) => (values as unknown[]).includes(row[column])),
      );
      const [start, end] = [Number(after), Number(after) + Math.min(first, pageSize)];
      return {
        nodes: kept.slice(start, end),
        pageInfo: { hasNextPage: end < kept.length, endCursor: String(end) },
      };
    };
  return {
    ...Object.fromEntries(tables.map((table) => [`${table}s`, list(table)])),
    _entities: ({ representations }: { representations: readonly Json[] }, _: unknown, info: GraphQLResolveInfo) =>
      representations.map((one) => {
        const table = String(one["__typename"]);
        const key = keysOfTables[table] ?? [];
        touched.push({ service: "graphql", table, columns: [...key, ...leavesOf(info, null)] });
        return (rows.get(table) ?? []).find((row) => key.every((column) => row[column] === one[column])) ?? null;
      }),
  };
}

/** Names of the fields that the operation selects. @param below the field whose leaves are meant; null: all */
function leavesOf(info: GraphQLResolveInfo, below: string | null): string[] {
  const leaves = (selections: readonly SelectionNode[], inside: boolean): string[] =>
    selections.flatMap((node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) throw new Error("nobody sends fragments by name");
      const within = inside || (node.kind === Kind.FIELD && node.name.value === below);
      if (node.selectionSet !== undefined) return leaves(node.selectionSet.selections, within);
      return node.kind === Kind.FIELD && within && node.name.value !== "__typename" ? [node.name.value] : [];
    });
  return info.fieldNodes.flatMap((node) => leaves(node.selectionSet?.selections ?? [], below === null));
}
