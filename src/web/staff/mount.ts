// Where the console and what it asks lie.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { unexpectedError, type Report } from "../report.js";
import { consoleFiles } from "./console-files.js";
import { deskOf, sendRefusal, type Desk } from "./desk.js";
import { createGovernanceServer } from "./governance-server.js";
import { showSession, signOut, useLink } from "./route-session.js";
import { sendExport } from "./route-export.js";
import { beginSignIn, finishSignIn, signInPath } from "./route-sign-in.js";
import type { StaffServices } from "./services.js";

type Handler = (desk: Desk, request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

export async function mountStaff(app: FastifyInstance, services: StaffServices, report: Report): Promise<void> {
  const desk = deskOf(services);
  const files = consoleFiles(services.consoleFolder, desk.secure);
  const server = await createGovernanceServer(report);
  app.addHook("onClose", () => server.stop());
  for (const path of ["/console", "/console/*"]) app.get(path, (request, reply) => files.send(request, reply));
  app.get("/governance/session", answering(desk, showSession, report));
  app.get(signInPath(":town"), answering(desk, beginSignIn, report));
  app.get("/governance/callback", answering(desk, finishSignIn, report));
  const posts: Readonly<Record<string, Handler>> = {
    "/governance/graphql": (...given) => server.answer(...given),
    "/governance/export": sendExport,
    "/governance/link": useLink,
    "/governance/sign-out": signOut,
  };
  for (const [url, handler] of Object.entries(posts))
    app.route({
      method: "POST",
      url,
      // In `onRequest`, before fastify judges the body: it is read within our own bound.
      onRequest: answering(desk, handler, report),
      handler: (_request, reply) => reply,
    });
}

/** The operator reads a failure's name and place, never its text (law 11). */
const answering =
  (desk: Desk, handler: Handler, report: Report) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    try {
      return await handler(desk, request, reply);
    } catch (error) {
      report(unexpectedError(error, request.id));
      return sendRefusal(reply, "UNAVAILABLE");
    }
  };
