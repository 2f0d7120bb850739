// The types of an API schema, made from the shapes of its datasets.
import {
  GraphQLEnumType,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
} from "graphql";
import { filterInput, Node, OrderDirection, PageInfo } from "./api-inputs.js";
import { apiNames, nodeRoot } from "./api-names.js";
import { apiScalars } from "./api-scalars.js";
import type { DatasetShape } from "./api-shape.js";
import { costed } from "./api-costs.js";
import { scalarOf, type Member } from "./catalogue.js";

/** Sizes of pages, for the descriptions alone; the gateway enforces them. */
export interface PageSizes {
  readonly pageSize: number;
  readonly defaultPageSize: number;
}

interface DatasetTypes {
  readonly object: GraphQLObjectType;
  readonly connection: GraphQLObjectType;
  /** Without `totalCount`: rows behind a link are not counted. The same type where the source cannot count at all. */
  readonly linkConnection: GraphQLObjectType;
  readonly listArguments: GraphQLFieldConfigArgumentMap;
}

type Fields = GraphQLFieldConfigMap<unknown, unknown>;
type FieldConfig = GraphQLFieldConfig<unknown, unknown>;

const id: FieldConfig = {
  type: new GraphQLNonNull(GraphQLID),
  description: Node.getFields()["id"]?.description ?? null,
};
const idArgument: GraphQLFieldConfigArgumentMap = {
  id: { type: new GraphQLNonNull(GraphQLID), description: "An `id` that this agreement was given." },
};

/** `Query`, and every object type that `node` can find. */
export function buildTypes(
  shapes: ReadonlyMap<string, DatasetShape>,
  pages: PageSizes,
): { readonly query: GraphQLObjectType; readonly objects: readonly GraphQLObjectType[] } {
  const types = new Map<string, DatasetTypes>();
  for (const [name, shape] of shapes) types.set(name, buildDataset(shape, types, pages));
  const query = new GraphQLObjectType({
    name: "Query",
    description: "Everything that can be asked for. Nothing here can be changed: the API is read-only.",
    fields: () => queryFields(shapes, types),
  });
  return { query, objects: [...types.values()].map((built) => built.object) };
}

function queryFields(shapes: ReadonlyMap<string, DatasetShape>, types: ReadonlyMap<string, DatasetTypes>): Fields {
  const fields: Fields = {};
  for (const [name, shape] of shapes) {
    const built = types.get(name);
    if (built === undefined) continue;
    const { one, many, description } = shape.dataset;
    if (shape.listed) {
      const text = costed.list(description ?? `A list of ${name} rows.`, shape.dataset.assumedSize);
      fields[many] = { type: built.connection, args: built.listArguments, description: text };
    }
    const text = `One ${name} by its \`id\`; null when it is gone or not shared.`;
    fields[one] = { type: built.object, args: idArgument, description: text };
  }
  const text = "Any object by its `id`; null when it is gone or not shared.";
  fields[nodeRoot] = { type: Node, args: idArgument, description: text };
  return fields;
}

function buildDataset(shape: DatasetShape, types: ReadonlyMap<string, DatasetTypes>, pages: PageSizes): DatasetTypes {
  const { name } = shape.dataset;
  const names = apiNames(name);
  const object = new GraphQLObjectType({
    name,
    description: costed.object(shape.dataset),
    interfaces: [Node],
    fields: () => ({
      id,
      ...Object.fromEntries(shape.members.map((member) => [member.name, buildMember(member, shape, types)])),
    }),
  });
  const edge = new GraphQLObjectType({
    name: names.edge,
    description: `One ${name} in a list, with its place.`,
    fields: {
      cursor: { type: new GraphQLNonNull(GraphQLString), description: "Give it as `after` to go on from here." },
      node: { type: new GraphQLNonNull(object), description: `The ${name}.` },
    },
  });
  const connection = new GraphQLObjectType({
    name: names.connection,
    description: `A page of a list of ${name}.`,
    fields: { ...pageFields(name, object, edge), ...(shape.abilities.count ? totalCount : {}) },
  });
  const linkConnection = shape.abilities.count
    ? new GraphQLObjectType({
        name: names.linkConnection,
        description: `A page of the ${name} rows that another object links to. They are not counted.`,
        fields: pageFields(name, object, edge),
      })
    : connection;
  return { object, connection, linkConnection, listArguments: listArguments(shape, pages) };
}

const totalCount: Fields = {
  totalCount: { type: GraphQLInt, description: costed.totalCount },
};

const pageFields = (name: string, object: GraphQLObjectType, edge: GraphQLObjectType): Fields => ({
  edges: { type: listOf(edge), description: `The page's ${name} rows with their cursors.` },
  nodes: { type: listOf(object), description: `The page's ${name} rows without cursors.` },
  pageInfo: { type: new GraphQLNonNull(PageInfo), description: "Whether there is more, and from where." },
});

const listOf = (type: GraphQLObjectType) => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));

function buildMember(member: Member, shape: DatasetShape, types: ReadonlyMap<string, DatasetTypes>): FieldConfig {
  if (member.kind !== "link")
    return { type: apiScalars[scalarOf(member) ?? "String"], description: costed.field(member) };
  const target = types.get(member.target);
  // shapeApi keeps only links whose target is there.
  if (target === undefined) throw new TypeError(`${shape.dataset.name}.${member.name} leads out of the schema`);
  return member.many
    ? { type: target.linkConnection, args: target.listArguments, description: costed.link(member) }
    : { type: target.object, description: costed.link(member) };
}

function listArguments(shape: DatasetShape, pages: PageSizes): GraphQLFieldConfigArgumentMap {
  const most = pages.pageSize.toLocaleString("en");
  const first = `How many rows from the start: at most ${most}, ${String(pages.defaultPageSize)} when not said.`;
  const where = whereInput(shape);
  const orderBy = orderByInput(shape);
  return {
    first: { type: GraphQLInt, description: first },
    after: { type: GraphQLString, description: "Only rows after this cursor." },
    ...(shape.abilities.backward
      ? {
          last: {
            type: GraphQLInt,
            description: `How many rows from the end: at most ${most}. Not together with \`first\` or \`after\`.`,
          },
          before: { type: GraphQLString, description: "Only rows before this cursor; it goes with `last`." },
        }
      : {}),
    ...(where === null ? {} : { where: { type: where, description: "Only rows that meet this condition." } }),
    ...(orderBy === null
      ? {}
      : {
          orderBy: {
            type: new GraphQLList(new GraphQLNonNull(orderBy)),
            description: "The order of the rows: by the first, then the next.",
          },
        }),
  };
}

function whereInput(shape: DatasetShape): GraphQLInputObjectType | null {
  if (shape.filters.length === 0) return null;
  const { name } = shape.dataset;
  const input: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: apiNames(name).where,
    description: `A condition on ${name} rows. All that is given must hold.`,
    fields: () => {
      const fields: GraphQLInputFieldConfigMap = {
        and: { type: new GraphQLList(new GraphQLNonNull(input)), description: "All of these hold." },
        or: { type: new GraphQLList(new GraphQLNonNull(input)), description: "At least one of these holds." },
        not: {
          type: input,
          description: "This does not hold. A row without the value is kept neither by a condition nor by its `not`.",
        },
      };
      for (const field of shape.filters) {
        const type = filterInput(field.column.type, shape.abilities.filter);
        if (type !== null) fields[field.name] = { type, description: field.description };
      }
      return fields;
    },
  });
  return input;
}

function orderByInput(shape: DatasetShape): GraphQLInputObjectType | null {
  if (shape.orders.length === 0) return null;
  const { name } = shape.dataset;
  const names = apiNames(name);
  const field = new GraphQLEnumType({
    name: names.orderField,
    description: `What a list of ${name} can be sorted by.`,
    values: Object.fromEntries(shape.orders.map((order) => [order.name, { description: order.description }])),
  });
  return new GraphQLInputObjectType({
    name: names.orderBy,
    description: `One step of the order of ${name} rows.`,
    fields: {
      field: { type: new GraphQLNonNull(field), description: "Sort by this field." },
      direction: { type: new GraphQLNonNull(OrderDirection), defaultValue: "ASC", description: "Which way." },
    },
  });
}
