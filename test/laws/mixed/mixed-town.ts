// The laws' town over five kinds of services: which table lies where, and the services themselves.
import type { Source } from "../../../src/sources/index.js";
import { lawsSchema, tableShapes, type Tables } from "../town.js";
import { brokerTables } from "./broker-tables.js";
import { fileTables, type FileTables } from "./file-tables.js";
import type { Front } from "./front.js";
import { graphqlTables } from "./graphql-tables.js";
import { restTables } from "./rest-tables.js";
import type { TableService, Touched } from "./served.js";
import { sqlTables } from "./sql-tables.js";

export type Kind = "postgres" | "rest" | "graphql" | "ngsi-ld" | "files";
/** Which kind of service holds each table. `Person` is in no broker: its column `id` would be the entity's URI. */
export type Layout = Readonly<Record<"person" | "house" | "account" | "payment" | "place" | "secret", Kind>>;

/** Every kind holds something, and each table is met in several. */
export const layouts: readonly [Layout, ...Layout[]] = [
  { person: "postgres", house: "graphql", account: "rest", payment: "ngsi-ld", place: "files", secret: "rest" },
  { person: "rest", house: "files", account: "ngsi-ld", payment: "graphql", place: "postgres", secret: "ngsi-ld" },
  { person: "graphql", house: "rest", account: "files", payment: "postgres", place: "ngsi-ld", secret: "files" },
  { person: "files", house: "postgres", account: "graphql", payment: "rest", place: "graphql", secret: "graphql" },
];

export interface MixedTown {
  readonly layout: Layout;
  readonly schema: string;
  /** By the name that the schema gives them, which is the kind. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly fronts: ReadonlyMap<Kind, Front>;
  readonly files: FileTables;
  /** What the services were asked, as they saw it. */
  readonly touched: Touched[];
  /** A source as after a start of the gateway: its circuit is closed, nothing is kept. */
  renew(kind: Kind): Promise<void>;
  fill(tables: Tables): Promise<void>;
  close(): Promise<void>;
}

/** @param timeoutMs what an HTTP service is given for one answer; by default more than a busy machine takes */
export async function openMixedTown(layout: Layout, timeoutMs = 20_000): Promise<MixedTown> {
  const touched: Touched[] = [];
  const held = (kind: Kind): string[] =>
    Object.keys(tableShapes).filter((table) => layout[table as keyof Layout] === kind);
  const http = [
    await restTables(held("rest"), touched, timeoutMs),
    await graphqlTables(held("graphql"), touched, timeoutMs),
    await brokerTables(held("ngsi-ld"), touched, timeoutMs),
  ];
  const files = fileTables(held("files"), touched);
  const services: TableService[] = [...http, files, await sqlTables(held("postgres"), touched)];
  const schema = Object.entries(layout).reduce((text, [table, kind]) => {
    const from = services.find(({ name }) => name === kind)?.from(table) ?? "";
    return text.replace(new RegExp(`source: "\\w+", from: "public\\.${table}"`), `source: "${kind}", from: "${from}"`);
  }, lawsSchema);
  const opened = new Map(services.map((service) => [service.name, service.open()]));
  const sources = new Map(
    [...opened].map(([name, source]) => [name, standingFor(source, () => opened.get(name) ?? source)]),
  );
  return {
    layout,
    schema,
    sources,
    fronts: new Map(http.map(({ name, front }) => [name as Kind, front])),
    files,
    touched,
    renew: async (kind) => {
      await opened.get(kind)?.close();
      const service = services.find(({ name }) => name === kind);
      if (service !== undefined) opened.set(kind, service.open());
    },
    fill: async (tables) => {
      for (const service of services) await service.fill(tables);
    },
    close: async () => {
      for (const source of opened.values()) await source.close();
      for (const service of services) await service.close();
    },
  };
}

const standingFor = ({ name, kind, abilities }: Source, current: () => Source): Source => ({
  name,
  kind,
  abilities,
  page: (request, bounds) => current().page(request, bounds),
  byKeys: (request, bounds) => current().byKeys(request, bounds),
  count: (request, bounds) => current().count(request, bounds),
  describe: (from, bounds) => current().describe(from, bounds),
  close: () => Promise.resolve(),
});
