// Rivemont's context broker, as another team would run it: the reading side of ETSI NGSI-LD (GS CIM 009) over HTTP.
// It knows nothing of the gateway.
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { airHistory } from "./air-history.js";
import { listOf, mostPerPage, Refusal, whole } from "./broker-parameters.js";
import { BadQuery, readQuery } from "./broker-query.js";
import { type Entity, rivemontEntities } from "./city-entities.js";
import { readGeoQuery } from "./geo-query.js";
import { type TemporalEntity, temporalAnswer } from "./temporal-query.js";

export interface DemoBroker {
  readonly url: string;
  readonly tenant: string;
  /** How many requests have come. */
  readonly requests: number;
  close(): Promise<void>;
}

const tenant = "rivemont";
const contextRel = 'rel="http://www.w3.org/ns/json-ld#context"';

/** What an attribute says, whichever kind it is. */
const saidBy = (attribute: unknown): unknown => {
  const { value, object } = attribute as { readonly value?: unknown; readonly object?: unknown };
  const said = value ?? object;
  return typeof said === "object" && said !== null && "@value" in said ? said["@value"] : said;
};

const attributesOf = (entity: Entity) => Object.entries(entity).filter(([name]) => name !== "id" && name !== "type");

/** Of entities asked by attributes, those that have none of them do not come (section 5.7.2). */
function narrowed(entity: Entity, attrs: ReadonlySet<string> | null): Entity | null {
  if (attrs === null) return entity;
  const kept = attributesOf(entity).filter(([name]) => attrs.has(name));
  return kept.length === 0 ? null : { id: entity.id, type: entity.type, ...Object.fromEntries(kept) };
}

const keyValues = (entity: Entity): unknown => ({
  id: entity.id,
  type: entity.type,
  ...Object.fromEntries(attributesOf(entity).map(([name, attribute]) => [name, saidBy(attribute)])),
});

function queried(entities: readonly Entity[], query: URLSearchParams) {
  const [types, ids, attrs] = [listOf(query.get("type")), listOf(query.get("id")), listOf(query.get("attrs"))];
  const q = query.get("q");
  if (types === null && attrs === null) throw new Refusal(400, "BadRequestData", "Say a type or attributes.");
  const holds = q === null ? null : readQuery(q);
  const place = readGeoQuery(query);
  const found = entities
    .filter((entity) => (types?.has(entity.type) ?? true) && (ids?.has(entity.id) ?? true))
    .filter((entity) => holds === null || holds((name) => (name in entity ? saidBy(entity[name]) : undefined)))
    .filter((entity) => place?.holds(saidBy(entity[place.attribute] ?? {})) ?? true)
    .flatMap((entity) => narrowed(entity, attrs) ?? []);
  const offset = whole(query.get("offset"), 0, 999_999_999);
  const limit = whole(query.get("limit"), 20, mostPerPage);
  const page = found.slice(offset, offset + limit);
  const options = query.get("options")?.split(",") ?? [];
  return { total: found.length, page: options.includes("keyValues") ? page.map(keyValues) : page };
}

function typeInformation(entities: readonly Entity[], type: string): unknown {
  const own = entities.filter((entity) => entity.type === type);
  if (own.length === 0) throw new Refusal(404, "ResourceNotFound", "There is no entity of this type.");
  const kinds = new Map<string, Set<string>>();
  for (const [name, attribute] of own.flatMap(attributesOf)) {
    const { type: kind } = attribute as { readonly type: string };
    kinds.set(name, (kinds.get(name) ?? new Set()).add(kind));
  }
  const attributeDetails = [...kinds].map(([name, types]) => {
    return { id: name, type: "Attribute", attributeName: name, attributeTypes: [...types] };
  });
  return { id: type, type: "EntityTypeInfo", typeName: type, entityCount: own.length, attributeDetails };
}

/** All types (section 5.7.5), with their attributes where details are asked for (section 5.7.6). */
function typeList(entities: readonly Entity[], details: boolean): unknown {
  const types = [...new Set(entities.map(({ type }) => type))].sort();
  if (!details) return { id: "urn:ngsi-ld:EntityTypeList:rivemont", type: "EntityTypeList", typeList: types };
  return types.map((typeName) => {
    const own = entities.filter(({ type }) => type === typeName);
    const attributeNames = [...new Set(own.flatMap(attributesOf).map(([name]) => name))];
    return { id: typeName, type: "EntityType", typeName, attributeNames };
  });
}

/**
 * Answers what is asked below `/ngsi-ld/v1`. `tenants`: names that `NGSILD-Tenant` may have; none is asked where it is empty.
 * `history`: what is known of the past; null where nothing is offered.
 */
export function contextBroker(
  entities: readonly Entity[],
  tenants: readonly string[] = [],
  history: (() => readonly TemporalEntity[]) | null = null,
): RequestListener {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "/", "http://broker.invalid");
    if (request.method !== "GET") throw new Refusal(405, "OperationNotSupported", "This broker is only read.");
    if (tenants.length > 0 && !tenants.includes(String(request.headers["ngsild-tenant"])))
      throw new Refusal(404, "NonexistentTenant", "There is no such tenant.");
    const [, context] = /^<([^>]*)>/.exec(String(request.headers["link"] ?? "")) ?? [];
    if (context !== undefined) response.setHeader("link", `<${context}>; ${contextRel}; type="application/ld+json"`);
    const send = (body: unknown, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const [, type] = /^\/ngsi-ld\/v1\/types\/([^/]+)$/.exec(url.pathname) ?? [];
    if (/^\/ngsi-ld\/v1\/types\/?$/.test(url.pathname)) {
      send(typeList(entities, url.searchParams.get("details") === "true"));
    } else if (type !== undefined) {
      send(typeInformation(entities, decodeURIComponent(type)));
    } else if (/^\/ngsi-ld\/v1\/entities\/?$/.test(url.pathname)) {
      const { total, page } = queried(entities, url.searchParams);
      if (url.searchParams.get("count") === "true") response.setHeader("ngsild-results-count", String(total));
      send(page);
    } else if (history !== null && /^\/ngsi-ld\/v1\/temporal\/entities\/?$/.test(url.pathname)) {
      const { total, page, contentRange } = temporalAnswer(history(), url.searchParams);
      if (url.searchParams.get("count") === "true") response.setHeader("ngsild-results-count", String(total));
      if (contentRange !== null) response.setHeader("content-range", contentRange);
      send(page, contentRange === null ? 200 : 206);
    } else {
      throw new Refusal(404, "ResourceNotFound", "There is nothing here.");
    }
  };
  return (request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      const isBad = error instanceof BadQuery || error instanceof URIError;
      const { status, type, title } =
        error instanceof Refusal
          ? error
          : new Refusal(isBad ? 400 : 500, isBad ? "InvalidRequest" : "InternalError", "No.");
      const body = { type: `https://uri.etsi.org/ngsi-ld/errors/${type}`, title, status };
      response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
    }
  };
}

/** Listens on the loopback address, on a free port unless told. */
export async function startBroker(port = 0): Promise<DemoBroker> {
  const entities = rivemontEntities();
  const answer = contextBroker(entities, [tenant], () => airHistory(entities, Date.now()));
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tenant,
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
