// One request of the contract → one SQL statement. Identifiers are quoted, values are parameters, every list has a LIMIT.
import type { ByKeysRequest, Column, CountRequest, Filter, Order, PageRequest } from "../source.js";
import { type ColumnForm, columnForm } from "./column-form.js";
import { Conditions } from "./condition.js";
import { quotedRelation, type Relation } from "./relation.js";

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The relation does not have a column, or not of a type that can be read so. The message names schema objects only. */
export class WrongColumn extends Error {
  override readonly name = "WrongColumn";
}

function formsOf(from: string, relation: Relation): (column: Column) => ColumnForm {
  const known = new Map<string, ColumnForm>();
  return (column) => {
    const id = `${column.type} ${column.name}`;
    const held = known.get(id);
    if (held !== undefined) return held;
    const real = relation.get(column.name);
    if (real === undefined) throw new WrongColumn(`no column ${column.name} in ${from}`);
    const form = columnForm(real, column.type);
    if (form === null) throw new WrongColumn(`${from}.${column.name} is ${real.shown}: not readable as ${column.type}`);
    known.set(id, form);
    return form;
  };
}

/** NULLS are said although they are PostgreSQL's default: the contract's order must not depend on a default. */
function orderBy(parts: readonly { readonly expression: string; readonly direction: Order["direction"] }[]): string {
  if (parts.length === 0) return "";
  const written = parts.map(
    ({ expression, direction }) => `${expression} ${direction === "asc" ? "ASC NULLS LAST" : "DESC NULLS FIRST"}`,
  );
  return ` ORDER BY ${written.join(", ")}`;
}

function where(conditions: readonly (string | null)[]): string {
  const present = conditions.filter((condition) => condition !== null);
  return present.length === 0 ? "" : ` WHERE ${present.join(" AND ")}`;
}

const filtered = (conditions: Conditions, filter: Filter | null) =>
  filter === null ? null : conditions.filter(filter);

function positioned(conditions: Conditions, request: Pick<PageRequest, "order" | "after">): string | null {
  return request.after === null || request.order.length === 0 ? null : conditions.after(request.order, request.after);
}

export function pageStatement(relation: Relation, request: PageRequest): Statement {
  const formOf = formsOf(request.from, relation);
  const conditions = new Conditions(formOf);
  const selected = request.columns.map((column) => formOf(column).selected).join(", ");
  const text =
    `SELECT ${selected} FROM ${quotedRelation(request.from)} AS t` +
    where([filtered(conditions, request.filter), positioned(conditions, request)]) +
    orderBy(request.order.map(({ column, direction }) => ({ expression: formOf(column).ordered, direction }))) +
    ` LIMIT ${conditions.bind(request.limit)}::int8`;
  return { text, values: conditions.values };
}

export function countStatement(relation: Relation, request: CountRequest): Statement {
  const conditions = new Conditions(formsOf(request.from, relation));
  const text = `SELECT count(*) FROM ${quotedRelation(request.from)} AS t${where([filtered(conditions, request.filter)])}`;
  return { text, values: conditions.values };
}

/** At most `most` rows: one more than allowed tells "too large" from "all". */
export function byKeysStatement(relation: Relation, request: ByKeysRequest, most: number): Statement {
  return request.limitPerKey === null
    ? allOfKeys(relation, request, most)
    : firstOfKeys(relation, request, request.limitPerKey, most);
}

function allOfKeys(relation: Relation, request: ByKeysRequest, most: number): Statement {
  const formOf = formsOf(request.from, relation);
  const conditions = new Conditions(formOf);
  const [single] = request.match;
  const several = request.match.length > 1 || single === undefined;
  const keys = several ? conditions.keyTable(request.match, request.keys) : null;
  const text =
    `SELECT ${request.columns.map((column) => formOf(column).selected).join(", ")} FROM ${quotedRelation(request.from)} AS t` +
    (keys === null ? "" : ` JOIN ${keys.table} ON ${keys.join}`) +
    where([
      single === undefined || several ? null : conditions.keys(single, request.keys),
      filtered(conditions, request.filter),
      positioned(conditions, request),
    ]) +
    orderBy(request.order.map(({ column, direction }) => ({ expression: formOf(column).ordered, direction }))) +
    ` LIMIT ${conditions.bind(most)}::int8`;
  return { text, values: conditions.values };
}

/** Each key's own short list, by an index where there is one; sorted again outside, since a join promises no order. */
function firstOfKeys(relation: Relation, request: ByKeysRequest, limit: number, most: number): Statement {
  const formOf = formsOf(request.from, relation);
  const conditions = new Conditions(formOf);
  const keys = conditions.keyTable(request.match, request.keys);
  const cells = request.columns.map((column, i) => `${formOf(column).selected} AS c${i}`);
  const marks = request.order.map(({ column }, i) => `${formOf(column).ordered} AS o${i}`);
  const inner =
    `SELECT ${[...cells, ...marks].join(", ")} FROM ${quotedRelation(request.from)} AS t` +
    where([keys.join, filtered(conditions, request.filter), positioned(conditions, request)]) +
    orderBy(request.order.map(({ column, direction }) => ({ expression: formOf(column).ordered, direction }))) +
    ` LIMIT ${conditions.bind(limit)}::int8`;
  const outer = [
    { expression: "k.place", direction: "asc" as const },
    ...request.order.map(({ direction }, i) => ({ expression: `r.o${i}`, direction })),
  ];
  const text =
    `SELECT ${request.columns.map((_, i) => `r.c${i}`).join(", ")}` +
    ` FROM ${keys.table} CROSS JOIN LATERAL (${inner}) AS r${orderBy(outer)}` +
    ` LIMIT ${conditions.bind(most)}::int8`;
  return { text, values: conditions.values };
}
