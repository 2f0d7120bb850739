// Which part of a question the service answers by itself. All of it is judged again on the rows at hand, so a part that
// is not understood here costs rows, never a wrong answer.
import type { ScalarType, Value } from "../../terms/index.js";
import type { Column, Filter } from "../source.js";
import type { Params } from "./read-list.js";
import type { RestFilter, RestItem, RestList } from "./settings.js";

type Values = readonly NonNullable<Value>[];

/** One of these ways: one list; several lists, each of its own values of one column; rows one by one. */
export type Way =
  | { readonly kind: "list"; readonly params: Params }
  | { readonly kind: "lists"; readonly column: Column; readonly lists: readonly { values: Values; params: Params }[] }
  | { readonly kind: "items"; readonly column: Column; readonly item: RestItem; readonly values: Values };

interface Condition {
  readonly column: Column;
  readonly values: Values;
}

/** Longer than any path of ours, shorter than what servers refuse. */
const mostParamChars = 4_000;
const usualBatch = 50;

export function wayOf(list: RestList, filter: Filter | null, mostRequests: number): Way {
  const conditions = required(filter).filter(({ values }) => values.length > 0);
  const params = singleParams(list, conditions);
  for (const condition of conditions) {
    const way = byValues(list, condition, params);
    if (way !== null && requestsOf(way) <= mostRequests) return way;
  }
  return { kind: "list", params: params.map(({ param }) => param) };
}

function requestsOf(way: Way): number {
  if (way.kind === "items") return way.values.length;
  return way.kind === "lists" ? way.lists.length : 1;
}

/** What must be true whatever else is: the parts of the outermost `and` that name values. */
function required(filter: Filter | null): readonly Condition[] {
  switch (filter?.op) {
    case "and":
      return filter.filters.flatMap(required);
    case "eq":
      return [{ column: filter.column, values: [filter.value] }];
    case "in":
      return [{ column: filter.column, values: [...new Set(filter.values)] }];
    default:
      return [];
  }
}

interface SingleParam {
  readonly column: Column;
  readonly param: readonly [string, string];
}

/** Parameters of conditions with one value; each parameter once, since two would mean what nobody knows. */
function singleParams(list: RestList, conditions: readonly Condition[]): readonly SingleParam[] {
  const found = new Map<string, SingleParam>();
  for (const { column, values } of conditions) {
    const filter = filterOf(list, column);
    const text = values.length === 1 && filter !== null ? queryText(column, values[0] ?? null, filter) : null;
    if (filter !== null && text !== null && !found.has(filter.param))
      found.set(filter.param, { column, param: [filter.param, text] });
  }
  return [...found.values()];
}

function byValues(list: RestList, { column, values }: Condition, singles: readonly SingleParam[]): Way | null {
  const filter = filterOf(list, column);
  const item = own(list.byKeys, column.name);
  const others = singles.filter(({ param }) => param[0] !== filter?.param).map(({ param }) => param);
  const canItems = item !== null && values.every((value) => isSegment(pathText(column, value)));
  const items: Way | null = canItems ? { kind: "items", column, item, values } : null;
  if (values.length === 1 || filter === null) return items;
  const texts = values.map((value) => queryText(column, value, filter));
  if (texts.includes(null)) return items;
  if (filter.style === "single" && items !== null) return items;
  const lists = batches(texts as readonly string[], filter).map(([from, to]) => ({
    values: values.slice(from, to),
    params: [...others, ...listParams(filter, (texts as readonly string[]).slice(from, to))],
  }));
  return { kind: "lists", column, lists };
}

function listParams({ param, style }: RestFilter, texts: readonly string[]): Params {
  return style === "comma" ? [[param, texts.join(",")]] : texts.map((text) => [param, text] as const);
}

/** From and to, excluded, of each request's values: so many at most, and no longer than an address may be. */
function batches(texts: readonly string[], { style, batch = usualBatch, param }: RestFilter): [number, number][] {
  const most = style === "single" ? 1 : batch;
  const found: [number, number][] = [];
  let chars = 0;
  for (const [i, text] of texts.entries()) {
    const length = encodeURIComponent(text).length + param.length + 2;
    const last = found.at(-1);
    if (last === undefined || i - last[0] >= most || chars + length > mostParamChars) {
      found.push([i, i + 1]);
      chars = length;
    } else {
      last[1] = i + 1;
      chars += length;
    }
  }
  return found;
}

const filterOf = (list: RestList, column: Column): RestFilter | null => own(list.filters, column.name);

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | null {
  return record !== undefined && Object.hasOwn(record, name) ? (record[name] ?? null) : null;
}

/**
 * How a value is written in a parameter; null where the service could read another: an empty text often means "all", a
 * comma parts values, blanks are cut off, an instant or a fraction may be finer in the service than here.
 */
function queryText({ type }: Column, value: Value, { style }: RestFilter): string | null {
  if (value === null || isInexact(type)) return null;
  const text = String(value);
  if (text === "" || text.trim() !== text || text.length > mostParamChars / 4) return null;
  return style === "comma" && text.includes(",") ? null : text;
}

/** As one part of a path, not yet encoded. */
const pathText = ({ type }: Column, value: NonNullable<Value>): string => (isInexact(type) ? "" : String(value));

const isInexact = (type: ScalarType): boolean => type === "DateTime" || type === "Float";

/** `.` and `..` would lead elsewhere, however they are encoded. */
const isSegment = (text: string): boolean => text !== "" && text !== "." && text !== ".." && text.length <= 500;

/** `/car-parks/{code}` with the value in its place. */
export function itemPath({ path }: RestItem, value: NonNullable<Value>): string {
  return path.replace(/\{[^{}]*\}/, () => encodeURIComponent(String(value)));
}
