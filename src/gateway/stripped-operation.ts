// Whether an operation as the access log keeps it (stripped of literals, aliases and chosen names) fits an API schema.
import {
  Kind,
  LoneAnonymousOperationRule,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
} from "graphql";

/** Names and aliases are gone from it: what they kept apart collides now, and did not when it was asked. */
const withoutNames = new Set([LoneAnonymousOperationRule, OverlappingFieldsCanBeMergedRule]);
const rules = specifiedRules.filter((rule) => !withoutNames.has(rule));

const mostFaults = 20;

/**
 * What of it the schema does not know (any more): sentences that name the schema's own names. Empty: it fits. That a
 * value is missing (`_` stands for every literal) is no fault.
 */
export function strippedFaults(schema: GraphQLSchema, text: string): readonly string[] {
  let document: DocumentNode;
  try {
    document = parse(text, { noLocation: true });
  } catch {
    return ["It cannot be read."];
  }
  const faults = validate(schema, document, rules, { maxErrors: 1_000 }).filter((error) => !isPlaceholder(error));
  return [...new Set(faults.map(sentence))].slice(0, mostFaults);
}

const isPlaceholder = ({ nodes }: GraphQLError): boolean =>
  nodes?.length === 1 && nodes[0]?.kind === Kind.ENUM && nodes[0].value === "_";

/** Without names that were near: nobody asked for those. */
const sentence = ({ message }: GraphQLError): string => message.replace(/ ?Did you mean .*$/s, "");
