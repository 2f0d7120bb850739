// How large a question of the console may be (law 13). Each field of a town is a search, a report or a look at a register:
// what counts is how many of them one question asks for, also under other names and by fragments.
import {
  Kind,
  type ASTVisitor,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from "graphql";
import { GovernanceError } from "./errors.js";

export const governanceBounds = {
  /** Lexical tokens of a document. */
  tokens: 3_000,
  /** Nested fields, the root's being 1. */
  depth: 12,
  /** Fields in all, those of a fragment each time it is used. */
  fields: 800,
  /** Fields of a town: each reads something, and is recorded. */
  reads: 12,
} as const;

interface Size {
  readonly fields: number;
  readonly depth: number;
  readonly reads: number;
}

const nothing: Size = { fields: 0, depth: 0, reads: 0 };

export const boundedQuestion: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition({ selectionSet }) {
    const size = sizeOf(context, selectionSet, 1, new Set(), new Map());
    const over = (["fields", "depth", "reads"] as const).find((kind) => size[kind] > governanceBounds[kind]);
    if (over !== undefined)
      context.reportError(new GovernanceError("LIMIT_EXCEEDED", { limit: over, most: governanceBounds[over] }));
  },
});

type Fragments = ReadonlySet<FragmentDefinitionNode>;
type Known = Map<string, Size>;

/** @param level of the selection's fields @param inside fragments that are being looked at: one in itself is another rule's */
function sizeOf(
  context: ValidationContext,
  { selections }: SelectionSetNode,
  level: number,
  inside: Fragments,
  known: Known,
): Size {
  let total = nothing;
  for (const selection of selections) {
    // Beyond, nothing more needs to be counted: it is refused.
    if (total.fields > governanceBounds.fields) break;
    if (selection.kind === Kind.FIELD) {
      const below =
        selection.selectionSet === undefined
          ? nothing
          : sizeOf(context, selection.selectionSet, level + 1, inside, known);
      const read = level === 2 && selection.selectionSet !== undefined ? 1 : 0;
      total = sum(total, { fields: below.fields + 1, depth: below.depth + 1, reads: below.reads + read });
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      total = sum(total, sizeOf(context, selection.selectionSet, level, inside, known));
    } else {
      const fragment = context.getFragment(selection.name.value);
      if (fragment === null || fragment === undefined || inside.has(fragment)) continue;
      // One fragment many times over, in itself many times over, would be counted for ever.
      const name = `${fragment.name.value} ${level}`;
      const size =
        known.get(name) ?? sizeOf(context, fragment.selectionSet, level, new Set([...inside, fragment]), known);
      known.set(name, size);
      total = sum(total, size);
    }
  }
  return total;
}

const sum = (a: Size, b: Size): Size => ({
  fields: a.fields + b.fields,
  depth: Math.max(a.depth, b.depth),
  reads: a.reads + b.reads,
});
