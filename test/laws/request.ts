// Random operations over the town's map: selections, nesting, aliases, fragments, variables, filters, orders, pages, ids,
// cursors, introspection. Every name and text that an application can choose holds `MARKER`, so that it can be found again.
import { uniqueCell } from "./town.js";
import { map } from "./policy.js";
import type { MapDataset, MapField, MapLink, TownMap } from "./map.js";

export const MARKER = "Zqm";

/** A number from 0 up to, not with, `below`. */
export type Choose = (below: number) => number;

/** From a list of drawn numbers: when it is used up everything is 0, which writes the shortest of all. */
export function chooser(drawn: readonly number[]): Choose {
  let at = 0;
  return (below) => (drawn[at++] ?? 0) % below;
}

export type Wanted =
  /** An id of a row of the dataset, of those that the agreement was given; `forged` where there is none. */
  | { readonly kind: "id"; readonly dataset: string; readonly pick: number; readonly forged: boolean }
  /** null at first; then a cursor that the same list gave, or another one. */
  | { readonly kind: "cursor"; readonly pick: number; readonly forged: boolean }
  | { readonly kind: "value"; readonly value: unknown };

export interface RandomRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, Wanted>>;
}

export interface RequestOptions {
  /** Every object selected carries `id` under the alias `zid`, so that rows can be told apart in the answer. */
  readonly identify?: boolean;
  readonly introspection?: boolean;
  /** lt, lte, gt, gte on texts, which only the source can check. */
  readonly textRanges?: boolean;
  /** Fields that conditions and orders are made of, by coordinate: without it all, and most operations are refused. */
  readonly inputs?: (coordinate: string) => boolean;
  /** Another town than the laws' own: its map, and values that a column's cells are compared with. */
  readonly town?: { readonly map: TownMap; readonly value: (table: string, column: string, pick: number) => unknown };
}

export function writeRequest(drawn: readonly number[], options: RequestOptions = {}): RandomRequest {
  return new Writer(chooser(drawn), options).write();
}

class Writer {
  readonly #variables: { name: string; type: string; wanted: Wanted }[] = [];
  readonly #fragments: string[] = [];
  #names = 0;

  constructor(
    readonly choose: Choose,
    readonly options: RequestOptions,
  ) {}

  get #map(): TownMap {
    return this.options.town?.map ?? map;
  }

  write(): RandomRequest {
    const roots = Array.from({ length: 1 + this.choose(3) }, () => this.#root());
    const declared = this.#variables.map(({ name, type }) => `$${name}: ${type}`);
    const head = `query ${this.#name("op")}${declared.length > 0 ? `(${declared.join(", ")})` : ""}`;
    return {
      query: [`${head} { ${roots.join(" ")} }`, ...this.#fragments].join("\n"),
      variables: Object.fromEntries(this.#variables.map(({ name, wanted }) => [name, wanted])),
    };
  }

  #name(what: string): string {
    return `${MARKER}${what}${this.#names++}`;
  }
  #pick<T>(from: readonly T[]): T {
    const picked = from[this.choose(from.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }
  #variable(what: string, type: string, wanted: Wanted): string {
    const name = this.#name(what);
    this.#variables.push({ name, type, wanted });
    return `$${name}`;
  }
  /** A literal, or a variable that holds it. */
  #given(type: string, value: unknown, text: string): string {
    return this.choose(2) === 0 ? text : this.#variable("v", type, { kind: "value", value });
  }

  #root(): string {
    const datasets = [...this.#map.values()].filter((dataset) => dataset.shared);
    const dataset = this.#pick(datasets);
    switch (this.choose(12)) {
      case 8:
        return this.#one(dataset.one, dataset, this.#selection(dataset, 3));
      case 9: {
        const shown = `__typename ... on ${dataset.name} ${this.#selection(dataset, 3)}`;
        const id = this.options.identify === true ? "zid: id" : "id";
        return this.#one("node", this.choose(4) === 0 ? this.#pick(datasets) : dataset, `{ ${id} ${shown} }`);
      }
      case 10:
        return this.options.introspection === true ? this.#introspection() : "__typename";
      default:
        return this.#list(`${this.#name("l")}: ${dataset.many}`, dataset, 3, true);
    }
  }

  #one(field: string, dataset: MapDataset, selection: string): string {
    const forged = this.choose(5) === 4;
    const id = this.#variable("id", "ID!", { kind: "id", dataset: dataset.name, pick: this.choose(50), forged });
    return `${this.#name("o")}: ${field}(id: ${id}) ${selection}`;
  }

  #introspection(): string {
    const name = this.#pick(["Person", "Secret", "PersonWhere", "AccountOrderField", "Query"]);
    const type = `{ name fields { name args { name } type { name } } inputFields { name } enumValues { name } }`;
    return this.choose(2) === 0
      ? `${this.#name("s")}: __schema { types ${type} }`
      : `${this.#name("t")}: __type(name: ${this.#given("String!", name, `"${name}"`)}) ${type}`;
  }

  #selection(dataset: MapDataset, depth: number): string {
    const parts = [...dataset.members.values()].flatMap((member) => this.#member(member, depth));
    if (this.choose(4) === 0) parts.push("id");
    if (this.choose(5) === 0) parts.push(this.#included("__typename"));
    if (this.options.identify === true) parts.push("zid: id");
    if (parts.length === 0) parts.push("__typename");
    if (this.choose(5) === 4) return `{ ... on ${dataset.name} { ${parts.join(" ")} } }`;
    if (this.choose(5) === 4) {
      const name = this.#name("f");
      this.#fragments.push(`fragment ${name} on ${dataset.name} { ${parts.join(" ")} }`);
      return `{ ...${name} ${this.choose(2) === 0 ? `... on Node { id }` : ""} }`;
    }
    return `{ ${parts.join(" ")} }`;
  }

  /** `@include` and `@skip`, by literal or variable. */
  #included(text: string, selection = ""): string {
    const directive = this.choose(10);
    if (directive > 1) return `${text} ${selection}`;
    const holds = this.choose(3) > 0;
    const value = this.#given("Boolean!", holds, String(holds));
    return `${text} @${directive === 0 ? "include" : "skip"}(if: ${value}) ${selection}`;
  }

  #member(member: MapField | MapLink, depth: number): string[] {
    if (member.kind === "field") {
      if (this.choose(5) < 2) return [];
      const alias = this.choose(4) === 0 ? `${this.#name("a")}: ` : "";
      return [this.#included(`${alias}${member.name}`)];
    }
    if (depth === 0 || this.choose(3) === 0) return [];
    const target = this.#map.get(member.target);
    if (target === undefined) return [];
    // Without alias and arguments it may stand there twice: both selections are one field then.
    const plain = this.choose(3) === 0;
    const alias = plain ? "" : `${this.#name("k")}: `;
    if (!member.many) {
      const once = (): string => this.#included(`${alias}${member.name}`, this.#selection(target, depth - 1));
      return plain && this.choose(3) === 0 ? [once(), once()] : [once()];
    }
    if (plain) return [`${member.name} ${this.#connection(target, depth - 1, false)}`];
    return [this.#list(`${alias}${member.name}`, target, depth - 1, false)];
  }

  #list(field: string, dataset: MapDataset, depth: number, root: boolean): string {
    const args: string[] = [];
    const cursor = { kind: "cursor", pick: this.choose(50), forged: this.choose(8) === 7 } as const;
    const size = this.choose(6);
    if (this.choose(4) > 0) {
      args.push(`first: ${this.#given("Int", size, String(size))}`);
      if (this.choose(2) === 0) args.push(`after: ${this.#variable("c", "String", cursor)}`);
    } else {
      args.push(`last: ${this.#given("Int", size, String(size))}`);
      if (this.choose(2) === 0) args.push(`before: ${this.#variable("c", "String", cursor)}`);
    }
    const inputs = this.#inputs(dataset).length > 0;
    if (inputs && this.choose(3) === 0) args.push(this.#where(dataset));
    if (inputs && this.choose(3) === 0) args.push(this.#orderBy(dataset));
    return `${field}(${args.join(", ")}) ${this.#connection(dataset, depth, root)}`;
  }

  #connection(dataset: MapDataset, depth: number, root: boolean): string {
    const parts: string[] = [];
    const identify = this.options.identify === true;
    if (this.choose(4) > 0) parts.push(`nodes ${this.#selection(dataset, depth)}`);
    if (this.choose(3) === 0)
      parts.push(
        `edges { cursor ${identify || this.choose(2) === 0 ? `node ${this.#selection(dataset, Math.min(depth, 1))}` : ""} }`,
      );
    if (this.choose(3) === 0) {
      parts.push("pageInfo { hasNextPage hasPreviousPage startCursor endCursor }");
      if (identify) parts.push("nodes { zid: id }");
    }
    if (root && this.choose(3) === 0) parts.push("totalCount");
    if (parts.length === 0) parts.push("__typename");
    return `{ ${parts.join(" ")} }`;
  }

  #inputs(dataset: MapDataset): MapField[] {
    const fields = [...dataset.members.values()].filter((member) => member.kind === "field");
    return fields.filter((field) => this.options.inputs?.(field.coordinate) ?? true);
  }

  #orderBy(dataset: MapDataset): string {
    const fields = this.#inputs(dataset);
    const items = Array.from({ length: 1 + this.choose(2) }, () => ({
      field: this.#pick(fields).name,
      direction: this.#pick(["ASC", "DESC"]),
    }));
    const text = `[${items.map((item) => `{ field: ${item.field}, direction: ${item.direction} }`).join(", ")}]`;
    return `orderBy: ${this.#given(`[${dataset.name}OrderBy!]`, items, text)}`;
  }

  #where(dataset: MapDataset): string {
    const value = this.#condition(dataset, 2);
    return `where: ${this.#given(`${dataset.name}Where`, value, written(value))}`;
  }

  #condition(dataset: MapDataset, nesting: number): Condition {
    const fields = this.#inputs(dataset);
    const kind = nesting === 0 ? 0 : this.choose(7);
    if (kind === 4) return { or: [this.#condition(dataset, nesting - 1), this.#condition(dataset, nesting - 1)] };
    if (kind === 5) return { not: this.#condition(dataset, nesting - 1) };
    if (kind === 6) return { and: [this.#condition(dataset, nesting - 1)] };
    const field = this.#pick(fields);
    return { [field.name]: this.#comparison(dataset.table, field) };
  }

  #comparison(table: string, field: MapField): Condition {
    const value = (): unknown => {
      if (field.type === "String" && this.choose(4) === 0) return `${MARKER} literal`;
      const pick = this.choose(12);
      return this.options.town?.value(table, field.column, pick) ?? uniqueCell(table, field.column, pick);
    };
    if (this.choose(6) === 0) return { isNull: this.choose(2) === 0 };
    if (field.type === "Boolean") return { [this.#pick(["eq", "ne"])]: value() };
    const range = field.type !== "String" || this.options.textRanges === true;
    const operator = this.#pick(
      range ? ["eq", "ne", "in", "lt", "lte", "gt", "gte"] : ["eq", "ne", "in", "startsWith"],
    );
    return { [operator]: operator === "in" ? [value(), value()] : value() };
  }
}

type Condition = Readonly<Record<string, unknown>>;

/** As GraphQL writes an input object. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name}: ${written(each)}`)
    .join(", ")} }`;
}
