// The errors of answers, made from the catalogue of terms: code, sentence, and nothing of a value.
import { GraphQLError, type ASTNode, type FieldNode } from "graphql";
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
  return new GraphQLError(details.message ?? answerErrors[code].sentence, {
    ...(details.nodes ? { nodes: details.nodes } : {}),
    ...(details.path ? { path: details.path } : {}),
    extensions: { code, ...details.extensions },
  });
}

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
