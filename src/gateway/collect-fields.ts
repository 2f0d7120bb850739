// Field collection as the GraphQL specification has it (section 6.3.2, CollectFields), on concrete types.
import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

export interface CollectContext {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Field nodes by response key, in the order of first appearance. */
export type CollectedFields = ReadonlyMap<string, readonly [FieldNode, ...FieldNode[]]>;

/**
 * @param typeNames the concrete type's name and those of its interfaces: which type conditions apply.
 */
export function collectFields(
  context: CollectContext,
  typeNames: ReadonlySet<string>,
  selectionSets: Iterable<SelectionSetNode>,
): CollectedFields {
  const collected = new Map<string, [FieldNode, ...FieldNode[]]>();
  const visited = new Set<string>();

  const visit = (selection: SelectionNode): void => {
    if (!isIncluded(context, selection)) return;
    switch (selection.kind) {
      case Kind.FIELD: {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = collected.get(key);
        if (nodes) nodes.push(selection);
        else collected.set(key, [selection]);
        return;
      }
      case Kind.INLINE_FRAGMENT: {
        const condition = selection.typeCondition?.name.value;
        if (condition === undefined || typeNames.has(condition)) selection.selectionSet.selections.forEach(visit);
        return;
      }
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        if (visited.has(name)) return;
        visited.add(name);
        const fragment = context.fragments.get(name);
        if (!fragment || !typeNames.has(fragment.typeCondition.name.value)) return;
        fragment.selectionSet.selections.forEach(visit);
      }
    }
  };

  for (const set of selectionSets) set.selections.forEach(visit);
  return collected;
}

/** The fields below several nodes of one response key. */
export function collectSubfields(
  context: CollectContext,
  typeNames: ReadonlySet<string>,
  nodes: readonly FieldNode[],
): CollectedFields {
  const sets = nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
  return collectFields(context, typeNames, sets);
}

function isIncluded(context: CollectContext, node: SelectionNode): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, context.variables);
  if (skip?.["if"] === true) return false;
  const include = getDirectiveValues(GraphQLIncludeDirective, node, context.variables);
  return include?.["if"] !== false;
}
