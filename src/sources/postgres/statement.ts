// One request of the contract → one SQL statement. Identifiers are quoted, values are parameters, every list has a LIMIT.
import type { ByKeysRequest, Column, CountRequest, Filter, Order, PageRequest } from "../source.js";
import { type ColumnForm, columnForm } from "./column-form.js";
import { Conditions, fewKeys } from "./condition.js";
import { quotedRelation, type Relation } from "./relation.js";

export interface Statement {
  readonly text: string;
  /** Of its parameters, as texts. */
  readonly values: readonly string[];
  /** What each row of the answer holds; null: cells as texts, however many. */
  readonly columns: readonly Column[] | null;
  /** Not to be kept by the server: better planned anew each time. */
  readonly once: boolean;
  /** It ends soon: some rows at most, as far as the service can tell, and an index finds them by the keys asked for. */
  readonly brief: boolean;
}

/** The relation does not have a column, or not of a type that can be read so. The message names schema objects only. */
export class WrongColumn extends Error {
  override readonly name = "WrongColumn";
}

/** A statement that was put together before, and what it follows from beside its columns. */
interface Text {
  /** Its joins and conditions, with the parameters' places in them and never a value. */
  readonly body: string;
  readonly order: readonly Order[];
  readonly limit: number;
  readonly text: string;
}

/** Texts that are kept for one list of columns: with and without a position, of each number of keys. */
const mostTexts = 8;

/** What is known of one relation and does not change from statement to statement. */
interface Forms {
  /** Its name, quoted. */
  readonly from: string;
  readonly of: (column: Column) => ColumnForm;
  /** By the list of columns that a plan holds; the last ones. */
  readonly texts: WeakMap<readonly Column[], Text[]>;
  /** Of lists of columns and orders that a plan holds, and so asks with again and again. */
  readonly selected: WeakMap<readonly Column[], string>;
  readonly ordered: WeakMap<readonly Order[], string>;
}

/** Keys of a statement that is brief, and rows that they may have. */
const mostBriefKeys = 100;
const mostBriefRows = 500;

const forms = new WeakMap<Relation, Map<string, Forms>>();

function formsOf(from: string, relation: Relation): Forms {
  let ofRelation = forms.get(relation);
  if (ofRelation === undefined) forms.set(relation, (ofRelation = new Map<string, Forms>()));
  let its = ofRelation.get(from);
  if (its === undefined) {
    its = {
      ...{ from: quotedRelation(from), of: formOf(from, relation) },
      ...{ texts: new WeakMap(), selected: new WeakMap(), ordered: new WeakMap() },
    };
    ofRelation.set(from, its);
  }
  return its;
}

function formOf(from: string, relation: Relation): (column: Column) => ColumnForm {
  const known = new WeakMap<Column, ColumnForm>();
  return (column) => {
    const held = known.get(column);
    if (held !== undefined) return held;
    const real = relation.get(column.name);
    if (real === undefined) throw new WrongColumn(`no column ${column.name} in ${from}`);
    const form = columnForm(real, column.type);
    if (form === null) throw new WrongColumn(`${from}.${column.name} is ${real.shown}: not readable as ${column.type}`);
    known.set(column, form);
    return form;
  };
}

function selected(its: Forms, columns: readonly Column[]): string {
  let written = its.selected.get(columns);
  if (written === undefined) {
    written = columns.map((column) => its.of(column).selected).join(", ");
    its.selected.set(columns, written);
  }
  return written;
}

function ordered(its: Forms, order: readonly Order[]): string {
  let written = its.ordered.get(order);
  if (written === undefined) {
    written = orderBy(order.map(({ column, direction }) => ({ expression: its.of(column).ordered, direction })));
    its.ordered.set(order, written);
  }
  return written;
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

/**
 * Written out, and no parameter: it is ours and one of few, and without it the server would plan for a tenth of the table.
 */
function limited(limit: number): string {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError("a limit is a whole number");
  return ` LIMIT ${limit}`;
}

/** The same text is the same string, which is looked up by what it is and not by reading it. */
function written(
  its: Forms,
  { columns, order }: Pick<PageRequest, "columns" | "order">,
  body: string,
  limit: number,
): string {
  const known = its.texts.get(columns) ?? [];
  for (const each of known) if (each.order === order && each.limit === limit && each.body === body) return each.text;
  const text = `SELECT ${selected(its, columns)} FROM ${its.from} AS t${body}${ordered(its, order)}${limited(limit)}`;
  its.texts.set(columns, [{ body, order, limit, text }, ...known.slice(0, mostTexts - 1)]);
  return text;
}

export function pageStatement(relation: Relation, request: PageRequest): Statement {
  const its = formsOf(request.from, relation);
  const conditions = new Conditions(its.of);
  const body = where([filtered(conditions, request.filter), positioned(conditions, request)]);
  const text = written(its, request, body, request.limit);
  return { text, values: conditions.values, columns: request.columns, once: conditions.once, brief: false };
}

const counted: readonly Column[] = [{ name: "count", type: "SafeInt" }];

export function countStatement(relation: Relation, request: CountRequest): Statement {
  const its = formsOf(request.from, relation);
  const conditions = new Conditions(its.of);
  const text = `SELECT count(*) FROM ${its.from} AS t${where([filtered(conditions, request.filter)])}`;
  return { text, values: conditions.values, columns: counted, once: conditions.once, brief: false };
}

/** At most `most` rows: one more than allowed tells "too large" from "all". */
export function byKeysStatement(relation: Relation, request: ByKeysRequest, most: number): Statement {
  const { limitPerKey } = request;
  if (limitPerKey === null) return allOfKeys(relation, request, most);
  if (request.keys.length === 1) return allOfKeys(relation, request, Math.min(limitPerKey, most));
  return firstOfKeys(relation, request, limitPerKey, most);
}

function allOfKeys(relation: Relation, request: ByKeysRequest, most: number): Statement {
  const its = formsOf(request.from, relation);
  const conditions = new Conditions(its.of);
  const [single] = request.match;
  // Where no index serves, joined keys are hashed, while `= ANY` would compare each row with all of them.
  const several =
    request.match.length > 1 || single === undefined || (request.keys.length > fewKeys && !its.of(single).indexed);
  const keys = several ? conditions.keyTable(request.match, request.keys) : null;
  const body =
    (keys === null ? "" : ` JOIN ${keys.table} ON ${keys.join}`) +
    where([
      single === undefined || several ? null : conditions.keys(single, request.keys),
      filtered(conditions, request.filter),
      positioned(conditions, request),
    ]);
  const text = written(its, request, body, most);
  const brief = isBrief(its, request);
  return { text, values: conditions.values, columns: request.columns, once: conditions.once, brief };
}

/**
 * Nothing but the keys says whose rows they are, so that a list which goes on behind a position goes alone. A text that is no
 * uuid is compared with the text of each row, a fraction with each whole number as a numeric: all of them are looked at.
 */
function isBrief(its: Forms, { match: [match, ...more], keys, after }: ByKeysRequest): boolean {
  if (match === undefined || more.length > 0 || after !== null || keys.length > mostBriefKeys) return false;
  const form = its.of(match);
  if (keys.length * form.rowsPerValue > mostBriefRows) return false;
  const { expression, type } = form.compared(keys.map(([key]) => key ?? ""));
  return expression === form.ordered && type === form.compared([]).type;
}

/** Each key's own short list, by an index where there is one; sorted again outside, since a join promises no order. */
function firstOfKeys(relation: Relation, request: ByKeysRequest, limit: number, most: number): Statement {
  const its = formsOf(request.from, relation);
  const conditions = new Conditions(its.of);
  const keys = conditions.keyTable(request.match, request.keys);
  const cells = request.columns.map((column, i) => `${its.of(column).selected} AS c${i}`);
  const marks = request.order.map(({ column }, i) => `${its.of(column).ordered} AS o${i}`);
  const inner =
    `SELECT ${[...cells, ...marks].join(", ")} FROM ${its.from} AS t` +
    where([keys.join, filtered(conditions, request.filter), positioned(conditions, request)]) +
    ordered(its, request.order) +
    limited(limit);
  const outer = [
    { expression: "k.place", direction: "asc" as const },
    ...request.order.map(({ direction }, i) => ({ expression: `r.o${i}`, direction })),
  ];
  const text =
    `SELECT ${request.columns.map((_, i) => `r.c${i}`).join(", ")}` +
    ` FROM ${keys.table} CROSS JOIN LATERAL (${inner}) AS r${orderBy(outer)}${limited(most)}`;
  return {
    text,
    values: conditions.values,
    columns: request.columns,
    once: conditions.once,
    brief: isBrief(its, request),
  };
}
