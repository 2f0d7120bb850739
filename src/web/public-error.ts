// The one door through which an error leaves: only codes of our catalogue pass; everything else is our own failure,
// and says nothing (law 11).
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { answerErrors, type AnswerErrorCode } from "../terms/index.js";

/** UTF-16 units of a message that quotes the application's own text. */
const messageLength = 200;

/** Messages that graphql-js words, quoting what the application wrote. */
const quoting: ReadonlySet<AnswerErrorCode> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
]);

export interface PublicError {
  readonly code: AnswerErrorCode;
  readonly formatted: GraphQLFormattedError;
}

/**
 * @param formatted As Apollo Server formats it (its `http` extension taken out).
 * @param error What was returned or thrown.
 * @param tokens The limit in force.
 */
export function publicError(formatted: GraphQLFormattedError, error: unknown, tokens: number): PublicError {
  const code = codeOf(formatted, error);
  const place = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
  if (code === "GRAPHQL_PARSE_FAILED") return parseError(formatted.message, place, tokens);
  if (fixed.has(code))
    return { code, formatted: { message: answerErrors[code].sentence, ...place, extensions: { code } } };
  const message = quoting.has(code) ? quotedMessage(formatted.message) : formatted.message;
  const { http: _status, ...extensions } = formatted.extensions ?? {};
  return { code, formatted: { message, ...place, extensions: { ...extensions, code } } };
}

/** Whose message and extensions come from libraries: the catalogue's sentence stands instead. */
const fixed: ReadonlySet<AnswerErrorCode> = new Set([
  "INTERNAL_SERVER_ERROR",
  "REQUEST_NOT_UNDERSTOOD",
  "OPERATION_RESOLUTION_FAILURE",
]);

function codeOf(formatted: GraphQLFormattedError, error: unknown): AnswerErrorCode {
  const code: unknown = formatted.extensions?.["code"];
  if (isWrappedFailure(error) && code !== "GRAPHQL_PARSE_FAILED") return "INTERNAL_SERVER_ERROR";
  if (code === "BAD_REQUEST") return "REQUEST_NOT_UNDERSTOOD";
  return typeof code === "string" && Object.hasOwn(answerErrors, code)
    ? (code as AnswerErrorCode)
    : "INTERNAL_SERVER_ERROR";
}

/**
 * Whether something else than a GraphQLError was thrown and then wrapped: the wrapper takes over the message and the
 * `extensions` of any error, so that a source's own error could otherwise pass for one of ours.
 */
function isWrappedFailure(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return true;
  const cause = error.originalError;
  return cause !== undefined && cause !== null && !(cause instanceof GraphQLError) && cause.message === error.message;
}

type Place = Pick<GraphQLFormattedError, "locations" | "path">;

function parseError(message: string, place: Place, tokens: number): PublicError {
  const limit = (text: string): PublicError => {
    const code = "LIMIT_EXCEEDED";
    return { code, formatted: { message: text, extensions: { code } } };
  };
  if (/^Syntax Error: Document contains more tha[tn] \d+ (tokens|comments)\./.test(message))
    return limit(`The document has more than ${tokens} tokens or comments, which is the limit.`);
  // The parser itself failed, by the depth of its recursion.
  if (!message.startsWith("Syntax Error")) return limit("The document is nested deeper than can be read.");
  const code = "GRAPHQL_PARSE_FAILED";
  return { code, formatted: { message: quotedMessage(message), ...place, extensions: { code } } };
}

/** Bounded, its control characters escaped, and without hints at names that the application did not write. */
export function quotedMessage(message: string): string {
  // Format characters (bidi, zero width) and lone surrogates too: what is shown must be what is there.
  const escaped = message
    .replace(/ ?Did you mean .*$/su, "")
    .slice(0, messageLength + 1)
    .replace(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
    );
  return escaped.length > messageLength ? `${escaped.slice(0, messageLength - 1)}…` : escaped;
}
