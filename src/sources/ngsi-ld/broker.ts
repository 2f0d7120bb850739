// The broker's HTTP: entities page after page to the end, or by id lists, and how many there are.
import { HttpService, type HttpAnswer } from "../http-service.js";
import type { Circle } from "../near-and-within.js";
import { type FetchBounds, SourceFailure } from "../source.js";
import { type EntityForm, isObject, type JsonObject } from "./entity.js";
import { widened } from "./query.js";
import type { NgsiLdSettings } from "./settings.js";

export interface EntitiesWanted {
  readonly type: string;
  readonly attributes: readonly string[];
  readonly q: string | null;
  /** Only these; null for all. */
  readonly ids: readonly string[] | null;
  /** Only round it, and a little beyond. */
  readonly place: Circle | null;
  /** Values over time in place of today's; in form keyValues they come as `temporalValues`. */
  readonly time: TimeWanted | null;
  readonly form: EntityForm;
}

/** Instants in milliseconds of UNIX time. */
export interface TimeWanted {
  readonly from: number;
  /** Null: whatever comes later. */
  readonly to: number | null;
  /** Of each entity only the latest so many. */
  readonly lastN: number | null;
}

type Query = readonly (readonly [name: string, value: string])[];

/** Characters of an address's id list: servers bound addresses, some at 4,096. */
const longestIds = 2_000;

export class Broker {
  readonly #http: HttpService;
  readonly #pageSize: number;
  readonly maxRows: number;
  readonly #all: Omit<EntitiesWanted, "type" | "attributes">;

  constructor(settings: NgsiLdSettings & { readonly name: string }) {
    const { tenant, context } = settings;
    this.#http = new HttpService({
      source: settings.name,
      baseUrl: settings.url,
      headers: {
        ...settings.headers,
        ...(tenant === undefined ? {} : { "ngsild-tenant": tenant }),
        ...(context === undefined ? {} : { link: contextLink(context) }),
      },
      maxBytes: settings.maxBytes ?? 10_000_000,
      timeoutMs: settings.timeoutMs ?? 5_000,
      pace: settings,
    });
    this.#pageSize = settings.pageSize ?? 1_000;
    this.maxRows = settings.maxRows ?? 10_000;
    this.#all = { q: null, ids: null, place: null, time: null, form: settings.form ?? "normalized" };
  }

  /** All of them, each once. @throws SourceFailure */
  async entities(wanted: EntitiesWanted, bounds: FetchBounds): Promise<readonly JsonObject[]> {
    const all: JsonObject[] = [];
    await this.each(wanted, bounds, (entity) => void all.push(entity));
    return all;
  }

  /** As `entities`, each handed over when its page has come: nothing of it is held here. @throws SourceFailure */
  async each(wanted: EntitiesWanted, bounds: FetchBounds, take: (entity: JsonObject) => void): Promise<void> {
    const found = new Set<string>();
    for (const ids of wanted.ids === null ? [null] : idLists(wanted.ids, this.#pageSize)) {
      await this.#pages({ ...wanted, ids }, found, take, bounds);
    }
  }

  /** @throws SourceFailure */
  async count(wanted: Omit<EntitiesWanted, "attributes">, bounds: FetchBounds): Promise<number> {
    let all = 0;
    for (const ids of wanted.ids === null ? [null] : idLists(wanted.ids, this.#pageSize)) {
      const answer = await this.#ask({ ...wanted, attributes: [], ids }, 0, 0, bounds);
      all += this.#total(answer);
    }
    if (all > this.maxRows) throw this.fail("too-large", `more than ${this.maxRows} entities`);
    return all;
  }

  /** What the broker says of a type; null when it knows none. @throws SourceFailure */
  async type(name: string, bounds: FetchBounds): Promise<unknown> {
    const path = `/ngsi-ld/v1/types/${encodeURIComponent(name)}`;
    const { status, json } = await this.#http.ask({ path }, bounds);
    return status === 404 ? null : json;
  }

  /** The broker's types with their attributes; null where it does not offer them. @throws SourceFailure */
  async types(bounds: FetchBounds): Promise<unknown> {
    const { status, json } = await this.#http.ask({ path: "/ngsi-ld/v1/types", query: [["details", "true"]] }, bounds);
    return status === 404 ? null : json;
  }

  /** The first few entities of a type, with all their attributes, as the settings have them written. @throws SourceFailure */
  async sample(type: string, most: number, bounds: FetchBounds): Promise<readonly JsonObject[]> {
    const { json } = await this.#ask({ ...this.#all, type, attributes: [] }, most, 0, bounds);
    if (!Array.isArray(json)) throw this.fail("invalid-answer", "no list of entities");
    return (json as readonly unknown[]).slice(0, most).filter(isObject);
  }

  /** How many entities there are of the type that have one of the attributes; of any, where none is named. @throws SourceFailure */
  async countWith(type: string, attributes: readonly string[], bounds: FetchBounds): Promise<number> {
    return this.#total(await this.#ask({ ...this.#all, type, attributes }, 0, 0, bounds));
  }

  fail(reason: SourceFailure["reason"], detail: string): SourceFailure {
    return this.#http.fail(reason, detail);
  }

  async #pages(
    wanted: EntitiesWanted,
    found: Set<string>,
    take: (entity: JsonObject) => void,
    bounds: FetchBounds,
  ): Promise<void> {
    const before = found.size;
    let total: number | null = null;
    for (;;) {
      const offset = found.size - before;
      const answer = await this.#ask(wanted, this.#pageSize, offset, bounds);
      const told = this.#total(answer);
      // Entities that came or went would move others between pages, past us.
      if (total !== null && told !== total)
        throw this.fail("invalid-answer", "entities that change while they are read");
      total = told;
      if (before + total > this.maxRows) throw this.fail("too-large", `more than ${this.maxRows} entities`);
      const { json } = answer;
      if (!Array.isArray(json)) throw this.fail("invalid-answer", "no list of entities");
      if (json.length > this.#pageSize) throw this.fail("invalid-answer", "more entities than the page");
      for (const entity of json as readonly unknown[]) take(this.#checked(entity, wanted, found));
      const read = found.size - before;
      if (read === total) return;
      if (json.length === 0 || read > total) throw this.fail("invalid-answer", "another number of entities than told");
    }
  }

  #checked(entity: unknown, { type, ids }: EntitiesWanted, found: Set<string>): JsonObject {
    if (!isObject(entity)) throw this.fail("invalid-answer", "no entity where one was asked for");
    const { id, type: types } = entity;
    if (typeof id !== "string" || id === "") throw this.fail("invalid-answer", "an entity without id");
    if (types !== type && !(Array.isArray(types) && types.includes(type)))
      throw this.fail("invalid-answer", "an entity of another type");
    if (ids !== null && !ids.includes(id)) throw this.fail("invalid-answer", "an entity of another id");
    if (found.has(id)) throw this.fail("invalid-answer", "an entity that comes twice");
    found.add(id);
    return entity;
  }

  async #ask(wanted: EntitiesWanted, limit: number, offset: number, bounds: FetchBounds): Promise<HttpAnswer> {
    const { type, attributes, q, ids, place, time, form } = wanted;
    const query: Query = [
      ["type", type],
      ...(ids === null ? [] : [["id", ids.join(",")] as const]),
      ...(q === null ? [] : [["q", q] as const]),
      ...(place === null ? [] : geoQuery(place)),
      ...(time === null ? [] : timeQuery(time)),
      ...(attributes.length === 0 ? [] : [["attrs", attributes.join(",")] as const]),
      ["limit", String(limit)],
      ...(offset === 0 ? [] : [["offset", String(offset)] as const]),
      ["count", "true"],
      ...(form === "keyValues" && limit > 0 ? [["options", time ? "temporalValues" : "keyValues"] as const] : []),
    ];
    const path = time === null ? "/ngsi-ld/v1/entities" : "/ngsi-ld/v1/temporal/entities";
    const answer = await this.#http.ask({ path, query }, bounds).catch((error: unknown) => {
      // Section 6.3.10: some of the values. It is the question that was too wide: the broker does as it should.
      const isCut = time !== null && error instanceof SourceFailure && error.detail === "HTTP 206";
      throw isCut ? this.fail("too-large", "more values over time than the broker gives at once") : error;
    });
    if (answer.status === 404) throw this.fail("unavailable", "HTTP 404");
    return answer;
  }

  /** `NGSILD-Results-Count` (section 6.3.13): without it the end of a list could not be told from half of it. */
  #total({ header, json }: HttpAnswer): number {
    const text = header("ngsild-results-count") ?? "";
    if (json === undefined || !/^\d{1,15}$/.test(text))
      throw this.fail("invalid-answer", "an answer that does not tell how many entities there are");
    return Number(text);
  }
}

/** GS CIM 009, section 4.11; whole seconds, which every broker reads. */
const timeQuery = ({ from, to, lastN }: TimeWanted): Query => [
  ["timerel", to === null ? "after" : "between"],
  ["timeAt", instantText(from)],
  ...(to === null ? [] : [["endTimeAt", instantText(to)] as const]),
  ...(lastN === null ? [] : [["lastN", String(lastN)] as const]),
];

const instantText = (instant: number): string => new Date(instant).toISOString().replace(/\.\d+Z$/, "Z");

/** GS CIM 009, section 4.10. */
const geoQuery = ({ column, centre, radius }: Circle): Query => [
  ["georel", `near;maxDistance==${widened(radius)}`],
  ["geometry", "Point"],
  ["coordinates", JSON.stringify(centre)],
  ["geoproperty", column],
];

/** JSON-LD 1.1, section 6.1: how a context is named for plain JSON. */
const contextLink = (context: string): string =>
  `<${new URL(context).href}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`;

/** Lists that fit in an address, of at most `most` ids. */
function idLists(ids: readonly string[], most: number): readonly (readonly string[])[] {
  const lists: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const length = encodeURIComponent(id).length + 3;
    const last = lists.at(-1);
    if (last === undefined || last.length >= most || length > room) {
      lists.push([id]);
      room = longestIds - length;
    } else {
      last.push(id);
      room -= length;
    }
  }
  return lists;
}
