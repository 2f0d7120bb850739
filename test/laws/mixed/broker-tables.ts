// Tables behind an NGSI-LD context broker: a type for each table, an attribute for each column that is not null.
import { contextBroker } from "../../../src/demo/context-broker.js";
import { openSources, type SourceSettings } from "../../../src/sources/index.js";
import { httpStand } from "../../sources/http-stand.js";
import type { Tables } from "../town.js";
import { Front } from "./front.js";
import { columnsOf, keysOfTables, type TableService, type Touched, written } from "./served.js";

const keyOf = (table: string): string => keysOfTables[table]?.[0] ?? "";

const settingsOf = (url: string, tables: readonly string[], timeoutMs: number): SourceSettings => ({
  kind: "ngsi-ld",
  url,
  tenant: "town",
  // Every entity has its key: with it among the attributes asked for, none is left out.
  always: Object.fromEntries(tables.map((table) => [table, keyOf(table)])),
  pageSize: 5,
  timeoutMs,
  maxBytes: 5_000_000,
});

const entitiesOf = (tables: readonly string[], all: Tables) =>
  tables.flatMap((table) =>
    (all[table] ?? []).map((row) => {
      const attributes = Object.entries(written(table, row)).flatMap(([name, value]) =>
        value === null ? [] : [[name, { type: "Property", value }] as const],
      );
      return {
        id: `urn:ngsi-ld:${table}:${String(row[keyOf(table)])}`,
        type: table,
        ...Object.fromEntries(attributes),
      };
    }),
  );

export async function brokerTables(
  tables: readonly string[],
  touched: Touched[],
  timeoutMs: number,
): Promise<TableService & { front: Front }> {
  let broker = contextBroker([], ["town"]);
  const stand = await httpStand((request, response) => {
    const query = new URL(request.url ?? "/", "http://broker.invalid").searchParams;
    for (const table of query.get("type")?.split(",") ?? []) {
      const conditions = query.get("q")?.match(/[A-Za-z_]\w*(?=[=!<>;|)]|$)/g) ?? [];
      // A page of nothing is asked for its count alone.
      const attributes = query.get("limit") === "0" ? [] : (query.get("attrs")?.split(",") ?? columnsOf(table));
      const known = conditions.filter((name) => columnsOf(table).includes(name));
      touched.push({ service: "ngsi-ld", table, columns: [...attributes, ...known] });
    }
    broker(request, response);
  });
  const front = await Front.open(stand.origin, "ngsi-ld");
  return {
    name: "ngsi-ld",
    front,
    from: (table) => table,
    open: () => {
      const source = openSources(new Map([["ngsi-ld", settingsOf(front.origin, tables, timeoutMs)]])).get("ngsi-ld");
      if (source === undefined) throw new Error("not opened");
      return source;
    },
    fill: (all: Tables) => {
      broker = contextBroker(entitiesOf(tables, all), ["town"]);
    },
    close: async () => {
      await front.close();
      await stand.close();
    },
  };
}
