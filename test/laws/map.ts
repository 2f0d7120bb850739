// The laws' own reading of a schema.graphql: only what the reference needs, and nothing of src/catalogue.
import { Kind, parse, valueFromASTUntyped, type DirectiveNode, type FieldDefinitionNode, type TypeNode } from "graphql";

export interface MapField {
  readonly kind: "field";
  readonly name: string;
  readonly coordinate: string;
  readonly column: string;
  readonly type: string;
  readonly personal: boolean;
  readonly groups: readonly string[];
  /** Columns that hold the key of the person whom this cell is about. */
  readonly subjects: readonly string[];
}
export interface MapLink {
  readonly kind: "link";
  readonly name: string;
  readonly coordinate: string;
  readonly target: string;
  readonly many: boolean;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly groups: readonly string[];
}
export interface MapDataset {
  readonly name: string;
  readonly table: string;
  readonly source: string;
  readonly one: string;
  readonly many: string;
  readonly shared: boolean;
  readonly open: boolean;
  readonly key: readonly MapField[];
  readonly members: ReadonlyMap<string, MapField | MapLink>;
  /** Columns that hold the key of the person whom the row is about. */
  readonly subjects: readonly string[];
}
export type TownMap = ReadonlyMap<string, MapDataset>;

type Arguments = Readonly<Record<string, unknown>>;

function argumentsOf(directives: readonly DirectiveNode[] | undefined, name: string): Arguments[] {
  return (directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map((directive) =>
      Object.fromEntries((directive.arguments ?? []).map((each) => [each.name.value, valueFromASTUntyped(each.value)])),
    );
}

function named(type: TypeNode): { name: string; many: boolean } {
  if (type.kind === Kind.LIST_TYPE) return { name: named(type.type).name, many: true };
  return type.kind === Kind.NON_NULL_TYPE ? named(type.type) : { name: type.name.value, many: false };
}

const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export function readMap(schema: string): TownMap {
  const types = parse(schema).definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION);
  const fieldsOf = (type: string): readonly FieldDefinitionNode[] =>
    types.find((each) => each.name.value === type)?.fields ?? [];
  /** A field's column, or the name itself for a column that the schema does not show. */
  const columnOf = (type: string, name: string): string => {
    const field = fieldsOf(type).find((each) => each.name.value === name);
    return text(argumentsOf(field?.directives, "column")[0]?.["name"], name);
  };
  const member = (type: string, node: FieldDefinitionNode): MapField | MapLink => {
    const name = node.name.value;
    const shape = named(node.type);
    const link = argumentsOf(node.directives, "link")[0];
    const groups = argumentsOf(node.directives, "group").map((group) => String(group["name"]));
    const base = { name, coordinate: `${type}.${name}`, groups };
    if (link !== undefined)
      return {
        ...base,
        kind: "link",
        target: shape.name,
        many: shape.many,
        from: (link["from"] as string[]).map((each) => columnOf(type, each)),
        to: (link["to"] as string[]).map((each) => columnOf(shape.name, each)),
      };
    const column = columnOf(type, name);
    const subjects = argumentsOf(node.directives, "subject").map(() => column);
    const personal = argumentsOf(node.directives, "personal").length > 0;
    return { ...base, kind: "field", column, type: shape.name, personal, subjects };
  };
  const subjectsOf = (type: string): string[] => {
    const node = types.find((each) => each.name.value === type);
    return argumentsOf(node?.directives, "subject").flatMap(({ field, via }) => {
      if (typeof field === "string") return [columnOf(type, field)];
      const link = fieldsOf(type)
        .filter((each) => each.name.value === via)
        .map((each) => member(type, each))[0];
      if (link?.kind !== "link") return [];
      return subjectsOf(link.target).map((column) => link.from[link.to.indexOf(column)] ?? "");
    });
  };
  const datasets = types.map((node): [string, MapDataset] => {
    const name = node.name.value;
    const given = argumentsOf(node.directives, "dataset")[0] ?? {};
    const members = new Map((node.fields ?? []).map((field) => [field.name.value, member(name, field)]));
    const keyNames = String(argumentsOf(node.directives, "key")[0]?.["fields"]).split(" ");
    return [
      name,
      {
        name,
        table: String(given["from"]).replace("public.", ""),
        source: String(given["source"]),
        one: lowerFirst(name),
        many: text(given["many"], `${lowerFirst(name)}s`),
        shared: given["status"] === "SHARED",
        open: given["open"] === true,
        key: keyNames.map((key) => members.get(key)).filter((each) => each?.kind === "field"),
        members,
        subjects: subjectsOf(name),
      },
    ];
  });
  return new Map(datasets);
}

export const coordinatesOf = (map: TownMap): readonly string[] =>
  [...map.values()].flatMap((dataset) => [...dataset.members.values()].map((each) => each.coordinate));
