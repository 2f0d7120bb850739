// Names and types learnt from a sample of JSON objects, where a service has no description of itself. Of the values only
// their type is kept (law 11), and of names only those that look like names: an object may be a table whose keys are data.
import type { ScalarType } from "../terms/index.js";
import { jsonCell } from "./json-cell.js";
import type { StructureColumn } from "./structure.js";

/** Deep enough for what people write, and an end for what they do not. */
const deepest = 5;
const mostColumns = 1_000;
const nameLike = /^[\p{L}_$@][\p{L}\p{M}\p{N}_$:-]{0,99}$/u;

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (json: unknown): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** What was seen at one path. */
export interface Seen {
  readonly values: readonly unknown[];
  /** Of the objects around it, some have no such member. */
  readonly isMissing: boolean;
}

/** One column for each path; what comes in many values, or changes its type, has no scalar. */
export function sampledColumns(rows: readonly JsonObject[]): readonly StructureColumn[] {
  const columns: StructureColumn[] = [];
  gather(rows, "", 1, columns, false);
  return columns;
}

function gather(
  objects: readonly JsonObject[],
  prefix: string,
  depth: number,
  columns: StructureColumn[],
  isMissing: boolean,
): void {
  for (const name of new Set(objects.flatMap((object) => Object.keys(object)))) {
    if (columns.length >= mostColumns) return;
    if (!nameLike.test(name)) continue;
    const having = objects.filter((object) => Object.hasOwn(object, name));
    const values = having.map((object) => object[name]);
    const path = `${prefix}${name}`;
    const present = values.filter((value) => value !== null);
    const missing = isMissing || having.length < objects.length || present.length < values.length;
    const inner = present.filter(isObject);
    const isGeometry = inner.length > 0 && sampledScalar(present) === "GeoJSON";
    if (!isGeometry && depth < deepest && inner.length > 0 && inner.length === present.length && !isTable(inner))
      gather(inner, `${path}.`, depth + 1, columns, missing);
    else columns.push(columnOf(path, { values: present, isMissing: missing }));
  }
}

/** `{ "P01": 12, "P02": 3 }`: members that are named like no others, or differ from one object to the next, are data. */
function isTable(objects: readonly JsonObject[]): boolean {
  const names = objects.map((object) => Object.keys(object));
  const all = new Set(names.flat());
  if ([...all].some((name) => !nameLike.test(name)) || all.size > 100) return true;
  if (objects.length === 1) return all.size > 30;
  const widest = Math.max(...names.map(({ length }) => length));
  return all.size > 2 * widest;
}

export function columnOf(name: string, { values, isMissing }: Seen): StructureColumn {
  const scalar = sampledScalar(values);
  return { name, type: typeOf(values, scalar), scalar, nullable: isMissing ? true : null, description: null };
}

const words: Readonly<Partial<Record<ScalarType, string>>> = { Date: "string (date)", DateTime: "string (date-time)" };

function typeOf(values: readonly unknown[], scalar: ScalarType | null): string {
  if (scalar !== null && words[scalar] !== undefined && values.every((value) => typeof value === "string"))
    return words[scalar];
  const kinds = [...new Set(values.map(kindOf))].sort();
  if (kinds.join() === "integer,number") return "number";
  return kinds.length === 0 ? "nothing but null" : kinds.join(" or ");
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** The narrowest under which the connector reads every value of the sample. Without a value: a text, until one is seen. */
function sampledScalar(values: readonly unknown[]): ScalarType | null {
  if (values.length === 0) return "String";
  const isText = values.every((value) => typeof value === "string");
  const candidates: readonly ScalarType[] = isText
    ? ["Date", "DateTime", "String"]
    : ["Int", "SafeInt", "Float", "Boolean", "GeoJSON"];
  // A SafeInt may be written as a text; a text that looks like a number is not one.
  if (!isText && values.some((value) => typeof value === "string")) return null;
  return candidates.find((scalar) => values.every((value) => jsonCell(scalar, value) !== undefined)) ?? null;
}
