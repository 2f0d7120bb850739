// A random operation that fits a schema, from a stream of random numbers.
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";

export type Choose = (below: number) => number;

const values: Readonly<Record<string, string>> = {
  ...{ String: '"a"', Int: "1", SafeInt: "9007199254740991", Float: "1.5", Boolean: "true", ID: '"x"' },
  ...{ Date: '"2026-11-22"', DateTime: '"2026-11-22T10:00:00+01:00"' },
};

export function writeOperation(schema: GraphQLSchema, choose: Choose): string {
  const query = schema.getQueryType();
  if (query === undefined || query === null) throw new Error("no Query");
  return `query ${writeSelection(schema, query, choose, 5)}`;
}

type Composite = GraphQLObjectType | GraphQLInterfaceType;

function writeSelection(schema: GraphQLSchema, type: Composite, choose: Choose, depth: number): string {
  const lines = ["__typename"];
  for (const field of Object.values(type.getFields())) {
    const inner = getNamedType(field.type);
    const composite = isObjectType(inner) || isInterfaceType(inner);
    if (choose(3) === 0 || (composite && depth === 0)) continue;
    const args = field.args
      .filter((argument) => isNonNullType(argument.type) || choose(2) === 0)
      .map((argument) => `${argument.name}: ${writeValue(argument.type, choose, 3)}`);
    const given = args.length === 0 ? "" : `(${args.join(", ")})`;
    // One alias for one field of one type: fragments never meet on it with another.
    const alias = `a_${type.name}_${field.name}_${String(depth)}`;
    lines.push(`${alias}: ${field.name}${given} ${composite ? writeSelection(schema, inner, choose, depth - 1) : ""}`);
  }
  if (isInterfaceType(type)) {
    const found = schema.getPossibleTypes(type);
    const picked = found[choose(Math.max(1, found.length))];
    if (picked !== undefined && depth > 0) {
      lines.push(`... on ${picked.name} ${writeSelection(schema, picked, choose, depth - 1)}`);
    }
  }
  return `{ ${lines.join(" ")} }`;
}

function writeValue(type: GraphQLInputType, choose: Choose, depth: number): string {
  if (isNonNullType(type)) return writeValue(type.ofType, choose, depth);
  if (isListType(type)) return depth === 0 ? "[]" : `[${writeValue(type.ofType, choose, depth - 1)}]`;
  if (isEnumType(type)) {
    const known = type.getValues();
    return known[choose(known.length)]?.name ?? "none";
  }
  if (!isInputObjectType(type)) return values[type.name] ?? "null";
  const fields = Object.values(type.getFields()).filter(
    (field) => isNonNullType(field.type) || (depth > 0 && choose(2) === 0),
  );
  return `{ ${fields.map((field) => `${field.name}: ${writeValue(field.type, choose, depth - 1)}`).join(", ")} }`;
}
