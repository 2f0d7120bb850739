// Filters and positions as SQL. Values never stand in the text: each is a parameter.
import type { Row, Value } from "../../terms/index.js";
import { isCanonical } from "../canonical-value.js";
import type { Column, ComparisonOperator, Filter, Order } from "../source.js";
import type { ColumnForm, Comparable } from "./column-form.js";
import { mostParameters } from "./messages.js";

const operators: Readonly<Record<ComparisonOperator, string>> = {
  eq: "=",
  ne: "<>",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
};

/** A value that PostgreSQL cannot be asked about. */
export class UnaskableValue extends Error {
  override readonly name = "UnaskableValue";
}

/** A text that PostgreSQL cannot hold, or that would change on its way there: NUL, half a surrogate pair. */
function sendable(column: Column, value: NonNullable<Value>): NonNullable<Value> {
  if (column.type === "GeoJSON") throw new UnaskableValue("geometries are not compared");
  if (!isCanonical(column.type, value)) throw new UnaskableValue(`a value that is not ${column.type}`);
  if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed())) {
    throw new UnaskableValue("a text that PostgreSQL cannot hold");
  }
  return value;
}

type FormOf = (column: Column) => ColumnForm;

/** Numbers need no quotes; everything else is quoted, whatever it holds. */
function arrayText(values: readonly NonNullable<Value>[]): string {
  if (typeof values[0] === "number") return `{${values.join(",")}}`;
  return `{${values.map(quotedElement).join(",")}}`;
}

function quotedElement(value: NonNullable<Value>): string {
  const text = String(value);
  return `"${text.includes('"') || text.includes("\\") ? text.replaceAll(/["\\]/g, "\\$&") : text}"`;
}

/** So many keys are each a parameter of their own: the server then knows how many there are, whatever plan it keeps. */
export const fewKeys = 8;
/** Of more than so many the server is told each time how many they are: for the usual few it would go another way. */
const manyKeys = 1_000;

interface Written extends Comparable {
  readonly form: ColumnForm;
  /** The array as text. */
  readonly array: string;
}

/** Sets of people hand out the same list for as long as nobody decides: it is looked through and written once. */
const written = new WeakMap<readonly NonNullable<Value>[], Written>();

/** Collects the parameters of one statement. */
export class Conditions {
  /** As texts. */
  readonly values: string[] = [];
  /** Better planned anew each time. */
  once = false;

  constructor(private readonly formOf: FormOf) {}

  /** `$n`, in the sequence of the statement. */
  private bind(value: NonNullable<Value>): string {
    if (this.values.length === mostParameters) throw new UnaskableValue("more values than PostgreSQL takes");
    this.values.push(typeof value === "string" ? value : String(value));
    return `$${this.values.length}`;
  }

  private bindArray(text: string, size: number, type: string): string {
    if (size > manyKeys) this.once = true;
    return `${this.bind(text)}::${type}[]`;
  }

  filter(filter: Filter): string {
    switch (filter.op) {
      case "and":
      case "or":
        return this.joined(filter.op, filter.filters);
      case "not":
        return `(NOT ${this.filter(filter.filter)})`;
      case "isNull":
        return `(${this.formOf(filter.column).ordered} IS ${filter.value ? "" : "NOT "}NULL)`;
      case "near":
      case "within":
        throw new UnaskableValue("a geographical condition, which is not asked of PostgreSQL");
      case "in":
        return this.among(filter.column, filter.values);
      case "startsWith":
        return this.startsWith(filter.column, filter.value);
      default:
        return this.compare(filter.column, operators[filter.op], filter.value);
    }
  }

  private joined(op: "and" | "or", filters: readonly Filter[]): string {
    if (filters.length === 0) return op === "and" ? "true" : "false";
    return `(${filters.map((part) => this.filter(part)).join(op === "and" ? " AND " : " OR ")})`;
  }

  private compare(column: Column, operator: string, value: NonNullable<Value>): string {
    const { expression, type } = this.formOf(column).compared([sendable(column, value)]);
    return `(${expression} ${operator} ${this.bind(value)}::${type})`;
  }

  private among(column: Column, values: readonly NonNullable<Value>[]): string {
    const [only] = values;
    if (values.length > fewKeys || only === undefined) {
      const { expression, type, array } = this.written(column, values);
      return `(${expression} = ANY(${this.bindArray(array, values.length, type)}))`;
    }
    for (const value of values) sendable(column, value);
    const { expression, type } = this.formOf(column).compared(values);
    if (values.length === 1) return `(${expression} = ${this.bind(only)}::${type})`;
    // Filled up to the next power of two with the first, so that there are few different statements.
    const size = values.length > 4 ? fewKeys : values.length > 2 ? 4 : 2;
    const places = Array.from({ length: size }, (_, i) => this.bind(values[i] ?? only));
    return `(${expression} = ANY(ARRAY[${places.join(", ")}]::${type}[]))`;
  }

  private written(column: Column, values: readonly NonNullable<Value>[]): Written {
    const form = this.formOf(column);
    const known = written.get(values);
    if (known?.form === form) return known;
    for (const value of values) sendable(column, value);
    const made = { ...form.compared(values), form, array: arrayText(values) };
    written.set(values, made);
    return made;
  }

  /** `^@` takes the prefix as it is: `%` and `_` have no meaning in it. */
  private startsWith(column: Column, prefix: string): string {
    if (column.type !== "String") throw new UnaskableValue(`startsWith on ${column.type}`);
    const { expression } = this.formOf(column).compared([""]);
    return `(${expression} ^@ ${this.bind(sendable(column, prefix))}::text)`;
  }

  /** A few keys of one `match` column. */
  keys(column: Column, keys: readonly Row[]): string {
    return this.among(column, onlyValues(keys, 0));
  }

  /** A table of keys, one array per `match` column, and what joins it to the relation. */
  keyTable(match: readonly Column[], keys: readonly Row[]): { readonly table: string; readonly join: string } {
    const parts = match.map((column, i) => {
      const sent = onlyValues(keys, i).map((value) => sendable(column, value));
      const { expression, type } = this.formOf(column).compared(sent);
      return { array: this.bindArray(arrayText(sent), sent.length, type), on: `${expression} = k.k${i}` };
    });
    const names = match.map((_, i) => `k${i}`).join(", ");
    return {
      table: `unnest(${parts.map((part) => part.array).join(", ")}) WITH ORDINALITY AS k(${names}, place)`,
      join: parts.map((part) => part.on).join(" AND "),
    };
  }

  /**
   * Rows strictly after a position. Nulls are last in `asc` and first in `desc`, as PostgreSQL has them by default.
   * Where every column is NOT NULL and the direction is one, a row comparison lets an index find the place.
   */
  after(order: readonly Order[], position: readonly Value[]): string {
    const parts = order.map((part, i) => this.position(part, position[i] ?? null));
    const rows = parts.every((part) => part.operand !== null && part.notNull);
    if (rows && new Set(order.map((part) => part.direction)).size === 1) {
      const [left, right] = [parts.map((part) => part.expression), parts.map((part) => part.operand)];
      return `((${left.join(", ")}) ${parts[0]?.operator ?? ">"} (${right.join(", ")}))`;
    }
    const chain = parts.reduceRight<string | null>((rest, part) => {
      const beyond = strictlyAfter(part);
      if (rest === null) return beyond;
      return `(${beyond} OR (${sameAs(part)} AND ${rest}))`;
    }, null);
    return chain ?? "true";
  }

  private position(part: Order, value: Value): Position {
    const form = this.formOf(part.column);
    const operator = part.direction === "asc" ? ">" : "<";
    if (value === null) return { expression: form.ordered, operand: null, operator, notNull: form.notNull };
    const { expression, type } = form.compared([sendable(part.column, value)]);
    return { expression, operand: `${this.bind(value)}::${type}`, operator, notNull: form.notNull };
  }
}

interface Position {
  readonly expression: string;
  /** The parameter, cast; null where the position's cell is null. */
  readonly operand: string | null;
  readonly operator: ">" | "<";
  readonly notNull: boolean;
}

function strictlyAfter({ expression, operand, operator, notNull }: Position): string {
  const ascending = operator === ">";
  if (operand === null) return ascending ? "false" : `(${expression} IS NOT NULL)`;
  const beyond = `(${expression} ${operator} ${operand})`;
  return ascending && !notNull ? `(${beyond} OR ${expression} IS NULL)` : beyond;
}

const sameAs = ({ expression, operand }: Position): string =>
  operand === null ? `(${expression} IS NULL)` : `(${expression} = ${operand})`;

function onlyValues(keys: readonly Row[], place: number): readonly NonNullable<Value>[] {
  return keys.map((key) => {
    const value = key[place] ?? null;
    if (value === null) throw new UnaskableValue("a key with a null in it");
    return value;
  });
}
