// Questions to the governance API, typed by console/schema.graphql: one that does not fit it does not compile.
import type { FragmentOf, initGraphQLTada, ResultOf, TadaDocumentNode, VariablesOf } from "gql.tada";
import type { introspection } from "./schema.js";

export type { FragmentOf, ResultOf, VariablesOf };

interface Setup {
  readonly introspection: introspection;
  readonly scalars: { readonly DateTime: string; readonly Day: string };
  readonly disableMasking: true;
}

/** A question, with the types of its answer and of its variables. */
export type Question<Answer, Variables> = TadaDocumentNode<Answer, Variables>;

/**
 * The text of a question with its fragments. What it is at run time is this text: the browser has no use for a parsed
 * document, and the library of its types is not there.
 */
const join = (text: string, fragments: readonly string[] = []): string => [...new Set([text, ...fragments])].join("\n");

export const graphql = join as unknown as initGraphQLTada<Setup>;

export const textOf = <Answer, Variables>(question: Question<Answer, Variables>): string =>
  question as unknown as string;
