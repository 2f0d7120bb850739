// What a service may send in place of its answer. Left out is only what no check can tell: other values for a row that was
// asked for, a row that is said not to exist.
import { gzipSync } from "node:zlib";
import { somebody } from "../../sources/hostile-answers.js";
import { columnsOf } from "./served.js";
import type { Answer, Exchange, Lie } from "./front.js";

type Json = Readonly<Record<string, unknown>>;
const json = { "content-type": "application/json" };
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An answer whose rows are others. */
function bent({ kind }: Exchange, answer: Answer, change: (rows: readonly Json[]) => readonly Json[]): Answer {
  const body = JSON.parse(answer.text) as unknown;
  const given = (value: unknown): readonly Json[] =>
    change((Array.isArray(value) ? value : [value]).filter((row) => isObject(row)));
  const made = (): unknown => {
    if (kind === "ngsi-ld") return given(body);
    const { data, row, ...rest } = body as Json;
    if (kind === "rest") {
      if (row !== undefined) return { ...rest, row: given(row)[0] ?? null };
      return { ...rest, data: { rows: given((data as Json)["rows"]) } };
    }
    const fields = Object.entries(data as Json).map(([name, field]) => {
      return [
        name,
        Array.isArray(field) ? given(field) : { ...(field as Json), nodes: given((field as Json)["nodes"]) },
      ];
    });
    return { ...rest, data: Object.fromEntries(fields) as unknown };
  };
  return { ...answer, text: JSON.stringify(made()) };
}

/** The same question without its conditions, or with its keys in another sequence; null where it has none. */
function unfiltered({ kind, path, body }: Exchange): { readonly path?: string; readonly body?: string } | null {
  if (kind === "graphql") {
    const { query, variables } = JSON.parse(body) as { query: string; variables: Json };
    const isByKey = query.includes("_entities");
    const other = (value: unknown): unknown => (!Array.isArray(value) ? value : isByKey ? value.toReversed() : null);
    const changed = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, other(value)]));
    const isAsked = Object.values(variables).some((value) => Array.isArray(value));
    return isAsked ? { body: JSON.stringify({ query, variables: changed }) } : null;
  }
  const url = new URL(path, "http://service.invalid");
  const conditions = kind === "rest" ? [...url.searchParams.keys()].filter((name) => !["fields", "start", "size"].includes(name)) : ["q", "id"]; // prettier-ignore
  const told = conditions.filter((name) => url.searchParams.has(name));
  for (const name of told) url.searchParams.delete(name);
  return told.length > 0 ? { path: url.pathname + url.search } : null;
}

/** A lie told by other rows. @param change null: it cannot be told here */
const byRows =
  (change: (rows: readonly Json[]) => readonly Json[] | null): Lie =>
  async (exchange) => {
    const honest = await exchange.honest();
    let told = false;
    const ok = honest.status === 200;
    const answer = ok ? bent(exchange, honest, (rows) => {
      const changed = change(rows);
      told ||= changed !== null;
      return changed ?? rows;
    }) : honest; // prettier-ignore
    exchange.reply(answer);
    return told;
  };

const byUnfiltered =
  (change: (rows: readonly Json[], all: readonly Json[]) => readonly Json[]): Lie =>
  async (exchange) => {
    const other = unfiltered(exchange);
    if (other === null) {
      exchange.reply(await exchange.honest());
      return false;
    }
    const [honest, whole] = [await exchange.honest(), await exchange.honest(other)];
    const all: Json[] = [];
    bent(exchange, whole, (rows) => (all.push(...rows), rows));
    exchange.reply(bent(exchange, honest, (rows) => change(rows, all)));
    return true;
  };

const instead =
  (tell: (exchange: Exchange) => void): Lie =>
  (exchange) => {
    tell(exchange);
    return Promise.resolve(true);
  };

const mistyped = (value: unknown): unknown => {
  if (isObject(value) && "value" in value) return { ...value, value: mistyped(value["value"]) };
  if (typeof value === "string") return 17;
  return typeof value === "number" ? `${value} ${somebody}` : { value: somebody };
};
const plain = (name: string): boolean => !["id", "type", "__typename"].includes(name);

const megabyte = Buffer.alloc(1_000_000, `"${somebody}",`);
/** Bytes that an endless answer was drained of: never made at once, and never all. */
const endless = instead(({ response }) => {
  response.writeHead(200, { ...json, "content-length": "5000000000" });
  const more = (): void => {
    while (!response.destroyed && response.write(megabyte));
  };
  response.on("drain", more).on("error", () => undefined);
  more();
});
/** One gzip member of 10 MB of blanks, sent a hundred times (RFC 1952, section 2.2: members follow each other). */
const member = gzipSync(Buffer.alloc(10_000_000, " "));
const bomb = instead(({ response }) => {
  response.writeHead(200, { ...json, "content-encoding": "gzip" });
  response.on("error", () => undefined);
  response.end(Buffer.concat(Array.from({ length: 100 }, () => member)));
});
const drop = instead(({ response }) => {
  response.writeHead(200, json).write("[");
  const clock = setInterval(() => response.write(" "), 100);
  response.on("close", () => clearInterval(clock));
});

const reset: Lie = async ({ honest, response }) => {
  const { status, text } = await honest();
  response.writeHead(status, json);
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
  return true;
};

/** Where a redirect of a lie leads; nobody may come. */
export const trapPath = "/api/trap";

/** @param trap an origin where nobody may come */
export const liesWith = (trap: string): Readonly<Record<string, Lie>> => ({
  "ignores conditions": byUnfiltered((_, all) => all),
  "rows of other keys": byUnfiltered((rows, all) => all.filter((row) => !rows.some((one) => JSON.stringify(one) === JSON.stringify(row))).slice(0, rows.length)), // prettier-ignore
  "rows beyond those asked for": byUnfiltered((rows, all) => [...rows, ...all.slice(0, 2)]),
  "rows twice": byRows((rows) => (rows.length === 0 ? null : rows.flatMap((row) => [row, row]))),
  "half a page": byRows((rows) => (rows.length < 2 ? null : rows.slice(0, Math.floor(rows.length / 2)))),
  "another order": byRows((rows) => (rows.length < 2 ? null : [...rows].reverse())),
  "fields beyond those asked for": byRows(
    (rows) =>
    rows.length === 0 ? null : rows.map((row) => ({ ...Object.fromEntries([...columnsOf("person"), "secret"].map((name) => [name, somebody])), ...row })), // prettier-ignore
  ),
  "values of other types": byRows(
    (rows) =>
    rows.length === 0 ? null : rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(name) ? mistyped(value) : value]))), // prettier-ignore
  ),
  "half a JSON": async (exchange) => {
    const honest = await exchange.honest();
    exchange.reply({ ...honest, text: honest.text.slice(0, Math.floor(honest.text.length / 2)) });
    return true;
  },
  "another type of content": async (exchange) => {
    const honest = await exchange.honest();
    exchange.reply({ ...honest, headers: { ...honest.headers, "content-type": "text/html; charset=latin1" } });
    return true;
  },
  "an error as an answer": instead(({ kind, reply }) => {
    const error = kind === "graphql" ? { data: null, errors: [{ message: somebody }] } : { error: somebody, detail: somebody }; // prettier-ignore
    reply({ status: 200, headers: json, text: JSON.stringify(error) });
  }),
  "an error about somebody": instead(({ reply }) => reply({ status: 500, headers: json, text: somebody })),
  "a redirect elsewhere": instead(({ reply }) =>
    reply({ status: 302, headers: { location: `${trap}/elsewhere` }, text: somebody }),
  ),
  "a redirect to itself": instead(({ reply }) => reply({ status: 307, headers: { location: trapPath }, text: "" })),
  "a header without end": async (exchange) => {
    const honest = await exchange.honest();
    exchange.response.on("error", () => undefined);
    exchange.reply({ ...honest, headers: { ...honest.headers, "x-long": "x".repeat(1_000_000) } });
    return true;
  },
  "a connection that breaks": reset,
  "a byte now and then": drop,
  "5 GB": endless,
  "1 GB in a small archive": bomb,
});

export const lieNames: readonly string[] = Object.keys(liesWith(""));
