// The errors of answers, made from the catalogue of terms: code, sentence, and nothing of a value.
import { GraphQLError, type ASTNode, type FieldNode, type SourceLocation } from "graphql";
import type { FieldRefused } from "../accesslog/index.js";
import type { RefusedSelection } from "./plan.js";
import { answerErrors, type AnswerErrorCode } from "../terms/index.js";

export interface ErrorDetails {
  readonly message?: string;
  readonly nodes?: readonly ASTNode[];
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export function answerError(code: AnswerErrorCode, details: ErrorDetails = {}): GraphQLError {
  const error = new GraphQLError(details.message ?? answerErrors[code].sentence, {
    ...(details.path ? { path: details.path } : {}),
    extensions: { code, ...details.extensions },
  });
  const locations = details.nodes === undefined ? [] : locationsOf(details.nodes);
  return locations.length === 0 ? error : Object.assign(error, { locations });
}

/**
 * Where the nodes begin, as the lexer has found it. Given the nodes, graphql-js would count the lines of the whole document
 * for each error: hundreds of refused fields behind 90,000 line ends took four seconds (law 13).
 */
const locationsOf = (nodes: readonly ASTNode[]): SourceLocation[] =>
  nodes.flatMap(({ loc }) => {
    if (loc === undefined) return [];
    const { line, column } = loc.startToken;
    // A document begins before its first token, on no line.
    return [{ line: Math.max(1, line), column: Math.max(1, column) }];
  });

/** Ends the request before any fetch: an answer with errors and no data. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  constructor(
    readonly errors: readonly GraphQLError[],
    readonly about: {
      /** Coordinates used as inputs that are not shared, for the entry. */
      readonly inputs?: readonly RefusedInput[];
      /** Selections of the same operation that are not shared. */
      readonly selections?: readonly RefusedSelection[];
      /** `extensions` of the whole answer. */
      readonly answer?: Readonly<Record<string, unknown>>;
      readonly retryAfterSeconds?: number;
    } = {},
  ) {
    super("request refused");
  }
}

export interface RefusedInput {
  readonly coordinate: string;
  readonly reason: FieldRefused["reason"];
  readonly rule: string | null;
  /** The list whose `where` or `orderBy` holds it. */
  readonly node: FieldNode;
}

/** A figure and its limit, in the sentence and as data. */
export const limitExceeded = (
  what: string,
  figure: number,
  limit: number,
  nodes?: readonly ASTNode[],
): RequestRefused =>
  new RequestRefused([
    answerError("LIMIT_EXCEEDED", {
      message: `${what}: ${figure}, the limit is ${limit}.`,
      ...(nodes ? { nodes } : {}),
      extensions: { figure, limit },
    }),
  ]);

export const badInput = (message: string, nodes: readonly ASTNode[]): RequestRefused =>
  new RequestRefused([answerError("BAD_USER_INPUT", { message, nodes })]);
