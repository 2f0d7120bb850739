// The service's whole schema, by introspection (GraphQL specification, section 4), as far as it reads well: what does
// not is left out and counted, since one odd type must not hide the others.
import type { FetchBounds } from "../source.js";
import { isName } from "./document.js";
import { type Endpoint, isObject } from "./endpoint.js";

export interface SchemaType {
  readonly kind: string;
  /** As written: `[Int!]`. */
  readonly written: string;
  readonly name: string;
  readonly isList: boolean;
  readonly isNullable: boolean;
}

export interface SchemaArgument {
  readonly name: string;
  readonly type: SchemaType;
}

export interface SchemaField {
  readonly name: string;
  readonly description: string | null;
  readonly args: readonly SchemaArgument[];
  readonly type: SchemaType;
}

export interface ServiceSchema {
  /** The fields of each object type, by its name. */
  readonly objects: ReadonlyMap<
    string,
    { readonly description: string | null; readonly fields: readonly SchemaField[] }
  >;
  /** Object types of the union `_Entity`. */
  readonly entities: ReadonlySet<string>;
  readonly query: string | null;
  /** Types and fields that could not be read. */
  readonly unread: number;
}

const mostTypes = 5_000;
const mostFields = 1_000;

// Six levels around the name: `[[Int!]!]!` has five.
const wrappers = Array.from({ length: 6 }).reduce<string>((inner) => `kind name ofType { ${inner} }`, "kind name");
const document = `query {
  __schema {
    queryType { name }
    types {
      kind name description possibleTypes { name }
      fields { name description args { name type { ${wrappers} } } type { ${wrappers} } }
    }
  }
}`;

/** @throws SourceFailure */
export async function readSchema(endpoint: Endpoint, bounds: FetchBounds): Promise<ServiceSchema> {
  const { __schema: schema } = await endpoint.ask({ document, variables: {} }, bounds);
  const { types, queryType } = isObject(schema) ? schema : {};
  if (!Array.isArray(types)) throw endpoint.fail("invalid-answer", "an introspection without types");
  if (types.length > mostTypes) throw endpoint.fail("too-large", `more than ${mostTypes} types`);
  const objects = new Map<string, { description: string | null; fields: readonly SchemaField[] }>();
  let unread = 0;
  let entities = new Set<string>();
  for (const type of types as readonly unknown[]) {
    const { kind, name, description, fields, possibleTypes } = isObject(type) ? type : {};
    if (kind === "UNION" && name === "_Entity") entities = new Set(namesIn(possibleTypes));
    if (kind !== "OBJECT" || (typeof name === "string" && name.startsWith("__"))) continue;
    if (typeof name !== "string" || !isName(name) || !Array.isArray(fields)) {
      unread += 1;
      continue;
    }
    const read = (fields as readonly unknown[]).slice(0, mostFields).map(readField);
    unread += read.filter((field) => field === null).length;
    objects.set(name, { description: textOf(description), fields: read.filter((field) => field !== null) });
  }
  const query = isObject(queryType) && typeof queryType["name"] === "string" ? queryType["name"] : null;
  return { objects, entities, query, unread };
}

const textOf = (json: unknown): string | null => (typeof json === "string" ? json : null);

const namesIn = (json: unknown): readonly string[] =>
  (Array.isArray(json) ? (json as readonly unknown[]) : []).flatMap((one) =>
    isObject(one) && typeof one["name"] === "string" ? [one["name"]] : [],
  );

function readField(json: unknown): SchemaField | null {
  const { name, description, args, type } = isObject(json) ? json : {};
  const read = readType(type);
  // `_service` and `_entities` are names too; those of introspection are not in the list.
  if (typeof name !== "string" || !isName(name) || read === null) return null;
  const given = (Array.isArray(args) ? (args as readonly unknown[]) : []).map(readArgument);
  return given.includes(null)
    ? null
    : { name, description: textOf(description), args: given.filter((one) => one !== null), type: read };
}

function readArgument(json: unknown): SchemaArgument | null {
  const { name, type } = isObject(json) ? json : {};
  const read = readType(type);
  return typeof name === "string" && isName(name) && read !== null ? { name, type: read } : null;
}

function readType(json: unknown, depth = 0): SchemaType | null {
  if (!isObject(json) || depth > 7) return null;
  const { kind, name, ofType } = json;
  if (kind === "NON_NULL" || kind === "LIST") {
    const inner = readType(ofType, depth + 1);
    if (inner === null) return null;
    return kind === "LIST"
      ? { ...inner, written: `[${inner.written}]`, isList: true, isNullable: true }
      : { ...inner, written: `${inner.written}!`, isNullable: false };
  }
  if (typeof kind !== "string" || typeof name !== "string" || !/^[_A-Za-z][_0-9A-Za-z]*$/.test(name)) return null;
  return { written: name, kind, name, isList: false, isNullable: true };
}
