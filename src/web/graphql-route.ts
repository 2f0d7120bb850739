// From Node's request to the gateway's, and its answer back. Whatever comes to the address, by any method, reaches
// `answer`: refused and invalid requests of a known key are recorded too (law 4).
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { faultAnswer, type IncomingRequest, type OutgoingAnswer } from "../gateway/index.js";
import type { TenantName } from "../terms/index.js";
import { readBody } from "./read-body.js";
import { unexpectedError, type Report } from "./report.js";

export interface GraphQLRoute {
  readonly bodyBytes: number;
  /** Milliseconds for an answer to be taken. */
  readonly sendMs: number;
  answer(request: IncomingRequest): Promise<OutgoingAnswer>;
  readonly report: Report;
}

export async function answerGraphQL(
  route: GraphQLRoute,
  tenant: TenantName,
  { raw: request }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const arrivedAt = new Date();
  const signal = clientGone(reply.raw);
  const { body, fault, drained } = await readBody(request, route.bodyBytes);
  const answer = await safely(route, {
    id: randomUUID(),
    tenant,
    arrivedAt,
    method: request.method ?? "",
    headers: joinedHeaders(request),
    body,
    bodyFault: fault,
    signal,
  });
  await drained;
  cutUnlessTaken(reply.raw, route.sendMs);
  void reply.code(answer.status).headers(answer.headers).send(answer.body);
}

/** Law 13: a client that does not read would keep its answer in our memory for as long as it likes. */
function cutUnlessTaken(response: ServerResponse, sendMs: number): void {
  const timer = setTimeout(() => response.destroy(), sendMs);
  timer.unref();
  response.once("close", () => clearTimeout(timer));
}

async function safely(route: GraphQLRoute, request: IncomingRequest): Promise<OutgoingAnswer> {
  try {
    return await route.answer(request);
  } catch (error) {
    route.report(unexpectedError(error, request.id));
    return faultAnswer("INTERNAL_SERVER_ERROR");
  }
}

export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new DOMException("the client went away", "AbortError"));
  });
  return controller.signal;
}

/** Every line that was sent: Node itself would drop a second `Authorization` in silence. */
export function joinedHeaders({ rawHeaders }: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = [rawHeaders[i]?.toLowerCase(), rawHeaders[i + 1]];
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
