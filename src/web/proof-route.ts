import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { faultAnswer, type IncomingRequest, type OutgoingAnswer } from "../gateway/index.js";
import type { TenantName } from "../terms/index.js";
import { clientGone, joinedHeaders } from "./graphql-route.js";
import { unexpectedError, type Report } from "./report.js";

/** Gives an application the proof of an entry of its own. */
export type ProveEntry = (request: IncomingRequest, entry: string) => Promise<OutgoingAnswer>;

export function mountProofs(
  app: FastifyInstance,
  tenants: readonly TenantName[],
  prove: ProveEntry,
  report: Report,
): void {
  for (const tenant of tenants)
    app.get<{ Params: { entry: string } }>(`/log/${tenant}/proof/:entry`, async (request, reply) => {
      const incoming: IncomingRequest = {
        id: randomUUID(),
        tenant,
        arrivedAt: new Date(),
        method: "GET",
        headers: joinedHeaders(request.raw),
        body: null,
        bodyFault: null,
        signal: clientGone(reply.raw),
      };
      const answer = await prove(incoming, request.params.entry).catch((error: unknown) => {
        report(unexpectedError(error, incoming.id));
        return faultAnswer("INTERNAL_SERVER_ERROR");
      });
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    });
}
