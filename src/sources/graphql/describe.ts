// What a type of the service offers, by introspection (GraphQL specification, section 4): its fields of scalars and
// enums, and those of the objects below it that come one by one.
import type { FetchBounds } from "../source.js";
import { isName } from "./document.js";
import { type Endpoint, isObject } from "./endpoint.js";

/** Objects within objects that are looked into; services' types often lead back to themselves. */
const mostLevels = 3;

const typeOf = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
const typeFields = `kind fields(includeDeprecated: true) { name args { type { kind } } type { ${typeOf} } }`;

interface FieldType {
  /** As the service writes it: `[Int!]`. */
  readonly written: string;
  readonly kind: string;
  readonly name: string;
  readonly isList: boolean;
}

interface TypeField {
  readonly name: string;
  readonly type: FieldType;
}

/** By column. Null when there is no such object type. @throws SourceFailure */
export async function describeType(
  endpoint: Endpoint,
  from: string,
  bounds: FetchBounds,
): Promise<ReadonlyMap<string, string> | null> {
  if (!isName(from)) return null;
  const described = new Map<string, string>();
  let level = [{ prefix: "", type: from }];
  for (let depth = 0; depth < mostLevels && level.length > 0; depth += 1) {
    const known = await typesNamed(endpoint, [...new Set(level.map(({ type }) => type))], bounds);
    if (depth === 0 && known.get(from) === null) return null;
    const below: typeof level = [];
    for (const { prefix, type } of level) {
      for (const field of known.get(type) ?? []) {
        const column = `${prefix}${field.name}`;
        if (field.type.kind === "SCALAR" || field.type.kind === "ENUM") described.set(column, field.type.written);
        else if (field.type.kind === "OBJECT" && !field.type.isList)
          below.push({ prefix: `${column}.`, type: field.type.name });
      }
    }
    level = below;
  }
  return described;
}

/** The fields of each type; null for what is no object type. */
async function typesNamed(
  endpoint: Endpoint,
  names: readonly string[],
  bounds: FetchBounds,
): Promise<ReadonlyMap<string, readonly TypeField[] | null>> {
  const declared = names.map((_, i) => `$t${i}: String!`).join(", ");
  const asked = names.map((_, i) => `t${i}: __type(name: $t${i}) { ${typeFields} }`).join(" ");
  const variables = Object.fromEntries(names.map((name, i) => [`t${i}`, name]));
  const answer = await endpoint.ask({ document: `query (${declared}) { ${asked} }`, variables }, bounds);
  return new Map(names.map((name, i) => [name, objectFields(endpoint, answer[`t${i}`])]));
}

function objectFields(endpoint: Endpoint, json: unknown): readonly TypeField[] | null {
  if (!isObject(json) || json["kind"] !== "OBJECT") return null;
  const fields: unknown = json["fields"];
  if (!Array.isArray(fields)) throw endpoint.fail("invalid-answer", "a type without fields");
  return (fields as readonly unknown[]).flatMap((field) => {
    const { name, args, type } = isObject(field) ? field : {};
    const read = fieldType(type);
    if (typeof name !== "string" || !isName(name) || read === null || !Array.isArray(args))
      throw endpoint.fail("invalid-answer", "a type whose fields cannot be read");
    const needsArgument = args.some(
      (one: unknown) => isObject(one) && isObject(one["type"]) && one["type"]["kind"] === "NON_NULL",
    );
    return needsArgument ? [] : [{ name, type: read }];
  });
}

function fieldType(json: unknown): FieldType | null {
  if (!isObject(json)) return null;
  const { kind, name, ofType } = json;
  if (kind === "NON_NULL" || kind === "LIST") {
    const inner = fieldType(ofType);
    if (inner === null) return null;
    return kind === "LIST"
      ? { ...inner, written: `[${inner.written}]`, isList: true }
      : { ...inner, written: `${inner.written}!` };
  }
  if (typeof kind !== "string" || typeof name !== "string" || !/^[_A-Za-z][_0-9A-Za-z]*$/.test(name)) return null;
  return { written: name, kind, name, isList: false };
}
