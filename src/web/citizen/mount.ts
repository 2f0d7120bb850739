// Where the citizen's pages lie: `/citizen` where there is one town, `/<town>/citizen` where there are several.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { unexpectedError, type Report } from "../report.js";
import { guarding } from "./headers.js";
import { confirmDecision, showDecision } from "./route-decide.js";
import {
  sendHistoryCsv,
  sendReceipt,
  showData,
  showDone,
  showHistory,
  showReceiptCheck,
  showStart,
} from "./route-read.js";
import { beginSignIn, finishSignIn, showSignedOut, signOut } from "./route-sign-in.js";
import type { CitizenServices } from "./services.js";
import { frameOf, languageOf, sendError, siteOf, type Site } from "./site.js";
import { styleName, styleSheet } from "./style.js";

type Handler = (site: Site, request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

const reads: Readonly<Record<string, Handler>> = {
  "": showStart,
  "/history": showHistory,
  "/history.csv": sendHistoryCsv,
  "/data": showData,
  "/done/:events": showDone,
  "/receipts/:id": sendReceipt,
  "/verify": showReceiptCheck,
  "/callback": finishSignIn,
  "/signed-out": showSignedOut,
  "/*": notFound,
};

const changes: Readonly<Record<string, Handler>> = {
  "/sign-in": beginSignIn,
  "/sign-out": signOut,
  "/decision": showDecision,
  "/decision/confirm": confirmDecision,
  "/*": notFound,
};

export function mountCitizens(app: FastifyInstance, services: CitizenServices, report: Report): void {
  const only = services.towns.size === 1;
  for (const [tenant, town] of services.towns) {
    const site = siteOf(services, tenant, town, only ? "/citizen" : `/${tenant}/citizen`);
    app.get(`${site.base}/${styleName}`, sendStyle);
    for (const [path, handler] of Object.entries(reads)) app.get(site.base + path, answering(site, handler, report));
    for (const [path, handler] of Object.entries(changes))
      app.route({
        method: "POST",
        url: site.base + path,
        // In `onRequest`, before fastify judges the body: it is read within our own bound.
        onRequest: answering(site, handler, report),
        handler: (_request, reply) => reply,
      });
  }
}

/** Named by its content: what a browser has of it stays true. Nothing in it is anybody's. */
const sendStyle = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply
    .headers({
      ...guarding,
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "Accept-Encoding",
    })
    .send(styleSheet);

/** A failure of ours is told as a page too; the operator reads its name and place, never its text (law 11). */
const answering =
  (site: Site, handler: Handler, report: Report) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    try {
      return await handler(site, request, reply);
    } catch (error) {
      report(unexpectedError(error, request.id));
      return sendError(site, reply, frameOf(site, languageOf(site, request, reply), null, ""), "unavailable");
    }
  };

function notFound(site: Site, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(site, reply, frameOf(site, languageOf(site, request, reply), null, ""), "not-found");
}
