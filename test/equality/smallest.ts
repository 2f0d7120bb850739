// Makes a failing operation small enough to read: parts are taken out as long as it stays valid and fails.
import {
  Kind,
  parse,
  print,
  validate,
  visit,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from "graphql";
import type { Operation } from "./oracle.js";

const attempts = 600;

export async function smallest(
  schema: GraphQLSchema,
  failing: Operation,
  fails: (operation: Operation) => Promise<boolean>,
): Promise<Operation> {
  let best = { ...failing, query: print(parse(failing.query)) };
  let left = attempts;
  for (let before = ""; before !== best.query;) {
    before = best.query;
    for (let at = 0; left > 0;) {
      const smaller = changed(parse(best.query), at);
      if (smaller === null) break;
      const tried = { ...best, query: print(tidied(smaller)) };
      const shorter = tried.query.length < best.query.length;
      if (shorter && isValid(schema, tried.query) && left-- > 0 && (await fails(tried))) best = tried;
      else at++;
    }
  }
  return best;
}

function isValid(schema: GraphQLSchema, query: string): boolean {
  try {
    return validate(schema, parse(query)).length === 0;
  } catch {
    return false;
  }
}

/** What may stand for a node: nothing, its fragment's content, or a selection of the least. */
function simpler(node: ASTNode, document: DocumentNode): readonly (ASTNode | null)[] {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
    case Kind.ARGUMENT:
    case Kind.OBJECT_FIELD:
    case Kind.DIRECTIVE:
      return [null];
    case Kind.FIELD:
      return node.selectionSet ? [null, { ...node, selectionSet: least }] : [null];
    case Kind.INLINE_FRAGMENT:
      return [null, { ...node, selectionSet: least }];
    case Kind.FRAGMENT_SPREAD: {
      const found = document.definitions.find(
        (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === node.name.value,
      );
      if (found?.kind !== Kind.FRAGMENT_DEFINITION) return [null];
      const { typeCondition, selectionSet } = found;
      return [null, { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet, directives: node.directives ?? [] }];
    }
    default:
      return [];
  }
}

const least: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } }],
};

/** The document with its simplification number `at`; null where there are not so many. */
function changed(document: DocumentNode, at: number): DocumentNode | null {
  let seen = 0;
  let done = false;
  const smaller = visit(document, {
    enter: (node: ASTNode) => {
      if (done) return false;
      const choices = simpler(node, document);
      const choice = choices[at - seen];
      seen += choices.length;
      if (choice === undefined) return undefined;
      done = true;
      return choice;
    },
  });
  return done ? smaller : null;
}

/** Less the fragments and variables that nothing uses. */
function tidied(document: DocumentNode): DocumentNode {
  const text = print(document);
  return visit(document, {
    FragmentDefinition: ({ name }) => (new RegExp(`\\.\\.\\.${name.value}\\b`).test(text) ? undefined : null),
    VariableDefinition: ({ variable }) =>
      text.split(new RegExp(`\\$${variable.name.value}\\b`)).length > 2 ? undefined : null,
  });
}
