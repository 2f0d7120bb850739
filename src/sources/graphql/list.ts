// Objects of the query field that lists them: whole, or page after page to the end (Relay's connections).
import type { Value } from "../../terms/index.js";
import type { FetchBounds } from "../source.js";
import { type Argument, argumentOf, fieldQuery, type Operation, pathOf, wrapped } from "./document.js";
import { type Endpoint, isObject, type JsonObject } from "./endpoint.js";
import type { ObjectReader } from "./objects.js";
import type { GraphqlList } from "./settings.js";

type Values = readonly NonNullable<Value>[];
interface Given {
  readonly argument: Argument;
  readonly value: unknown;
}

export class ListField {
  readonly #arguments: ReadonlyMap<string, Argument>;
  readonly #paged: { readonly first: Argument; readonly after: Argument; readonly info: readonly string[] } | null;
  readonly #rows: readonly string[];
  readonly #keyColumn: string | null;
  readonly pageSize: number;

  /** @throws TypeError, UnaskableName for settings that are not written as they must be */
  constructor(
    private readonly settings: GraphqlList,
    key: readonly string[],
  ) {
    const { filters = {}, keyArgument, connection = "plain", rows, pageInfo = "pageInfo" } = settings;
    const byColumn = new Map(Object.entries(filters).map(([column, text]) => [column, argumentOf(text)]));
    this.#keyColumn = keyArgument === undefined ? null : (key[0] ?? null);
    if (keyArgument !== undefined && this.#keyColumn !== null) byColumn.set(this.#keyColumn, argumentOf(keyArgument));
    this.#arguments = byColumn;
    this.pageSize = settings.pageSize ?? 100;
    const { first = "first: Int", after = "after: String" } = settings;
    const isPaged = connection === "relay";
    this.#paged = isPaged ? { first: argumentOf(first), after: argumentOf(after), info: pathOf(pageInfo) } : null;
    const path = rows ?? (isPaged ? "edges.node" : "");
    this.#rows = path === "" ? [] : pathOf(path);
    pathOf(settings.field);
  }

  /** Adds every object that may have one of the pinned values; others may come too. @throws SourceFailure */
  async read(
    endpoint: Endpoint,
    pinned: ReadonlyMap<string, Values>,
    objects: ObjectReader,
    bounds: FetchBounds,
  ): Promise<void> {
    // One argument may need several requests, the others go with each of them.
    const given = [...this.#arguments].flatMap(([column, argument]) => {
      const values = pinned.get(column);
      const usable = values !== undefined && (argument.isList || values.length === 1);
      return usable ? [{ column, argument, values }] : [];
    });
    const longest = given.toSorted((a, b) => b.values.length - a.values.length)[0];
    const fixed = given
      .filter((one) => one !== longest && (!one.argument.isList || one.values.length <= this.pageSize))
      .map(({ argument, values }) => ({ argument, value: argument.isList ? values : values[0] }));
    const byKey = given.some(({ column }) => column === this.#keyColumn);
    if (longest === undefined) return this.#pages(endpoint, fixed, byKey, objects, bounds);
    const { argument, values } = longest;
    for (let start = 0; start < values.length; start += this.pageSize) {
      const value = argument.isList ? values.slice(start, start + this.pageSize) : values[start];
      await this.#pages(endpoint, [...fixed, { argument, value }], byKey, objects, bounds);
    }
  }

  async #pages(
    endpoint: Endpoint,
    given: readonly Given[],
    byKey: boolean,
    objects: ObjectReader,
    bounds: FetchBounds,
  ): Promise<void> {
    const cursors = new Set<string>();
    let cursor: string | null = null;
    for (;;) {
      const answer = await endpoint.ask(this.#operation(given, cursor, objects), bounds);
      const field = answer[this.settings.field];
      const found = this.#found(endpoint, field);
      for (const object of found) {
        // A list by keys may keep a place for what does not exist.
        if (!(object === null && byKey)) objects.add(object);
      }
      cursor = this.#next(endpoint, field);
      if (cursor === null) return;
      // Such a list has no end.
      if (cursors.has(cursor) || found.length === 0) throw endpoint.fail("invalid-answer", "pages that do not end");
      cursors.add(cursor);
    }
  }

  #operation(given: readonly Given[], cursor: string | null, objects: ObjectReader): Operation {
    const rows = wrapped(this.#rows, objects.selection);
    if (this.#paged === null) return fieldQuery(this.settings.field, given, rows);
    const { first, after, info } = this.#paged;
    const place = [
      { argument: first, value: this.pageSize },
      ...(cursor === null ? [] : [{ argument: after, value: cursor }]),
    ];
    return fieldQuery(this.settings.field, [...given, ...place], `${rows} ${wrapped(info, "hasNextPage endCursor")}`);
  }

  #found(endpoint: Endpoint, field: unknown): readonly unknown[] {
    if (this.#rows.length === 0 && Array.isArray(field)) return field as readonly unknown[];
    let lists = 0;
    let at: readonly unknown[] = [field];
    for (const name of [...this.#rows, null]) {
      at = at.flatMap((one): readonly unknown[] => {
        if (!Array.isArray(one)) return [one];
        lists += 1;
        return one as readonly unknown[];
      });
      if (name !== null) at = at.map((one) => this.#below(endpoint, one, name));
    }
    if (lists === 0) throw endpoint.fail("invalid-answer", "no list where one was asked for");
    return at;
  }

  #below(endpoint: Endpoint, json: unknown, name: string): unknown {
    if (!isObject(json) || !Object.hasOwn(json, name)) throw endpoint.fail("invalid-answer", "a list of another shape");
    return json[name];
  }

  /** The cursor of the next page; null at the end. */
  #next(endpoint: Endpoint, field: unknown): string | null {
    if (this.#paged === null) return null;
    const info = this.#paged.info.reduce((at: unknown, name) => this.#below(endpoint, at, name), field);
    const { hasNextPage, endCursor } = isObject(info) ? info : ({} as JsonObject);
    if (hasNextPage === false) return null;
    if (hasNextPage !== true || typeof endCursor !== "string" || endCursor === "")
      throw endpoint.fail("invalid-answer", "a page that does not say what follows it");
    return endCursor;
  }
}
