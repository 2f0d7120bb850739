// What the parameters of an operation let the service do by itself: pages, and conditions on columns. Guessed by name, as
// nothing in OpenAPI says it; every row is compared with the question again, whatever is proposed here.
import type { StructureColumn } from "../structure.js";
import { isObject } from "./field-path.js";
import type { OpenApiDocument, JsonObject } from "./openapi-document.js";
import { plainSchema, type PlainSchema } from "./schema-columns.js";
import type { RestFilter, RestPaging } from "./settings.js";

/** One query parameter. */
export interface QueryParam {
  readonly name: string;
  readonly schema: PlainSchema | null;
  readonly isRequired: boolean;
  readonly isExploded: boolean;
}

/** As `param` of gateway.yaml takes it. */
const namePattern = /^[^\s&=#?]{1,100}$/;
const mostParams = 200;

/** Of the operation and of its path. */
export function queryParams(document: OpenApiDocument, ...lists: readonly unknown[]): readonly QueryParam[] {
  const all = lists.flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]).slice(0, mostParams) : []));
  return all.flatMap((given) => {
    const param: JsonObject = document.object(given) ?? {};
    const { name, style = "form", schema } = param;
    if (param["in"] !== "query" || typeof name !== "string" || !namePattern.test(name) || style !== "form") return [];
    const isExploded = param["explode"] !== false;
    return [{ name, schema: plainSchema(document, schema), isRequired: param["required"] === true, isExploded }];
  });
}

const names = {
  page: /^(page|page[_-]?(number|no|num|index)|p)$/i,
  offset: /^\$?(offset|skip|start|start[_-]?index|from)$/i,
  cursor: /^(cursor|after|page[_-]?token|next[_-]?token|continuation[_-]?token|starting[_-]?after|page[_-]?cursor)$/i,
  size: /^\$?(size|limit|per[_-]?page|page[_-]?size|top|take|rows|max[_-]?results|page[_-]?limit|results[_-]?per[_-]?page)$/i,
  total: /^(total|total[_-]?(count|items|elements|results|hits|records)|n?hits|num[_-]?found|count[_-]?total)$/i,
  next: /^(next|next[_-]?(cursor|token|page[_-]?token)|cursor|end[_-]?cursor|after|continuation[_-]?token)$/i,
} as const;

export interface ProposedPaging {
  readonly page: RestPaging | null;
  /** Parameters that are spoken for. */
  readonly params: ReadonlySet<string>;
  /** A sentence where a person must decide. */
  readonly doubt: string | null;
}

/** @param body schema of the answer, where rows lie in an object. @param hasLink the answer has a Link header. */
export function proposedPaging(
  document: OpenApiDocument,
  params: readonly QueryParam[],
  body: unknown,
  hasLink: boolean,
): ProposedPaging {
  const named = (pattern: RegExp) => params.find(({ name }) => pattern.test(name));
  const [size, page, offset, cursor] = [named(names.size), named(names.page), named(names.offset), named(names.cursor)];
  const used = new Set([size, page, offset, cursor].flatMap((one) => (one === undefined ? [] : [one.name])));
  const rows = numberWithin(size?.schema?.maximum ?? size?.schema?.usual, 100);
  const sized = { ...(size === undefined ? {} : { sizeParam: size.name }), size: rows };
  const total = leafNamed(document, body, names.total, ["integer", "number"]);
  const told = total === null ? {} : { total };
  const made = (proposal: RestPaging | null, doubt: string | null = null): ProposedPaging => {
    return { page: proposal, params: used, doubt };
  };
  if (hasLink && page === undefined && offset === undefined) return made({ style: "link", ...sized });
  if (cursor !== undefined && page === undefined) {
    const next = leafNamed(document, body, names.next, ["string", "integer"]);
    if (next !== null) return made({ style: "cursor", param: cursor.name, next, ...sized });
    return made(null, `a cursor (${cursor.name}), but no field of the answer looks like the next one: set \`page\``);
  }
  if (page !== undefined) {
    const first = page.schema?.minimum ?? page.schema?.usual;
    const zero = first === 0 ? { first: 0 } : {};
    return made({ style: "page", param: page.name, ...zero, ...told, ...sized });
  }
  if (offset !== undefined) return made({ style: "offset", param: offset.name, ...told, ...sized });
  return made(
    null,
    size === undefined ? null : `${size.name} bounds an answer, but no parameter asks for the rest: set \`page\``,
  );
}

function numberWithin(given: unknown, usual: number): number {
  return typeof given === "number" && Number.isInteger(given) && given >= 1 ? Math.min(given, 10_000) : usual;
}

/** Field path of a value by its name: of the body, or of an object in it (`meta.total`). */
function leafNamed(
  document: OpenApiDocument,
  body: unknown,
  pattern: RegExp,
  types: readonly string[],
  depth = 0,
): string | null {
  const properties = Object.entries(plainSchema(document, body)?.properties ?? {}).slice(0, 100);
  const fits = (given: unknown) => types.includes(plainSchema(document, given)?.type ?? "");
  const own = properties.find(([name, given]) => pattern.test(name) && fits(given));
  if (own !== undefined) return own[0];
  for (const [name, given] of depth < 1 ? properties : []) {
    const below = isObject(given) ? leafNamed(document, given, pattern, types, depth + 1) : null;
    if (below !== null) return `${name}.${below}`;
  }
  return null;
}

/** By column. A parameter means a column when it is called like it, or like it in the plural where it takes several. */
export function proposedFilters(
  params: readonly QueryParam[],
  columns: readonly StructureColumn[],
): Readonly<Record<string, RestFilter>> {
  const byName = new Map(
    columns.flatMap(({ name, scalar }) => (scalar === null ? [] : [[simplified(name), name] as const])),
  );
  const found = new Map<string, RestFilter>();
  for (const { name, schema, isExploded } of params) {
    const isList = schema?.type === "array";
    const column =
      byName.get(simplified(name)) ?? (isList ? byName.get(simplified(name).replace(/s$/, "")) : undefined);
    if (column === undefined || found.has(column)) continue;
    found.set(column, { param: name, style: isList ? (isExploded ? "repeat" : "comma") : "single" });
  }
  return Object.fromEntries(found);
}

/** `district_id`, `districtId` and `district-id` are one; `filter[district]` is `district`. */
const simplified = (name: string): string =>
  name
    .replace(/^filter\[(.+)\]$/, "$1")
    .replace(/\[\]$/, "")
    .replace(/[_-]/g, "")
    .toLowerCase();
