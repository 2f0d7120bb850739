// Everything about an operation that can be said without the caller's grant: validity, and the operation meant.
import {
  Kind,
  specifiedRules,
  validate,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { lateVariables, type LateVariables } from "./late-variables.js";
import { answerError, limitExceeded, RequestRefused } from "./refusals.js";

/** Field nodes of a document before validation, whose rule on merging fields compares them by pairs. */
const MAX_FIELDS = 1_000;
/** Syntax nodes inside each other: some four for each field. */
const MAX_NESTING = 200;
export const MAX_ERRORS = 20;

/** By document, then by schema: documents are shared by text (Apollo's store), so this cache is bounded by that one. */
const checked = new WeakMap<DocumentNode, WeakMap<GraphQLSchema, readonly GraphQLError[]>>();

/** @throws RequestRefused with every error found, at most 20 */
export function validateDocument(schema: GraphQLSchema, document: DocumentNode): void {
  let bySchema = checked.get(document);
  if (!bySchema) checked.set(document, (bySchema = new WeakMap<GraphQLSchema, readonly GraphQLError[]>()));
  let errors = bySchema.get(schema);
  if (!errors) {
    measure(document);
    errors = [
      ...otherThanQueries(document),
      ...validate(schema, document, specifiedRules, { maxErrors: MAX_ERRORS }).map(withoutValues),
    ];
    bySchema.set(schema, errors);
  }
  if (errors.length > 0) throw new RequestRefused(errors);
}

/** graphql-js finds any field valid below an operation type that the schema lacks: its names must not pass as checked. */
const otherThanQueries = (document: DocumentNode): GraphQLError[] =>
  document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation !== "query")
    .map((node) =>
      answerError("GRAPHQL_VALIDATION_FAILED", { message: "Only queries are answered here.", nodes: [node] }),
    );

/** Before validation, whose rules recurse and compare by pairs: neither may be made to work without end. */
function measure(document: DocumentNode): void {
  let fields = 0;
  let depth = 0;
  let deepest = 0;
  visit(document, {
    enter: (node) => {
      if (node.kind === Kind.FIELD) fields++;
      deepest = Math.max(deepest, ++depth);
    },
    leave: () => void depth--,
  });
  if (fields > MAX_FIELDS) throw limitExceeded("Fields written in the document", fields, MAX_FIELDS);
  if (deepest > MAX_NESTING) throw limitExceeded("Nesting of the document's parts", deepest, MAX_NESTING);
}

/** Law 11: graphql-js quotes literals in its messages, and lists names that were near; both are cut off. */
function withoutValues(error: GraphQLError): GraphQLError {
  const message = error.message
    .replace(/ ?Did you mean .*$/s, "")
    .replace(/ cannot represent ([^:"]*): .*$/s, " cannot represent $1.")
    .replace(/, found .*$/s, ".")
    .replace(/^Value ".*" does not exist in/s, "This value does not exist in");
  return answerError("GRAPHQL_VALIDATION_FAILED", { message, ...(error.nodes ? { nodes: error.nodes } : {}) });
}

export interface ChosenOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly late: LateVariables;
}

/**
 * Of a document only the operation that is asked for is looked through: each with all fragments would take half a second
 * for 15 KB of hundreds of both, and nobody else is answered meanwhile (law 13).
 */
class Operation implements ChosenOperation {
  #late: LateVariables | null = null;

  constructor(
    readonly operation: OperationDefinitionNode,
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  get late(): LateVariables {
    return (this.#late ??= lateVariables(this.operation, this.fragments));
  }
}

/** They follow from the document alone, and stay as long as it does. */
const operationsOf = new WeakMap<DocumentNode, readonly ChosenOperation[]>();

/** GraphQL specification, GetOperation. @returns the same object each time */
export function chooseOperation(document: DocumentNode, operationName: string | null): ChosenOperation {
  let operations = operationsOf.get(document);
  if (!operations) operationsOf.set(document, (operations = readOperations(document)));
  const chosen =
    operationName === null
      ? operations.length === 1
        ? operations[0]
        : undefined
      : operations.find(({ operation }) => operation.name?.value === operationName);
  if (!chosen) throw new RequestRefused([answerError("OPERATION_RESOLUTION_FAILURE")]);
  return chosen;
}

function readOperations(document: DocumentNode): ChosenOperation[] {
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return operations.map((operation) => new Operation(operation, fragments));
}
