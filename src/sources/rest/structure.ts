// What a REST service offers: by its OpenAPI document where there is one, else by a page of each list that the settings name.
import { sampledColumns } from "../sampled-columns.js";
import { type FetchBounds, SourceFailure } from "../source.js";
import type { Structure, StructureColumn, StructureTable } from "../structure.js";
import { isObject } from "./field-path.js";
import { type JsonObject, OpenApiDocument, UnreadableDocument } from "./openapi-document.js";
import { type ProposedPaging, proposedFilters, proposedPaging, queryParams } from "./propose-list.js";
import { pageOf } from "./read-list.js";
import { RestClient } from "./rest-client.js";
import { plainSchema, schemaColumns } from "./schema-columns.js";
import type { RestItem, RestList, RestSettings } from "./settings.js";

const sampledRows = 100;
const mostPaths = 5_000;

/** No cell of the sample stays. @throws SourceFailure */
export async function restStructure(
  settings: RestSettings & { readonly name: string },
  bounds: FetchBounds,
): Promise<Structure> {
  const client = new RestClient(settings.name, settings);
  const notes: string[] = [];
  const tables: StructureTable[] = [];
  try {
    if (Object.keys(settings.lists).length === 0) await knock(client, bounds);
    for (const [from, list] of Object.entries(settings.lists)) {
      const rows = await sampleOf(client, from, list, notes, bounds);
      if (rows === null) continue;
      if (rows.length === 0) notes.push(`${from}: the list is empty, so that nothing is known of its fields.`);
      const columns = sampledColumns(rows);
      const key = Object.keys(list.byKeys ?? {}).filter((name) => columns.some((column) => column.name === name));
      tables.push({ from, description: null, columns, key: key.slice(0, 1), references: [], settings: null });
    }
  } finally {
    client.close();
  }
  if (tables.length > 0)
    notes.push(`Types are learnt from ${sampledRows} rows of each list: another one may hold more.`);
  if (tables.length === 0)
    notes.push("The source names no lists yet: npx passerelle map proposes them from the service's OpenAPI document.");
  return { tables, notes };
}

/** Whether anybody answers, where no list is known. What stands at the root nobody said. @throws SourceFailure */
async function knock(client: RestClient, bounds: FetchBounds): Promise<void> {
  try {
    await client.get(client.http.url({ path: "" }), bounds);
  } catch (error) {
    const answered =
      error instanceof SourceFailure && /^(HTTP 4(?!0[13]|29)|redirect|not JSON|an empty body)/.test(error.detail);
    if (!answered) throw error;
  }
}

/** Null where this one list cannot be read: the others may be. @throws SourceFailure where the service as a whole fails */
async function sampleOf(client: RestClient, from: string, list: RestList, notes: string[], bounds: FetchBounds) {
  try {
    return (await pageOf(client, from, list, bounds)).slice(0, sampledRows).filter(isObject);
  } catch (error) {
    const isOwn = error instanceof SourceFailure && (error.reason === "invalid-answer" || error.detail === "HTTP 404");
    if (!isOwn) throw error;
    notes.push(`${from}: the list cannot be read (${error.detail}).`);
    return null;
  }
}

/** From the document alone: the service is not asked. @throws SourceFailure when the document cannot be taken */
export function openApiStructure(settings: RestSettings & { readonly name: string }, given: unknown): Structure {
  try {
    return structureIn(new OpenApiDocument(given), settings.url);
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    throw new SourceFailure(settings.name, "invalid-answer", `the OpenAPI document: ${error.message}`);
  }
}

function structureIn(document: OpenApiDocument, url: string): Structure {
  const notes: string[] = [];
  const prefix = serverPrefix(document, url, notes);
  const all = Object.entries(objectOf(document.root["paths"]));
  if (all.length > mostPaths) notes.push(`${all.length - mostPaths} more paths than the ${mostPaths} that are read.`);
  const paths = all.slice(0, mostPaths).flatMap(([path, item]) => operationAt(document, path, item));
  const lists = paths.filter(({ path }) => !path.includes("{")).flatMap((one) => listAt(document, one, notes));
  const nested = paths.filter(({ path, body }) => /\{.*\/|\{.*\{/.test(path) && rowsIn(document, body) !== null).length;
  if (nested > 0) notes.push(`${nested} lists below another row's path (/towns/{town}/parks) cannot be read.`);
  const tables = lists.map((list) => tableOf(document, list, paths, prefix));
  const { outside, nowhere } = document.refused;
  if (outside > 0) notes.push("References to other files or addresses are not followed: bring all into one document.");
  if (nowhere > 0) notes.push("Some references of the document lead nowhere.");
  return { tables, notes };
}

const objectOf = (json: unknown): JsonObject => (isObject(json) ? json : {});

/** What stands between the configured address and the document's paths. */
function serverPrefix(document: OpenApiDocument, url: string, notes: string[]): string {
  const servers = document.root["servers"];
  const first: unknown = Array.isArray(servers) ? servers[0] : null;
  const { url: written, variables } = objectOf(first);
  if (typeof written !== "string") return "";
  const filled = written.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const usual = objectOf(objectOf(variables)[name])["default"];
    return typeof usual === "string" ? usual : "";
  });
  const base = trimmed(new URL(url).pathname);
  const path = trimmed(URL.parse(filled, url)?.pathname ?? "");
  if (path === "" || base.endsWith(path)) return "";
  if (path.startsWith(`${base}/`) || base === "") return path.slice(base.length);
  notes.push(`The document's paths lie below ${path}, the source's address ends with ${base}: compare them.`);
  return "";
}

const trimmed = (path: string): string => path.replace(/\/+$/, "");

/** A GET that answers JSON. */
interface Operation {
  readonly path: string;
  readonly get: JsonObject;
  /** Parameters of the path, for each of its operations. */
  readonly shared: unknown;
  readonly body: unknown;
  readonly hasLink: boolean;
}

function operationAt(document: OpenApiDocument, path: string, given: unknown): readonly Operation[] {
  const item = document.object(given);
  const get = document.object(item?.["get"]);
  if (item === null || get === null || !path.startsWith("/") || /[\s#?\\]|\/\.{1,2}(\/|$)/.test(path)) return [];
  const responses = objectOf(get["responses"]);
  const answer = document.object(responses["200"] ?? responses["2XX"] ?? responses["default"]);
  const content = objectOf(answer?.["content"]);
  const json = Object.keys(content).find((type) => /^application\/([\w.-]+\+)?json\b/i.test(type));
  if (json === undefined) return [];
  const hasLink = Object.keys(objectOf(answer?.["headers"])).some((name) => name.toLowerCase() === "link");
  return [{ path, get, shared: item["parameters"], body: objectOf(content[json])["schema"], hasLink }];
}

interface FoundList extends Operation {
  readonly items: string | null;
  readonly row: unknown;
  readonly paging: ProposedPaging;
  readonly params: ReturnType<typeof queryParams>;
}

function listAt(document: OpenApiDocument, operation: Operation, notes: string[]): readonly FoundList[] {
  const rows = rowsIn(document, operation.body);
  if (rows === null) return [];
  const params = queryParams(document, operation.shared, operation.get["parameters"]);
  const paging = proposedPaging(document, params, rows.items === null ? undefined : operation.body, operation.hasLink);
  const needed = params.filter(({ isRequired, name }) => isRequired && !paging.params.has(name));
  if (needed.length > 0) {
    notes.push(
      `${operation.path}: it needs ${needed.map(({ name }) => name).join(", ")}; write a path with it, ?${needed[0]?.name ?? ""}=….`,
    );
    return [];
  }
  if (paging.doubt !== null) notes.push(`${operation.path}: ${paging.doubt}.`);
  return [{ ...operation, ...rows, paging, params }];
}

/** The schema of a row, and where rows stand in the body: it is an array, or an object with one array of objects in it. */
function rowsIn(
  document: OpenApiDocument,
  body: unknown,
): { readonly items: string | null; readonly row: unknown } | null {
  const schema = plainSchema(document, body);
  if (schema?.type === "array") return isRow(document, schema.items) ? { items: null, row: schema.items } : null;
  const arrays = Object.entries(schema?.properties ?? {}).flatMap(([name, given]) => {
    const inner = plainSchema(document, given);
    return inner?.type === "array" && isRow(document, inner.items) ? [{ items: name, row: inner.items }] : [];
  });
  const [only, another] = arrays;
  return only !== undefined && another === undefined && isEnvelope(schema?.properties ?? {}, only.items) ? only : null;
}

const isRow = (document: OpenApiDocument, given: unknown): boolean =>
  plainSchema(document, given)?.properties !== null && plainSchema(document, given) !== null;

/** An object with an array in it may be one row: then it has names of its own, or a name that is no list's. */
const isEnvelope = (properties: JsonObject, items: string): boolean =>
  /^(items|data|results?|rows|records|features|values?|content|list|elements|entries|hits|_?embedded)$/i.test(items) ||
  !Object.keys(properties).some((name) => /^(id|code|name|uuid|nom|slug|ref)$/i.test(name));

function tableOf(
  document: OpenApiDocument,
  list: FoundList,
  paths: readonly Operation[],
  prefix: string,
): StructureTable {
  const { columns, omits } = schemaColumns(document, list.row);
  const byKeys = proposedItems(document, list, columns, paths, prefix);
  const filters = proposedFilters(
    list.params.filter(({ name }) => !list.paging.params.has(name)),
    columns,
  );
  const proposal: RestList = {
    ...(list.items === null ? {} : { items: list.items }),
    ...(Object.keys(filters).length === 0 ? {} : { filters }),
    ...(list.paging.page === null ? {} : { page: list.paging.page }),
    ...(Object.keys(byKeys).length === 0 ? {} : { byKeys }),
    ...(omits ? { omitsNull: true } : {}),
  };
  const from = `${prefix}${list.path}`;
  const { description, summary } = list.get;
  const said = plainSchema(document, list.row)?.description ?? summary ?? description;
  return {
    from,
    description: typeof said === "string" ? said : null,
    columns,
    key: Object.keys(byKeys).slice(0, 1),
    references: [],
    settings: { lists: { [from]: proposal } },
  };
}

/** `/car-parks/{code}`, where it answers a row like the list's. */
function proposedItems(
  document: OpenApiDocument,
  { path, row }: FoundList,
  columns: readonly StructureColumn[],
  paths: readonly Operation[],
  prefix: string,
): Readonly<Record<string, RestItem>> {
  const identity = document.identity(row);
  const found: Record<string, RestItem> = {};
  for (const one of paths) {
    const [, param] = one.path.startsWith(`${trimmed(path)}/`)
      ? (/^\{([^{}/]+)\}$/.exec(one.path.slice(trimmed(path).length + 1)) ?? [])
      : [];
    const column = param === undefined ? undefined : keyColumn(param, columns);
    const item = column === undefined ? undefined : itemIn(document, one.body, identity);
    if (column !== undefined && item !== undefined)
      found[column] = { path: `${prefix}${one.path}`, ...(item === null ? {} : { item }) };
  }
  return found;
}

/** Null: the body is the row; a name: it stands there; undefined: there is no such row. */
function itemIn(document: OpenApiDocument, body: unknown, identity: unknown): string | null | undefined {
  if (document.identity(body) === identity) return null;
  const entries = Object.entries(plainSchema(document, body)?.properties ?? {});
  const wrapped = entries.find(([, given]) => document.identity(given) === identity);
  return wrapped?.[0];
}

/** `code` is the column of that name; `carParkId` is `id` where there is no other. */
function keyColumn(param: string, columns: readonly StructureColumn[]): string | undefined {
  const single = columns.filter(({ scalar }) => scalar === "String" || scalar === "Int" || scalar === "SafeInt");
  const named = single.find(({ name }) => name.toLowerCase() === param.toLowerCase());
  const ending = ["id", "code", "uuid", "slug", "ref", "key"].find((one) => param.toLowerCase().endsWith(one));
  return (named ?? single.find(({ name }) => name.toLowerCase() === ending))?.name;
}
