// Columns of a JSON Schema as OpenAPI writes it: nested objects by field paths, within bounds.
import type { ScalarType } from "../../terms/index.js";
import type { StructureColumn } from "../structure.js";
import { isObject } from "./field-path.js";
import type { JsonObject, OpenApiDocument } from "./openapi-document.js";

const deepest = 5;
const mostColumns = 1_000;
const mostParts = 20;

/** A schema with `allOf` brought together and "or null" taken out. */
export interface PlainSchema {
  readonly type: string | null;
  readonly format: string | null;
  readonly isNullable: boolean;
  readonly isEnum: boolean;
  readonly description: string | null;
  readonly properties: JsonObject | null;
  /** Null: it does not say. */
  readonly required: ReadonlySet<string> | null;
  readonly items: unknown;
  readonly maximum: number | null;
  readonly minimum: number | null;
  readonly usual: unknown;
}

export interface SchemaColumns {
  readonly columns: readonly StructureColumn[];
  /** Some fields may be missing in a row, and the schema says which are not. */
  readonly omits: boolean;
}

const textOf = (json: unknown): string | null => (typeof json === "string" ? json : null);
const numberOf = (json: unknown): number | null => (typeof json === "number" ? json : null);

/** Null where nothing stands there that can be read. */
export function plainSchema(document: OpenApiDocument, given: unknown, depth = 0): PlainSchema | null {
  const schema = depth > deepest * 2 ? null : document.object(given);
  if (schema === null) return null;
  const alternatives = partsOf(schema["oneOf"]).length > 0 ? partsOf(schema["oneOf"]) : partsOf(schema["anyOf"]);
  const values = alternatives.filter((one) => !isNullSchema(document, one));
  const [only] = values.length === 1 ? values : [];
  const parts = [...partsOf(schema["allOf"]), ...(only === undefined ? [] : [only])]
    .map((part) => plainSchema(document, part, depth + 1))
    .filter((part) => part !== null);
  const own = ownSchema(schema, alternatives.length > values.length);
  const merged = parts.reduce(merge, own);
  // What may be one thing or another has no one type.
  return values.length > 1 && merged.properties === null ? { ...merged, type: "one of several" } : merged;
}

const partsOf = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json.slice(0, mostParts) : []);

const isNullSchema = (document: OpenApiDocument, given: unknown): boolean =>
  document.object(given)?.["type"] === "null";

function ownSchema(schema: JsonObject, isNullable: boolean): PlainSchema {
  const { type, required, properties, default: usual } = schema;
  const types = (Array.isArray(type) ? (type as readonly unknown[]) : [type]).filter((one) => typeof one === "string");
  const named = types.filter((one) => one !== "null");
  return {
    type: named.length > 1 ? "one of several" : (named[0] ?? (isObject(properties) ? "object" : null)),
    format: textOf(schema["format"]),
    isNullable: isNullable || types.includes("null") || schema["nullable"] === true,
    isEnum: Array.isArray(schema["enum"]),
    description: textOf(schema["description"]),
    properties: isObject(properties) ? properties : null,
    required: Array.isArray(required) ? new Set(required.filter((one) => typeof one === "string")) : null,
    items: schema["items"],
    maximum: numberOf(schema["maximum"]),
    minimum: numberOf(schema["minimum"]),
    usual,
  };
}

function merge(a: PlainSchema, b: PlainSchema): PlainSchema {
  const both = a.required !== null || b.required !== null;
  return {
    type: a.type ?? b.type,
    format: a.format ?? b.format,
    isNullable: a.isNullable || b.isNullable,
    isEnum: a.isEnum || b.isEnum,
    description: a.description ?? b.description,
    properties: a.properties === null && b.properties === null ? null : { ...b.properties, ...a.properties },
    required: both ? new Set([...(a.required ?? []), ...(b.required ?? [])]) : null,
    items: a.items ?? b.items,
    maximum: a.maximum ?? b.maximum,
    minimum: a.minimum ?? b.minimum,
    usual: a.usual ?? b.usual,
  };
}

interface Place {
  readonly prefix: string;
  readonly isOptional: boolean;
  /** Schemas around this one: one that holds itself ends there. */
  readonly around: readonly unknown[];
}

/** Of the schema of one row. */
export function schemaColumns(document: OpenApiDocument, row: unknown): SchemaColumns {
  const found: { columns: StructureColumn[]; omits: boolean } = { columns: [], omits: false };
  gather(document, row, { prefix: "", isOptional: false, around: [] }, found);
  return found;
}

function gather(
  document: OpenApiDocument,
  given: unknown,
  { prefix, isOptional, around }: Place,
  found: { columns: StructureColumn[]; omits: boolean },
): void {
  const schema = plainSchema(document, given);
  const here = [...around, document.identity(given)];
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    if (found.columns.length >= mostColumns) return;
    const path = `${prefix}${name}`;
    const plain = plainSchema(document, property);
    const mayLack = schema?.required === null ? null : schema?.required.has(name) !== true;
    if (mayLack === true) found.omits = true;
    const isCyclic = here.includes(document.identity(property));
    if (plain?.properties !== null && plain !== null && here.length < deepest && !isCyclic)
      gather(
        document,
        property,
        { prefix: `${path}.`, isOptional: isOptional || mayLack === true || plain.isNullable, around: here },
        found,
      );
    else {
      const surely = isOptional || mayLack === true || plain?.isNullable === true;
      found.columns.push({
        name: path,
        type: typeOf(plain),
        scalar: plain === null ? null : scalarOf(plain),
        nullable: surely ? true : mayLack === null ? null : false,
        description: plain?.description ?? null,
      });
    }
  }
}

function typeOf(schema: PlainSchema | null): string {
  if (schema === null) return "unknown";
  const more = schema.format ?? (schema.isEnum ? "enum" : null);
  return `${schema.type ?? "unknown"}${more === null ? "" : ` (${more})`}`;
}

const most32 = 2 ** 31 - 1;

function scalarOf({ type, format, maximum, minimum }: PlainSchema): ScalarType | null {
  switch (type) {
    case "string":
      return format === "date" ? "Date" : format === "date-time" ? "DateTime" : format === "binary" ? null : "String";
    case "integer": {
      const isSmall = maximum !== null && minimum !== null && maximum <= most32 && minimum >= -most32 - 1;
      return format === "int32" || isSmall ? "Int" : "SafeInt";
    }
    case "number":
      return "Float";
    case "boolean":
      return "Boolean";
    default:
      return null;
  }
}
