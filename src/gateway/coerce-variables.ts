// The variables of a request as its operation declares them (GraphQL specification 6.1.2).
import {
  getVariableValues,
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isNonNullType,
  print,
  typeFromAST,
  valueFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type GraphQLType,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";
import { MAX_ERRORS } from "./check-document.js";
import { answerError, badInput, RequestRefused } from "./refusals.js";
import type { GraphQLParameters } from "./request.js";

type Given = GraphQLParameters["variables"];
type Coerced = Readonly<Record<string, unknown>>;

/** @throws RequestRefused naming the variables that do not fit, never their values (law 11) */
export function coerceVariables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Given): Coerced {
  return takenAsGiven(plainVariables(schema, operation), given) ?? coercedBySpecification(schema, operation, given);
}

/** A variable of one of GraphQL's own scalars: a value that fits it is taken as it is. */
interface PlainVariable {
  readonly name: string;
  readonly fits: (value: unknown) => boolean;
  readonly nullable: boolean;
  /** Undefined: none, and the variable is not among the coerced ones then. */
  readonly usual: unknown;
}

/** Null: some variable of the operation is of another kind. */
const plain = new WeakMap<OperationDefinitionNode, WeakMap<GraphQLSchema, readonly PlainVariable[] | null>>();

function plainVariables(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly PlainVariable[] | null {
  let bySchema = plain.get(operation);
  if (!bySchema) plain.set(operation, (bySchema = new WeakMap<GraphQLSchema, readonly PlainVariable[] | null>()));
  let variables = bySchema.get(schema);
  if (variables === undefined) {
    const read = (operation.variableDefinitions ?? []).map((definition) => plainVariable(schema, definition));
    variables = read.every((variable) => variable !== null) ? read : null;
    bySchema.set(schema, variables);
  }
  return variables;
}

const isInt = (value: unknown): boolean => typeof value === "number" && (value | 0) === value;
const isText = (value: unknown): boolean => typeof value === "string";
const plainScalars = new Map<GraphQLType | undefined, (value: unknown) => boolean>([
  [GraphQLInt, isInt],
  [GraphQLFloat, (value) => Number.isFinite(value)],
  [GraphQLString, isText],
  [GraphQLID, isText],
  [GraphQLBoolean, (value) => typeof value === "boolean"],
]);

function plainVariable(
  schema: GraphQLSchema,
  { variable, type: node, defaultValue }: VariableDefinitionNode,
): PlainVariable | null {
  const type: GraphQLType | undefined = typeFromAST(schema, node);
  const nullable = !isNonNullType(type);
  const fits = plainScalars.get(nullable ? type : type.ofType);
  // That name would not become a variable here.
  if (fits === undefined || variable.name.value === "__proto__") return null;
  const usual = defaultValue === undefined ? undefined : valueFromAST(defaultValue, type as GraphQLInputType);
  return { name: variable.name.value, fits, nullable, usual };
}

/** Null where one value does not fit as it is, or is missing: then the specification's way finds what to say of it. */
function takenAsGiven(variables: readonly PlainVariable[] | null, given: Given): Coerced | null {
  if (variables === null) return null;
  const taken: Record<string, unknown> = {};
  for (const { name, fits, nullable, usual } of variables) {
    if (Object.hasOwn(given, name)) {
      const value = given[name];
      if (value === null ? !nullable : !fits(value)) return null;
      taken[name] = value;
    } else if (usual !== undefined) taken[name] = usual;
    else if (!nullable) return null;
  }
  return taken;
}

function coercedBySpecification(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Given): Coerced {
  const definitions = operation.variableDefinitions ?? [];
  const result = getVariableValues(schema, definitions, given, { maxErrors: MAX_ERRORS });
  if (!result.errors) return result.coerced;
  const faulty = new Set(result.errors.flatMap((error) => error.nodes ?? []));
  const errors = definitions
    .filter((definition) => faulty.has(definition))
    .map((definition) =>
      answerError("BAD_USER_INPUT", {
        message: `Variable "$${definition.variable.name.value}" does not hold a value of type "${print(definition.type)}".`,
        nodes: [definition],
      }),
    );
  throw errors.length > 0 ? new RequestRefused(errors) : badInput("A variable does not fit its type.", [operation]);
}
