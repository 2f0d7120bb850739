import { GraphQLSchema } from "graphql";
import type { DatasetName } from "../terms/index.js";
import { nodeRoot } from "./api-names.js";
import { everything, shapeApi } from "./api-shape.js";
import { buildTypes, type PageSizes } from "./api-types.js";
import type { Catalogue, ListAbilities, SchemaView } from "./catalogue.js";

/** How a schema was derived: its pruned parts are built in the same way, and so are parts of it by construction. */
interface Derivation {
  readonly abilities: (source: string) => ListAbilities;
  readonly pages: PageSizes;
}

const derivations = new WeakMap<GraphQLSchema, Derivation>();

const usualPages: PageSizes = { pageSize: 1_000, defaultPageSize: 50 };

/**
 * The API schema of all SHARED datasets: what operations are validated against. Datasets that are not SHARED, and links
 * to them, are as unknown in it as a misspelt name. `totalCount` stands on root lists alone: behind links the type is
 * `XLinkConnection`, where the source can count.
 */
export function deriveApiSchema(
  catalogue: Catalogue,
  abilities: (source: string) => ListAbilities,
  pages: PageSizes = usualPages,
): GraphQLSchema {
  return build(catalogue, { abilities, pages }, everything);
}

/**
 * The part of the API schema that one agreement may see, for its introspection. What is not opened is absent: fields,
 * links, root fields, arguments, members of `where`, values of `orderBy`. Where nothing is opened, `Query` keeps `node`
 * alone, which answers null. @throws TypeError for a schema that deriveApiSchema did not make.
 */
export function pruneApiSchema(api: GraphQLSchema, catalogue: Catalogue, view: SchemaView): GraphQLSchema {
  const derivation = derivations.get(api);
  if (derivation === undefined) throw new TypeError("only a schema made by deriveApiSchema can be pruned");
  return build(catalogue, derivation, view);
}

function build(catalogue: Catalogue, derivation: Derivation, view: SchemaView): GraphQLSchema {
  const shapes = shapeApi(catalogue, derivation.abilities, view);
  const { query, objects } = buildTypes(shapes, derivation.pages);
  const schema = new GraphQLSchema({ query, types: [query, ...objects] });
  derivations.set(schema, derivation);
  return schema;
}

export interface ApiRoot {
  readonly kind: "list" | "one" | "node";
  /** Null for `node`. */
  readonly dataset: DatasetName | null;
}

/** Root fields of the API schema by name. */
export function apiRoots(catalogue: Catalogue): ReadonlyMap<string, ApiRoot> {
  const roots = new Map<string, ApiRoot>([[nodeRoot, { kind: "node", dataset: null }]]);
  for (const dataset of catalogue.datasets.values()) {
    if (dataset.status !== "SHARED") continue;
    roots.set(dataset.many, { kind: "list", dataset: dataset.name });
    roots.set(dataset.one, { kind: "one", dataset: dataset.name });
  }
  return roots;
}
