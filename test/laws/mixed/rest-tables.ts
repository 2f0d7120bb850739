// Tables behind a REST service that filters, chooses fields, pages with a total and finds single rows.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { openSources, type SourceSettings } from "../../../src/sources/index.js";
import { httpStand } from "../../sources/http-stand.js";
import type { Tables } from "../town.js";
import { Front } from "./front.js";
import { columnsOf, comparable, keysOfTables, type TableService, type Touched, written } from "./served.js";

type Json = Readonly<Record<string, unknown>>;
const pageSize = 4;

function settingsOf(url: string, tables: readonly string[], timeoutMs: number): SourceSettings {
  const lists = Object.fromEntries(
    tables.map((table) => {
      const [key, ...more] = keysOfTables[table] ?? [];
      const filters = Object.fromEntries(
        comparable(table).map((column) => [column, { param: column, style: "repeat" as const, batch: 4 }]),
      );
      return [
        table,
        {
          items: "data.rows",
          filters,
          fields: { param: "fields", style: "comma" as const },
          page: {
            style: "offset" as const,
            param: "start",
            sizeParam: "size",
            size: pageSize,
            total: "meta.total",
          },
          ...(key !== undefined && more.length === 0
            ? { byKeys: { [key]: { path: `/${table}/{key}`, item: "row" } } }
            : {}),
        },
      ];
    }),
  );
  return { kind: "rest", url: `${url}/api`, lists, timeoutMs, maxBytes: 5_000_000, maxRequests: 100 };
}

export async function restTables(
  tables: readonly string[],
  touched: Touched[],
  timeoutMs: number,
): Promise<TableService & { front: Front }> {
  const rows = new Map<string, readonly Json[]>();
  const stand = await httpStand((request, response) => answer(request, response, rows, touched));
  const front = await Front.open(stand.origin, "rest");
  return {
    name: "rest",
    front,
    from: (table) => table,
    open: () => {
      const source = openSources(new Map([["rest", settingsOf(front.origin, tables, timeoutMs)]])).get("rest");
      if (source === undefined) throw new Error("not opened");
      return source;
    },
    fill: (all: Tables) => {
      for (const table of tables)
        rows.set(
          table,
          (all[table] ?? []).map((row) => written(table, row)),
        );
    },
    close: async () => {
      await front.close();
      await stand.close();
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  rows: ReadonlyMap<string, readonly Json[]>,
  touched: Touched[],
): void {
  const url = new URL(request.url ?? "/", "http://service.invalid");
  const [, table = "", key] = /^\/api\/(\w+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const all = rows.get(table);
  if (all === undefined) {
    response.writeHead(404).end();
    return;
  }
  const query = url.searchParams;
  const fields = query.get("fields")?.split(",") ?? columnsOf(table);
  const conditions = columnsOf(table).filter((column) => query.has(column));
  touched.push({ service: "rest", table, columns: [...fields, ...conditions] });
  const narrow = (row: Json): Json => Object.fromEntries(fields.map((field) => [field, row[field]]));
  const [keyColumn = ""] = keysOfTables[table] ?? [];
  const wanted = key === undefined ? null : decodeURIComponent(key);
  const kept = all
    .filter((row) => wanted === null || String(row[keyColumn]) === wanted)
    .filter((row) => conditions.every((column) => query.getAll(column).includes(String(row[column]))));
  const [found] = kept;
  if (wanted !== null && found === undefined) response.writeHead(404).end();
  else if (wanted !== null && found !== undefined) send(request, response, { row: narrow(found) });
  else {
    const start = Number(query.get("start") ?? 0);
    const page = kept.slice(start, start + Number(query.get("size") ?? pageSize));
    send(request, response, { data: { rows: page.map(narrow) }, meta: { total: kept.length } });
  }
}

function send(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha1").update(text).digest("base64url")}"`;
  if (request.headers["if-none-match"] === etag) response.writeHead(304, { etag }).end();
  else response.writeHead(200, { "content-type": "application/json", etag }).end(text);
}
