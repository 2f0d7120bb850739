// From the HTTP request to the parameters of a GraphQL request: GraphQL over HTTP, "Request".
import type { AnswerErrorCode } from "../terms/index.js";
import { chooseMediaType, isJsonInUtf8 } from "./media-type.js";
import type { GraphQLParameters, IncomingRequest } from "./request.js";

/** Why an HTTP request is not a GraphQL request. Nothing of what was sent stands in it. */
export interface RequestFault {
  readonly code: AnswerErrorCode;
  /** In place of the catalogue's sentence. */
  readonly message?: string;
  /** To be sent with the answer: `Allow`, `Accept`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Arrays and objects inside each other: far above any filter, far below what a recursion could stumble on. */
const jsonDepth = 64;

/**
 * Reads what was posted. Members that we do not know are ignored, as the specification asks; an `operationName` of ""
 * counts as none, as several clients send it.
 * @param headers Names in lower case.
 * @param bodyBytes The limit in force, named in the refusal.
 */
export function readParameters(
  method: string,
  headers: ReadonlyMap<string, string>,
  body: Buffer | null,
  bodyFault: IncomingRequest["bodyFault"],
  bodyBytes?: number,
): GraphQLParameters | RequestFault {
  return (
    headFault(method, headers) ?? bodyFaultOf(bodyFault, headers.get("content-length"), bodyBytes) ?? readBody(body)
  );
}

export const isRequestFault = (read: GraphQLParameters | RequestFault): read is RequestFault => "code" in read;

function headFault(method: string, headers: ReadonlyMap<string, string>): RequestFault | null {
  if (method !== "POST") return { code: "METHOD_NOT_ALLOWED", headers: { allow: "POST" } };
  if (chooseMediaType(headers.get("accept") ?? null) === null) return { code: "NOT_ACCEPTABLE" };
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") {
    // Refused rather than inflated: a small body could become a large one (law 13).
    const message = "A compressed body is not read here: send it without `Content-Encoding`.";
    return { code: "MEDIA_TYPE_NOT_SUPPORTED", message, headers: { "accept-encoding": "identity" } };
  }
  if (!isJsonInUtf8(headers.get("content-type") ?? ""))
    return { code: "MEDIA_TYPE_NOT_SUPPORTED", headers: { accept: "application/json" } };
  return null;
}

function bodyFaultOf(
  fault: IncomingRequest["bodyFault"],
  contentLength: string | undefined,
  bodyBytes: number | undefined,
): RequestFault | null {
  if (fault === "unreadable") return notUnderstood("The body did not arrive whole.");
  if (fault !== "too-large") return null;
  if (bodyBytes === undefined) return { code: "REQUEST_TOO_LARGE" };
  const figure =
    contentLength !== undefined && /^\d{1,15}$/.test(contentLength)
      ? `${contentLength} bytes`
      : "larger than it may be";
  return { code: "REQUEST_TOO_LARGE", message: `The body is ${figure}; the limit is ${bodyBytes} bytes.` };
}

function readBody(body: Buffer | null): GraphQLParameters | RequestFault {
  if (body === null || body.length === 0) return notUnderstood("There is no body: POST a JSON object with a `query`.");
  const text = readUtf8(body);
  if (text === null) return notUnderstood("The body is not valid UTF-8.");
  const json = readJson(text);
  if (json === undefined) return notUnderstood("The body is not valid JSON.");
  if (Array.isArray(json)) return notUnderstood("One operation per request: a JSON object is expected, not an array.");
  if (!isObject(json)) return notUnderstood("The body must be a JSON object with a `query`.");
  return readMembers(json);
}

function readMembers(json: Readonly<Record<string, unknown>>): GraphQLParameters | RequestFault {
  const extensions = member(json, "extensions");
  if (extensions !== null && !isObject(extensions)) return notUnderstood("`extensions` must be an object or null.");
  // The message is the one by which clients with persisted queries know to send the whole text from then on.
  if (extensions !== null && member(extensions, "persistedQuery") !== null)
    return notUnderstood("PersistedQueryNotSupported");
  const query = member(json, "query");
  if (typeof query !== "string") return notUnderstood("`query` must be a string.");
  if (query.trim() === "") return notUnderstood("`query` is empty.");
  const operationName = member(json, "operationName");
  if (operationName !== null && typeof operationName !== "string")
    return notUnderstood("`operationName` must be a string or null.");
  const variables = member(json, "variables") ?? {};
  if (!isObject(variables)) return notUnderstood("`variables` must be an object or null.");
  if (isDeeperThan(variables, jsonDepth))
    return { code: "LIMIT_EXCEEDED", message: `The variables are nested deeper than the limit of ${jsonDepth}.` };
  return { query, operationName: operationName === "" ? null : operationName, variables };
}

const notUnderstood = (message: string): RequestFault => ({ code: "REQUEST_NOT_UNDERSTOOD", message });

function readUtf8(body: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's message quotes the text, which may hold anything (law 11).
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Own members only: what any prototype holds was not sent. */
const member = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(object, name) ? (object[name] ?? null) : null;

/** Without recursion, so that what it looks for cannot break it. */
function isDeeperThan(root: object, limit: number): boolean {
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: object[] = [];
    for (const container of level)
      for (const value of Object.values(container) as unknown[])
        if (typeof value === "object" && value !== null) next.push(value);
    level = next;
  }
  return false;
}
