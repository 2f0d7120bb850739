// `__schema` and `__type`: answered by graphql-js over the schema as this agreement may see it.
import {
  executeSync,
  Kind,
  print,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";
import { LRUCache } from "lru-cache";
import { pruneApiSchema } from "../catalogue/index.js";
import type { AccessView } from "./access-view.js";
import type { CurrentVersion } from "./current.js";
import type { Output } from "./plan.js";

/** Law 12: by the version's own schema and by what the view opens; equal views share one. 200 types take about 1 MB. */
const pruned = new WeakMap<GraphQLSchema, LRUCache<string, GraphQLSchema>>();

function schemaFor(version: CurrentVersion, view: AccessView): GraphQLSchema {
  const ofVersion = pruned.get(version.api) ?? new LRUCache<string, GraphQLSchema>({ max: 50 });
  pruned.set(version.api, ofVersion);
  const known = ofVersion.get(view.fingerprint);
  if (known) return known;
  const schema = pruneApiSchema(version.api, version.policy.catalogue, view);
  ofVersion.set(view.fingerprint, schema);
  return schema;
}

export interface IntrospectionRequest {
  readonly outputs: readonly Output[];
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Introspection takes texts and truths; the pruned schema may lack the types of variables that stand elsewhere. */
const fitsIntrospection = ({ type }: VariableDefinitionNode): boolean => /^(String|Boolean)!?$/.test(print(type));

/** Answers by response key; empty when the operation asks for none. Variables go in as they came: graphql-js coerces them. */
export function introspect(
  version: CurrentVersion,
  view: () => AccessView,
  request: IntrospectionRequest,
): Readonly<Record<string, unknown>> {
  const nodes = request.outputs.flatMap((output): readonly FieldNode[] =>
    output.kind === "introspection" ? output.nodes : [],
  );
  if (nodes.length === 0) return {};
  const operation = {
    ...request.operation,
    variableDefinitions: request.operation.variableDefinitions?.filter(fitsIntrospection) ?? [],
    selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
  } as const;
  const result = executeSync({
    schema: schemaFor(version, view()),
    document: { kind: Kind.DOCUMENT, definitions: [...request.fragments.values(), operation] },
    variableValues: request.variables,
    operationName: request.operation.name?.value ?? null,
  });
  if (result.errors?.[0]) throw result.errors[0];
  return result.data ?? {};
}
