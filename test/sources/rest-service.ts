// The conformance fixture behind a real HTTP server that lists, filters, pages and finds as REST services do.
import type { IncomingMessage, ServerResponse } from "node:http";
import { restSource } from "../../src/sources/rest/index.js";
import type { RestList, RestSettings } from "../../src/sources/rest/settings.js";
import type { Column, Source } from "../../src/sources/index.js";
import type { Value } from "../../src/terms/index.js";
import type { ServiceUnderTest } from "./conformance.js";
import { httpStand } from "./http-stand.js";
import { asJson, byCodePoint, type Fixture } from "./reference.js";

function sendJson(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export type Styled = "none" | "page" | "page-total" | "offset" | "offset-total" | "cursor" | "link";

const size = 20;
const sized = { sizeParam: "size", size };
const paging: Readonly<Record<Styled, RestList["page"]>> = {
  none: { style: "none" },
  page: { style: "page", param: "page", ...sized },
  "page-total": { style: "page", param: "page", first: 0, total: "meta.total", ...sized },
  offset: { style: "offset", param: "start", ...sized },
  "offset-total": { style: "offset", param: "start", total: "meta.total", ...sized },
  cursor: { style: "cursor", param: "after", next: "meta.next", ...sized },
  link: { style: "link", ...sized },
};

const filters: RestList["filters"] = {
  id: { param: "ids", style: "comma", batch: 20 },
  label: { param: "label", style: "repeat", batch: 4 },
  parent: { param: "parent", style: "comma" },
  flag: { param: "flag", style: "single" },
  day: { param: "on", style: "single" },
};

export interface Shape {
  readonly style: Styled;
  /** The service filters, finds single rows and sends chosen fields. */
  readonly able: boolean;
}

export const restService =
  ({ style, able }: Shape) =>
  async (fixture: Fixture): Promise<ServiceUnderTest> => {
    const objects = fixture.rows.map((row) =>
      Object.fromEntries(fixture.columns.map((column, i) => [column.name, written(column, row[i] ?? null)])),
    );
    const stand = await httpStand((request, response) => {
      answerPeople(request, response, new URL(request.url ?? "", "http://service"), fixture.from, objects, style);
    });
    const list: RestList = {
      items: "data.people",
      page: paging[style],
      ...(able
        ? {
            filters,
            fields: { param: "fields", style: "repeat" },
            byKeys: { id: { path: "/people/{id}", item: "person" } },
          }
        : {}),
    };
    const connect = (more: Partial<RestSettings> = {}): Source =>
      restSource({ name: "people", url: `${stand.origin}/api`, lists: { [fixture.from]: list }, ...more });
    const [source, hasty, patient] = [connect(), connect({ timeoutMs: 300 }), connect({ timeoutMs: 60_000 })];
    return {
      source,
      hasty,
      patient,
      compareText: byCodePoint,
      readingOnly: (columns: readonly Column[]) => {
        const fields = { param: "fields", style: "repeat" } as const;
        const lists = { [fixture.from]: { ...list, fields } };
        return Promise.resolve(
          connect({ lists, headers: { "x-may-read": JSON.stringify(columns.map((c) => c.name)) } }),
        );
      },
      stall() {
        const release = stand.stall();
        return Promise.resolve(() => Promise.resolve(release()));
      },
      working: () => Promise.resolve(stand.working()),
      gone: () => connect({ url: "http://127.0.0.1:1/", headers: { authorization: "password of somebody" } }),
      async stop() {
        await Promise.all([source.close(), hasty.close(), patient.close()]);
        await stand.close();
      },
    };
  };

/** As another program writes it: instants with an offset. */
const written = (column: Column, value: Value): unknown =>
  column.type === "DateTime" && typeof value === "string" ? value.replace("Z", "+00:00") : asJson(column, value);

type Person = Readonly<Record<string, unknown>>;

function answerPeople(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  from: string,
  all: readonly Person[],
  style: Styled,
): void {
  const query = url.searchParams;
  const fields = query.getAll("fields");
  const may = request.headers["x-may-read"];
  if (typeof may === "string") {
    const allowed = JSON.parse(may) as readonly string[];
    if (fields.length === 0 || fields.some((field) => !allowed.includes(field))) {
      response.writeHead(403).end("Élodie may not read that");
      return;
    }
  }
  const narrow = (person: Person): Person =>
    fields.length === 0 ? person : Object.fromEntries(fields.map((field) => [field, person[field] ?? null]));
  if (fields.some((field) => all[0] !== undefined && !Object.hasOwn(all[0], field))) {
    response.writeHead(400).end("Élodie has no such field");
    return;
  }
  const id = /^\/api\/people\/(-?\d+)$/.exec(url.pathname)?.[1];
  const person = all.find((one) => String(one["id"]) === id);
  if (person !== undefined) {
    sendJson(response, { person: narrow(person) });
    return;
  }
  if (url.pathname !== `/api/${from}`) {
    response.writeHead(404).end();
    return;
  }
  const among = (column: string, texts: readonly string[]) => (person: Person) =>
    texts.length === 0 || texts.includes(String(person[column]));
  const ids = query.get("ids")?.split(",") ?? [];
  const parents = query.get("parent")?.split(",") ?? [];
  const kept = all
    .filter(among("id", ids))
    .filter(among("parent", parents))
    .filter(among("label", query.getAll("label")))
    .filter(among("flag", query.getAll("flag")))
    .filter(among("day", query.getAll("on")));
  sendPage(response, url, kept.map(narrow), style);
}

function sendPage(response: ServerResponse, url: URL, kept: readonly Person[], style: Styled): void {
  const query = url.searchParams;
  const most = style === "none" ? kept.length : Number(query.get("size") ?? size);
  const first = style === "page" ? 1 : 0;
  const start =
    style === "page" || style === "page-total"
      ? (Number(query.get("page") ?? first) - first) * most
      : Number(query.get("start") ?? query.get("after") ?? 0);
  const people = kept.slice(start, start + most);
  const more = start + most < kept.length;
  const next = new URL(url.pathname + url.search, "http://service");
  next.searchParams.set("start", String(start + most));
  sendJson(
    response,
    { data: { people }, meta: { total: kept.length, next: more ? start + most : null } },
    style === "link" && more
      ? { link: `<https://elsewhere.example/>; rel="help", <${next.pathname}${next.search}>; rel=next` }
      : {},
  );
}
