// From Node's request to the gateway's, and its answer back. Whatever comes to the address, by any method, reaches
// `answer`: refused and invalid requests of a known key are recorded too (law 4). On Node's own request and response: a
// framework's hooks cost more than what is done here.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { faultAnswer, type IncomingRequest, type OutgoingAnswer } from "../gateway/index.js";
import { freeBytes, type TenantName } from "../terms/index.js";
import { always } from "./listening.js";
import { hasUnreadBody, readBody } from "./read-body.js";
import { unexpectedError, type Report } from "./report.js";

export interface GraphQLRoute {
  readonly bodyBytes: number;
  /** Milliseconds for an answer to be taken. */
  readonly sendMs: number;
  answer(request: IncomingRequest): Promise<OutgoingAnswer>;
  readonly report: Report;
  /** No further request is taken of a connection. */
  readonly closing: () => boolean;
}

/** Never rejects. */
export async function answerGraphQL(
  route: GraphQLRoute,
  tenant: TenantName,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrivedAt = new Date();
  const ends = new ResponseEnds(response);
  const headers = joinedHeaders(request);
  const { body, fault, drained } = await readBody(request, route.bodyBytes);
  const incoming: IncomingRequest = {
    id: randomUUID(),
    tenant,
    arrivedAt,
    method: request.method ?? "",
    headers,
    body,
    bodyFault: fault,
    signal: ends.clientGone,
  };
  const answer = await safely(route, incoming);
  if (drained !== null) await drained;
  send(route, request, response, incoming.id, answer);
  // What the network has taken at once lies in nobody's memory here.
  if (response.writableLength > 0) ends.cutAfter(route.sendMs);
}

function send(
  route: GraphQLRoute,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  answer: OutgoingAnswer,
): void {
  if (response.destroyed) return;
  // What was not read of an upload would be taken for the next request.
  const last = hasUnreadBody(request) || route.closing();
  try {
    response.writeHead(answer.status, headersOf(answer, last));
  } catch (error) {
    route.report(unexpectedError(error, id));
    const failed = faultAnswer("INTERNAL_SERVER_ERROR");
    response.writeHead(failed.status, headersOf(failed, last)).end(failed.body);
    return;
  }
  const { body } = answer;
  if (typeof body === "string") response.end(body);
  // Told once the system has taken all of it. Of one that it did not take something may be on its way still.
  else response.once("finish", () => freeBytes(body)).end(body);
}

/** Names and values in turn, as Node writes them. */
function headersOf({ headers, body }: OutgoingAnswer, last: boolean): string[] {
  const lines = ["content-length", String(Buffer.byteLength(body))];
  for (const name in headers) lines.push(name, headers[name] ?? "");
  for (const name in always) if (headers[name] === undefined) lines.push(name, always[name] ?? "");
  if (last) lines.push("connection", "close");
  return lines;
}

/** How a response may end before, or without, its answer's being taken. */
class ResponseEnds {
  readonly #gone = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly response: ServerResponse) {
    response.on("close", () => {
      clearTimeout(this.#timer);
      if (!response.writableFinished) this.#gone.abort(new DOMException("the client went away", "AbortError"));
    });
  }

  get clientGone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Law 13: a client that does not read would keep its answer in our memory for as long as it likes. */
  cutAfter(ms: number): void {
    if (this.response.destroyed) return;
    this.#timer = setTimeout(() => this.response.destroy(), ms);
    this.#timer.unref();
  }
}

async function safely(route: GraphQLRoute, request: IncomingRequest): Promise<OutgoingAnswer> {
  try {
    return await route.answer(request);
  } catch (error) {
    route.report(unexpectedError(error, request.id));
    return faultAnswer("INTERNAL_SERVER_ERROR");
  }
}

export const clientGone = (response: ServerResponse): AbortSignal => new ResponseEnds(response).clientGone;

/** Every line that was sent: Node itself would drop a second `Authorization` in silence. */
export function joinedHeaders({ rawHeaders }: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    const value = rawHeaders[i + 1] ?? "";
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
