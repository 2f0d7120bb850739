// A filter's `where` → a condition on a row's columns. Only such comparisons are let through whose truth we can tell
// exactly from the row itself: what a service says it filtered is checked on every row that comes back (law 14).
import { isMap, isSeq, type Node } from "yaml";
import {
  apiScalars,
  filterOperators,
  operatorsOf,
  type Dataset,
  type Field,
  type FilterOperator,
} from "../catalogue/index.js";
import { geometryOf, isLatitude, isLongitude, type ScalarType, type Value } from "../terms/index.js";
import { meant } from "./did-you-mean.js";
import type { RowCondition } from "./grant.js";
import { isReference, words, type Entries, type YamlPlace, YamlReader } from "./yaml-reader.js";

/** A part of a condition, and the same in words. */
export interface ReadCondition {
  readonly where: RowCondition;
  readonly text: string;
}

const mostComparisons = 100;
const mostNesting = 10;
const mostValues = 1_000;
const joins = ["and", "or", "not"] as const;
type Join = (typeof joins)[number];

const wanted: Readonly<Record<ScalarType, string>> = {
  String: "a text (between quotes, where it looks like a number or a truth)",
  Int: "a whole number of 32 bits, without quotes",
  SafeInt: "a whole number, without quotes",
  Float: "a number, without quotes",
  Boolean: "true or false, without quotes",
  Date: "a day such as 2026-11-22",
  DateTime: 'a moment such as "2026-11-22T09:00:00Z"',
  GeoJSON: "a Polygon or MultiPolygon as GeoJSON, longitude first, of at most 1,000 positions",
};

/** What a filter's reader hands on to the reader of its `where`. */
export abstract class WhereReader extends YamlReader {
  #comparisons = 0;

  /** @param dataset null: not known, so that shapes alone are looked at. Null: a fault, or nothing to compare */
  protected where(node: Node | null, at: YamlPlace, dataset: Dataset | null): ReadCondition | null {
    this.#comparisons = 0;
    return this.#all(node, at, dataset, 1);
  }

  #all(node: Node | null, at: YamlPlace, dataset: Dataset | null, nesting: number): ReadCondition | null {
    if (isReference(node))
      return this.#refuse(at, "value-type", "write it out: references (`*name`) are not read here");
    if (nesting > mostNesting) return this.#refuse(at, "too-deep", `conditions are nested at most ${mostNesting} deep`);
    const entries = this.entries(node, at, "a condition", null, []);
    if (entries === null) return null;
    if (entries.size === 0)
      return this.#refuse(at, "empty-condition", "an empty condition holds for every row: a rule for them says `all`");
    const parts = [...entries].map(([name, entry]) =>
      isJoin(name) ? this.#join(name, entry, dataset, nesting) : this.#field(name, entry, dataset),
    );
    return together("and", parts);
  }

  #join(join: Join, { key, value }: Entry, dataset: Dataset | null, nesting: number): ReadCondition | null {
    if (join === "not") {
      const inner = this.#all(value, value === null ? key.at : this.placeOf(value), dataset, nesting + 1);
      return inner && { where: { op: "not", filter: inner.where }, text: `not (${inner.text})` };
    }
    if (!isSeq<Node>(value) || value.items.length === 0)
      return this.#refuse(key.at, "value-type", `\`${join}\` is a list of conditions, each beginning with \`- \``);
    const parts = value.items.map((item) => this.#all(item, this.placeOf(item), dataset, nesting + 1));
    return together(join, parts);
  }

  #field(name: string, { key, value }: Entry, dataset: Dataset | null): ReadCondition | null {
    const field = dataset === null ? null : this.#fieldOf(name, key.at, dataset);
    if (value === null || !isMap(value)) {
      const [first = "eq"] = field === null ? [] : comparisonsOf(field.column.type);
      const example = `\`${name}: { ${first}: … }\``;
      const empty = field === null ? "" : "; for cells without a value `isNull: true`";
      this.fault(key.at, "value-type", `say how it is compared: ${example}${empty}`);
      return null;
    }
    const entries = this.entries(value, this.placeOf(value), `what is asked of ${name}`, null, []);
    if (entries === null) return null;
    if (entries.size === 0) return this.#refuse(key.at, "empty-condition", `nothing is asked of ${name}`);
    const parts = [...entries].map(([operator, entry]) => this.#comparison(operator, entry, name, field));
    return together("and", parts);
  }

  #fieldOf(name: string, at: YamlPlace, dataset: Dataset): Field | null {
    const member = dataset.members.get(name);
    if (member?.kind === "field") return member;
    if (member === undefined) {
      const names = [...dataset.members.values()].filter(({ kind }) => kind === "field").map((field) => field.name);
      const message = `${dataset.name} has no field "${name}" in schema.graphql`;
      this.fault(at, "unknown-field", message, meant(name, [...names, ...joins]));
    } else if (member.kind === "derived") {
      const message = `${member.coordinate} is made of ${member.from.name}: compare that one`;
      this.fault(at, "filter-on-derived", message, member.from.name);
    } else {
      const message = `${member.coordinate} is a link: a filter reads the row's own fields alone`;
      this.fault(at, "filter-on-link", message);
    }
    return null;
  }

  #comparison(name: string, { key, value }: Entry, of: string, field: Field | null): ReadCondition | null {
    if (++this.#comparisons > mostComparisons)
      return this.#refuse(key.at, "too-many", `a filter has at most ${mostComparisons} comparisons`);
    const operator = filterOperators.find((known) => known === name);
    const known = field === null ? filterOperators : comparisonsOf(field.column.type);
    if (operator === undefined || !known.includes(operator)) {
      this.fault(key.at, ...notCompared(name, operator, field, known));
      return null;
    }
    if (value === null || isReference(value))
      return this.#refuse(key.at, "missing-value", `\`${name}\` takes a value; cells without one are \`isNull: true\``);
    return field === null ? null : this.#compared(operator, value, of, field);
  }

  #compared(operator: FilterOperator, node: Node, name: string, field: Field): ReadCondition | null {
    const { column } = field;
    switch (operator) {
      case "isNull": {
        const value = this.#value(node, "Boolean", "isNull");
        if (typeof value !== "boolean") return null;
        return { where: { op: "isNull", column, value }, text: `${name} ${value ? "has no value" : "has a value"}` };
      }
      case "in":
        return this.#among(node, name, field);
      case "near":
        return this.#near(node, name, field);
      case "within": {
        const value = this.#value(node, "GeoJSON", field.coordinate);
        if (value === null) return null;
        const area = geometryOf(String(value));
        if (area.type !== "Polygon" && area.type !== "MultiPolygon") return this.#misfit(node, "GeoJSON", "within");
        return { where: { op: "within", column, area }, text: `${name} lies within a ${area.type}` };
      }
      case "startsWith": {
        const value = this.#value(node, "String", field.coordinate);
        if (value === null) return null;
        return {
          where: { op: "startsWith", column, value: String(value) },
          text: `${name} starts with ${shown(value)}`,
        };
      }
      default: {
        const value = this.#value(node, column.type, field.coordinate);
        if (value === null) return null;
        return { where: { op: operator, column, value }, text: `${name} ${signs[operator]} ${shown(value)}` };
      }
    }
  }

  #among(node: Node, name: string, { column, coordinate }: Field): ReadCondition | null {
    if (!isSeq<Node>(node) || node.items.length === 0 || node.items.length > mostValues)
      return this.#refuse(this.placeOf(node), "value-type", `\`in\` is a list of 1 to ${mostValues} values`);
    const values = node.items
      .map((item) => this.#value(item, column.type, coordinate))
      .filter((value) => value !== null);
    if (values.length < node.items.length) return null;
    return { where: { op: "in", column, values }, text: `${name} is one of ${values.map(shown).join(", ")}` };
  }

  #near(node: Node, name: string, { column }: Field): ReadCondition | null {
    const keys = ["longitude", "latitude", "maxDistance"] as const;
    const entries = this.entries(node, this.placeOf(node), "`near`", keys, keys);
    if (entries === null) return null;
    const numbers = keys.map((key) => {
      const value = entries.get(key)?.value;
      return value ? this.#value(value, "Float", key) : null;
    });
    const [longitude, latitude, maxDistance] = numbers;
    if (typeof longitude !== "number" || typeof latitude !== "number" || typeof maxDistance !== "number") return null;
    if (!isLongitude(longitude) || !isLatitude(latitude) || maxDistance < 0) {
      const message = "longitude is -180 to 180, latitude -90 to 90, maxDistance 0 or more, in metres";
      return this.#refuse(this.placeOf(node), "value", message);
    }
    const text = `${name} is at most ${maxDistance} m from ${longitude}, ${latitude}`;
    return { where: { op: "near", column, position: [longitude, latitude], maxDistance }, text };
  }

  /** In the one form of its type, as the API reads it. */
  #value(node: Node, type: ScalarType, of: string): NonNullable<Value> | null {
    const written: unknown = isReference(node) ? undefined : (node.toJSON() as unknown);
    try {
      const value = apiScalars[type].parseValue(written) as NonNullable<Value>;
      if (typeof value !== "string" || (!value.includes("\u0000") && value.isWellFormed()))
        return typeof value === "number" ? value + 0 : value;
    } catch {
      // Its words may quote the value (law 11).
    }
    return this.#misfit(node, type, of);
  }

  #misfit(node: Node, type: ScalarType, of: string): null {
    const what = /^[A-Z]/.test(of) ? `${of} is of type ${type}` : `\`${of}\``;
    return this.#refuse(this.placeOf(node), "value-type", `${what}: it is compared with ${wanted[type]}`);
  }

  #refuse(at: YamlPlace, code: string, message: string): null {
    this.fault(at, code, message);
    return null;
  }
}

type Entry = Entries extends ReadonlyMap<string, infer E> ? E : never;

const isJoin = (name: string): name is Join => joins.some((join) => join === name);

/** Services order texts each in a way of their own (their collation): whether a row is meant could not be told here. */
function comparisonsOf(type: ScalarType): readonly FilterOperator[] {
  const ordered: readonly FilterOperator[] = ["lt", "lte", "gt", "gte"];
  return type === "String" ? operatorsOf(type).filter((name) => !ordered.includes(name)) : operatorsOf(type);
}

function notCompared(
  name: string,
  operator: FilterOperator | undefined,
  field: Field | null,
  known: readonly FilterOperator[],
): [code: string, message: string, suggestion?: string] {
  const near = meant(name, known);
  const meantWord: [string] | [] = near === undefined ? [] : [near];
  if (operator === undefined || field === null)
    return ["unknown-operator", `"${name}" is no comparison; there are ${words(known)}`, ...meantWord];
  const { type } = field.column;
  if (type === "String" && operatorsOf(type).includes(operator)) {
    const message = `each service orders texts in its own way, so \`${name}\` could not be checked on a row; there are ${words(known)}`;
    return ["comparison-inexact", message];
  }
  return ["operator-of-type", `\`${name}\` is no comparison of a ${type}; there are ${words(known)}`];
}

function together(op: "and" | "or", parts: readonly (ReadCondition | null)[]): ReadCondition | null {
  const read = parts.filter((part) => part !== null);
  // A part with a fault leaves nothing: the rest would be another condition.
  if (read.length < parts.length) return null;
  const [only] = read;
  if (only !== undefined && read.length === 1) return only;
  const text = read.map((part) => ("filters" in part.where ? `(${part.text})` : part.text)).join(` ${op} `);
  return { where: { op, filters: read.map(({ where }) => where) }, text };
}

const signs = { eq: "=", ne: "≠", lt: "<", lte: "≤", gt: ">", gte: "≥" } as const;

const shown = (value: NonNullable<Value>): string =>
  typeof value === "string" ? JSON.stringify(value) : String(value);
