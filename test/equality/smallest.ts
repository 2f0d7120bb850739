// Makes a failing operation small enough to read: parts are taken out as long as it stays valid and fails.
import { Kind, parse, print, validate, visit, type ASTNode, type DocumentNode, type GraphQLSchema } from "graphql";
import type { Operation } from "./oracle.js";

const removable: ReadonlySet<string> = new Set([
  Kind.FIELD,
  Kind.INLINE_FRAGMENT,
  Kind.FRAGMENT_SPREAD,
  Kind.ARGUMENT,
  Kind.OBJECT_FIELD,
  Kind.DIRECTIVE,
]);

const attempts = 400;

export async function smallest(
  schema: GraphQLSchema,
  failing: Operation,
  fails: (operation: Operation) => Promise<boolean>,
): Promise<Operation> {
  let best = failing;
  let left = attempts;
  for (let at = 0; left > 0;) {
    const smaller = without(parse(best.query), at);
    if (smaller === null) break;
    const tried = { ...best, query: print(tidied(smaller)) };
    if (isValid(schema, tried.query) && left-- > 0 && (await fails(tried))) best = tried;
    else at++;
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

/** The document less its part number `at`; null where there are not so many. */
function without(document: DocumentNode, at: number): DocumentNode | null {
  let seen = 0;
  let removed = false;
  const smaller = visit(document, {
    enter: (node: ASTNode) => {
      if (!removable.has(node.kind) || removed) return undefined;
      if (seen++ !== at) return undefined;
      removed = true;
      return null;
    },
  });
  return removed ? smaller : null;
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
