// How the objects of a type can be found, as far as the service's schema tells: what `datasets` of gateway.yaml needs.
import type { SchemaArgument, SchemaField, ServiceSchema } from "./introspection.js";
import type { GraphqlDataset, GraphqlList } from "./settings.js";

type Fields = readonly SchemaField[];

/** A query field that gives many objects of one type. */
export interface FoundList {
  readonly type: string;
  readonly field: SchemaField;
  readonly shape: Pick<GraphqlList, "connection" | "rows">;
}

/** Every list field of the query type that can be asked without arguments. */
export function listFields(schema: ServiceSchema): readonly FoundList[] {
  const fields = schema.query === null ? [] : (schema.objects.get(schema.query)?.fields ?? []);
  return fields
    .filter(({ args, name }) => args.every(({ type }) => type.isNullable) && !name.startsWith("_"))
    .flatMap((field) => listOf(field, schema) ?? []);
}

function listOf(field: SchemaField, schema: ServiceSchema): FoundList | null {
  const { type } = field;
  if (type.kind !== "OBJECT") return null;
  if (type.isList) return { type: type.name, field, shape: {} };
  const fields = schema.objects.get(type.name)?.fields ?? [];
  const lists = fields.filter((one) => one.type.isList && one.type.kind === "OBJECT" && isPlain(one));
  if (isRelay(field, fields, schema)) {
    const nodes = lists.find(({ name }) => name === "nodes");
    if (nodes !== undefined) return { type: nodes.type.name, field, shape: { connection: "relay", rows: "nodes" } };
    const edges = lists.find(({ name }) => name === "edges");
    const node = schema.objects.get(edges?.type.name ?? "")?.fields.find(({ name }) => name === "node");
    const isNode = node !== undefined && node.type.kind === "OBJECT" && !node.type.isList;
    return isNode ? { type: node.type.name, field, shape: { connection: "relay" } } : null;
  }
  const [only, another] = lists;
  return only === undefined || another !== undefined
    ? null
    : { type: only.type.name, field, shape: { rows: only.name } };
}

const isPlain = ({ args }: SchemaField): boolean => args.every(({ type }) => type.isNullable);

function isRelay({ args }: SchemaField, fields: Fields, schema: ServiceSchema): boolean {
  const info = fields.find(({ name }) => name === "pageInfo");
  const told = schema.objects.get(info?.type.name ?? "")?.fields.map(({ name }) => name) ?? [];
  const takes = (name: string, type: string) =>
    args.some((one) => one.name === name && !one.type.isList && one.type.name === type);
  return (
    told.includes("hasNextPage") && told.includes("endCursor") && takes("first", "Int") && takes("after", "String")
  );
}

/** `key`: from Federation, or guessed. Null: the settings would say no way to find the objects. */
export function proposedDataset(
  key: readonly string[],
  isEntity: boolean,
  found: FoundList | null,
  columns: ReadonlySet<string>,
): GraphqlDataset | null {
  if (key.length === 0 || (!isEntity && found === null)) return null;
  return {
    key,
    ...(isEntity ? { entities: true } : {}),
    ...(found === null ? {} : { list: proposedList(key, found, columns) }),
  };
}

function proposedList(key: readonly string[], { field, shape }: FoundList, columns: ReadonlySet<string>): GraphqlList {
  const usable = field.args.filter(
    ({ type }) => (type.kind === "SCALAR" || type.kind === "ENUM") && isOneList(type.written),
  );
  const named = usable.flatMap((argument) => {
    const column = columnOf(argument, columns);
    return column === null ? [] : [{ column, argument }];
  });
  const [only] = key;
  const byKey =
    key.length === 1 ? named.find(({ column, argument }) => column === only && argument.type.isList) : undefined;
  const others = named.filter((one) => one !== byKey);
  return {
    field: field.name,
    ...(byKey === undefined ? {} : { keyArgument: written(byKey.argument) }),
    ...(others.length === 0
      ? {}
      : { filters: Object.fromEntries(others.map(({ column, argument }) => [column, written(argument)])) }),
    ...shape,
  };
}

const isOneList = (type: string): boolean => !type.startsWith("[[");
const written = ({ name, type }: SchemaArgument): string => `${name}: ${type.written}`;

/** `codes`, `code_in` and `codeIn` mean `code`; the arguments of pages mean none. */
function columnOf({ name, type }: SchemaArgument, columns: ReadonlySet<string>): string | null {
  if (columns.has(name)) return name;
  if (!type.isList) return null;
  const singular = name.replace(/(_in|In)$/, "").replace(/ies$/, "y");
  return [singular, singular.replace(/s$/, "")].find((candidate) => columns.has(candidate)) ?? null;
}

/** Without Federation: a field of type `ID!` named `id`, or the only one of that type. */
export function guessedKey(fields: Fields): readonly string[] {
  const ids = fields.filter(({ type, args }) => type.written === "ID!" && args.length === 0).map(({ name }) => name);
  if (ids.includes("id")) return ["id"];
  return ids.length === 1 ? ids : [];
}
