// A small real schema, executed by graphql-js as our executor would be: validated first, every error coded.
import {
  buildSchema,
  execute,
  GraphQLError,
  specifiedRules,
  validate,
  type ExecutionResult,
  type GraphQLSchema,
} from "graphql";
import { answerErrors, type AnswerErrorCode } from "../../src/terms/index.js";
import type { ExecutionRequest } from "../../src/web/index.js";

export const townSchema: GraphQLSchema = buildSchema(`
  enum Kind { SCHOOL LIBRARY }
  type Place { name(upper: Boolean): String, secret: String, broken: String, places(first: Int!): [Place!] }
  type Query { places(kind: Kind, names: [String!]): [Place!], echo(text: String): String, boom(how: String): String }
`);

export interface TownContext {
  readonly app: string;
  readonly seen: string[];
}

const places = [{ name: "École du Pont" }, { name: "Bibliothèque" }];

export const coded = (code: AnswerErrorCode, extensions: Record<string, unknown> = {}): GraphQLError =>
  new GraphQLError(answerErrors[code].sentence, { extensions: { code, ...extensions } });

const place = (name: string): Record<string, unknown> => ({
  name: ({ upper }: { upper?: boolean }) => (upper === true ? name.toUpperCase() : name),
  secret: () => {
    throw coded("FIELD_NOT_SHARED", { coordinate: "Place.secret" });
  },
  broken: () => {
    throw new Error(`connection to 10.0.0.1 as ${name} failed`);
  },
});

const root = {
  places: ({ names }: { names?: string[] }) =>
    places.filter(({ name }) => names === undefined || names.includes(name)).map(({ name }) => place(name)),
  echo: ({ text }: { text?: string }) => text ?? null,
  boom: () => {
    throw new Error("boom with Mme Martin");
  },
};

export async function townExecutor({
  document,
  parameters,
  context,
}: ExecutionRequest<TownContext>): Promise<ExecutionResult> {
  context.seen.push("executed");
  const invalid = validate(townSchema, document, specifiedRules);
  if (invalid.length > 0)
    return {
      errors: invalid.map(
        ({ message, nodes }) =>
          new GraphQLError(message, { nodes, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } } as never),
      ),
    };
  return execute({
    schema: townSchema,
    document,
    rootValue: root,
    variableValues: parameters.variables,
    operationName: parameters.operationName,
  });
}
