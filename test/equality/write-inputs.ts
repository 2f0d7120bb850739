// Arguments of random operations: pages, conditions with values out of the data, orders, ids, cursors; each written as a
// literal, as a variable, or as a variable with a default.
import { getNamedType, isInputObjectType, isListType } from "graphql";
import type { GraphQLInputObjectType, GraphQLSchema } from "graphql";
import type { Catalogue, Dataset, Field } from "../../src/catalogue/index.js";
import { randomOrder, writtenOrder, type EarlierAnswers, type OrderStepInput } from "./earlier-answers.js";
import type { Tables } from "./tables.js";

/** A number from 0 to below `bound`. */
export type Choose = (bound: number) => number;

export interface World {
  readonly catalogue: Catalogue;
  readonly schema: GraphQLSchema;
  readonly tables: Tables;
  readonly earlier: EarlierAnswers;
  /** Ids that decode and of which no row is there, by dataset. */
  readonly goneIds: ReadonlyMap<string, string>;
}

interface Variable {
  readonly name: string;
  readonly type: string;
  /** Written. */
  readonly standard: string | null;
}

/** Stands in a written input for a variable. */
class Reference {
  constructor(readonly name: string) {}
}

const wrongTexts = ["", "x", "AAAA", "not an id", "AQ==", "é", "AQABAAAA", "A".repeat(3_000)];

export class Inputs {
  readonly declared = new Map<string, Variable>();
  readonly values: Record<string, unknown> = {};

  constructor(
    readonly world: World,
    readonly choose: Choose,
  ) {}

  in(percent: number): boolean {
    return this.choose(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.choose(from.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }

  /** `@skip` and `@include`, now and then both. */
  directives(): string {
    if (!this.in(9)) return "";
    const one = (): string => {
      const name = this.pick(["skip", "include"]);
      // Two of three let their field stay.
      const value = this.in(67) === (name === "include");
      return ` @${name}(if: ${this.written("Boolean!", value, String(value))})`;
    };
    const first = one();
    const second = this.in(15) ? one() : "";
    return second.startsWith(first.slice(0, 4)) ? first : first + second;
  }

  id(dataset: Dataset | null): string {
    const known = [...this.world.earlier.ids.values()].filter((ids) => ids.length > 0);
    const own = dataset === null ? this.pick(known) : (this.world.earlier.ids.get(dataset.name) ?? []);
    const kind = this.choose(20);
    const id =
      kind === 0
        ? this.pick(wrongTexts)
        : kind === 1
          ? this.pick(this.pick(known))
          : kind === 2
            ? this.pick([...this.world.goneIds.values()])
            : this.pick(own);
    return `(id: ${this.written("ID!", id, JSON.stringify(id))})`;
  }

  /** @param level 0 for a root list; deeper lists are shorter. */
  list(dataset: Dataset, coordinate: string, level: number): string {
    const sizes = [
      [20, 10, 5, 3, 1, 0],
      [5, 3, 2, 1, 0],
      [3, 2, 1],
      [2, 1],
    ][Math.min(level, 3)] ?? [1];
    const size = this.pick(sizes);
    const args: string[] = [];
    const way = this.pick(["first", "first", "first", "last", "last", "none"] as const);
    const known = this.in(level === 0 ? 35 : 15) ? (this.world.earlier.cursors.get(coordinate) ?? []) : [];
    const from = known.length === 0 ? null : this.pick(known);
    let orderBy: readonly OrderStepInput[] = from?.orderBy ?? (this.in(50) ? randomOrder(dataset, this.choose) : []);
    if (way !== "none") args.push(`${way}: ${this.written("Int", size, String(size))}`);
    else if (this.in(35)) args.push(`first: ${this.in(50) ? "null" : this.absent("Int")}`);
    if (from !== null || this.in(2)) {
      const cursor = from === null || this.in(6) ? this.wrongCursor() : this.pick(from.cursors);
      args.push(`${way === "last" ? "before" : "after"}: ${this.written("String", cursor, JSON.stringify(cursor))}`);
      if (this.in(4)) orderBy = randomOrder(dataset, this.choose);
    }
    if (this.in(level === 0 ? 30 : 15)) args.push(`where: ${this.where(dataset)}`);
    if (orderBy.length > 0) args.push(`orderBy: ${this.order(dataset, orderBy)}`);
    if (args.length === 0) return "";
    const rotate = this.choose(args.length);
    return `(${[...args.slice(rotate), ...args.slice(0, rotate)].join(", ")})`;
  }

  #order(steps: readonly OrderStepInput[]): unknown {
    const given = steps.map(({ field, direction }) => ({ field, ...(direction === null ? {} : { direction }) }));
    // A single value stands for a list of one.
    return given.length === 1 && this.in(30) ? given[0] : given;
  }

  order(dataset: Dataset, steps: readonly OrderStepInput[]): string {
    return this.written(`[${dataset.name}OrderBy!]`, this.#order(steps), writtenOrder(steps));
  }

  where(dataset: Dataset): string {
    if (this.in(6)) return this.absent(`${dataset.name}Where`);
    // References stand in literals alone.
    if (this.in(55)) return literal(this.#condition(dataset, 2, true));
    const condition = this.#condition(dataset, 2, false);
    return this.written(`${dataset.name}Where`, condition, literal(condition));
  }

  #condition(dataset: Dataset, depth: number, references: boolean): Readonly<Record<string, unknown>> {
    const made: Record<string, unknown> = {};
    const fields = [...dataset.members.values()].filter((member) => member.kind === "field");
    const parts = this.pick([0, 1, 1, 1, 1, 1, 1, 2, 2]);
    for (let i = 0; i < parts; i++) {
      const kind = depth === 0 ? 9 : this.choose(10);
      if (kind < 3) {
        const inner = Array.from({ length: this.choose(4) }, () => this.#condition(dataset, depth - 1, references));
        made[kind === 0 ? "and" : "or"] = inner.length === 1 && this.in(40) ? inner[0] : inner;
      } else if (kind === 3) made["not"] = this.#condition(dataset, depth - 1, references);
      else if (kind === 4 && this.in(30)) made[this.pick(["and", "or", "not", this.pick(fields).name])] = null;
      else {
        const field = this.pick(fields);
        made[field.name] = this.#comparison(dataset, field, references);
      }
    }
    return made;
  }

  #comparison(dataset: Dataset, field: Field, references: boolean): Readonly<Record<string, unknown>> {
    const where = this.world.schema.getType(`${dataset.name}Where`);
    if (!isInputObjectType(where)) throw new Error(`${dataset.name} has no where`);
    const filter = getNamedType(where.getFields()[field.name]?.type) as GraphQLInputObjectType;
    const made: Record<string, unknown> = {};
    for (let i = this.in(15) ? 2 : 1; i > 0; i--) {
      const operand = this.pick(Object.values(filter.getFields()));
      const listed = isListType(operand.type);
      const value =
        operand.name === "isNull"
          ? this.in(50)
          : listed
            ? this.#several(dataset, field)
            : operand.name === "startsWith"
              ? [...String(this.#valueOf(dataset, field))].slice(0, this.choose(4)).join("")
              : this.#valueOf(dataset, field);
      made[operand.name] = references && this.in(12) ? this.#reference(String(operand.type), value) : value;
    }
    return made;
  }

  #several(dataset: Dataset, field: Field): unknown {
    const values = Array.from({ length: this.choose(6) }, () => this.#valueOf(dataset, field));
    return values.length === 1 && this.in(30) ? values[0] : values;
  }

  /** Mostly one that is in the data. */
  #valueOf(dataset: Dataset, field: Field): string | number | boolean {
    const { type, name } = field.column;
    const rows = this.world.tables.get(dataset.name)?.rows ?? [];
    const cell = rows[this.choose(rows.length)]?.[name] ?? null;
    if (cell !== null && !this.in(5)) return cell;
    switch (type) {
      case "String":
        return this.pick(["", "é", "Zz", "%", "_", "\\", '"', "𝔸", "\uffee", "a\nb"]);
      case "Int":
        return this.pick([0, -1, 2_147_483_647, -2_147_483_648, 3]);
      case "SafeInt":
        return this.pick([0, -1, 9_007_199_254_740_991, 900_002]);
      case "Float":
        return this.pick([0, -0.5, 1.5, 1e10, 1e-7, 2]);
      case "Boolean":
        return this.in(50);
      case "Date":
        return this.pick(["2000-02-29", "0001-01-01", "9999-12-31"]);
      case "GeoJSON":
        throw new TypeError("Rivemont's databases hold no geometry");
      case "DateTime":
        return this.pick(["2026-01-02T03:04:05.678+02:00", "2025-06-01T00:00:00Z", "2026-09-01T12:30:00.000Z"]);
    }
  }

  #wrongLists(): readonly string[] {
    return [...this.world.earlier.cursors.values()].flatMap((lists) =>
      lists.flatMap((list) => list.cursors.slice(0, 2)),
    );
  }

  /** Of another list or another order, an id, or nothing at all. */
  wrongCursor(): string {
    const others = this.#wrongLists();
    if (others.length > 0 && this.in(50)) return this.pick(others);
    return this.in(20) ? this.pick([...this.world.goneIds.values()]) : this.pick(wrongTexts);
  }

  /** As a literal, as a variable with its value, or as a variable with a default that counts or does not. */
  written(type: string, value: unknown, asLiteral: string): string {
    const kind = this.choose(10);
    if (kind < 6) return asLiteral;
    const open = type.replace(/!$/, "");
    if (kind < 8) return this.#declare(this.in(50) ? type : `${open}!`, null, value);
    // A default makes up for the `!` that the place asks for.
    if (kind === 8) return this.#declare(open, asLiteral, undefined);
    return this.#declare(this.in(50) ? type : open, asLiteral, value);
  }

  /** A variable without a default that the request does not give, or gives as null. */
  absent(type: string): string {
    return this.#declare(type, null, this.in(50) ? null : undefined);
  }

  #reference(type: string, value: unknown): Reference {
    const given = this.in(85) ? value : undefined;
    return new Reference(
      this.#declare(type, given !== undefined && this.in(30) ? literal(value) : null, given).slice(1),
    );
  }

  #declare(type: string, standard: string | null, value: unknown): string {
    const name = `v${this.declared.size}`;
    this.declared.set(name, { name, type, standard });
    if (value !== undefined) this.values[name] = value;
    return `$${name}`;
  }

  /** `($v0: Int = 3, …)` for the variables that these texts use. */
  declarations(texts: readonly string[]): string {
    const used = new Set(texts.flatMap((text) => [...text.matchAll(/\$(v\d+)\b/g)].map(([, name = ""]) => name)));
    const written = [...used].flatMap((name) => {
      const variable = this.declared.get(name);
      if (variable === undefined) return [];
      return [`$${name}: ${variable.type}${variable.standard === null ? "" : ` = ${variable.standard}`}`];
    });
    return written.length === 0 ? "" : `(${written.join(", ")})`;
  }
}

function literal(value: unknown): string {
  if (value instanceof Reference) return `$${value.name}`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, part]) => `${name}: ${literal(part)}`)
    .join(", ")} }`;
}
