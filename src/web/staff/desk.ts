// What every address of the console's server side has in common: the cookie, who is behind it, and what an answer carries.
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { visitOf, type Visit } from "../../governance/index.js";
import { guarding } from "../citizen/headers.js";
import { cookieJar, type CookieJar } from "../cookies.js";
import { fromOurPage } from "../same-site.js";
import type { StaffServices } from "./services.js";
import { staffSessions, staffUse, type StaffSession, type StaffSessions } from "./sessions.js";

export interface Desk {
  readonly services: StaffServices;
  readonly sessions: StaffSessions;
  /** Of the session: SameSite=Strict. */
  readonly strict: CookieJar;
  /** Of a sign-in that was begun: sent where the provider leads back to us. */
  readonly lax: CookieJar;
  readonly secure: boolean;
}

export const sessionCookie = "passerelle_staff";

export function deskOf(services: StaffServices): Desk {
  // Without a site of our own in the settings we are a demo on this machine.
  const secure = services.publicOrigin?.startsWith("https:") === true;
  return {
    services,
    sessions: staffSessions(services.dataSource, services.now),
    strict: cookieJar(secure, "Strict"),
    lax: cookieJar(secure),
    secure,
  };
}

export interface Present {
  readonly session: StaffSession;
  readonly visit: Visit;
}

/** Null: nobody is signed in (any more), or somebody who has no role in any town now: their session ends. */
export async function presentOf(desk: Desk, request: FastifyRequest): Promise<Present | null> {
  const session = await desk.sessions.read(staffUse, desk.strict.read(request, sessionCookie));
  if (session === null) return null;
  // A link's session ends with the links: it opens nothing where there are none.
  const visit = session.demo && desk.services.links === null ? null : await visitOf(desk.services.governance, session);
  if (visit !== null) return { session, visit };
  await desk.sessions.end(session.id);
  return null;
}

/**
 * Whether a request that changes or reads something was sent by our page: a header that no form can send and no other
 * site may, and the browser's own word. The cookie is SameSite=Strict besides.
 */
export const fromConsole = (headers: IncomingHttpHeaders, { services }: Desk): boolean =>
  headers["x-passerelle-console"] === "1" && fromOurPage(headers, services.publicOrigin);

export type StaffErrorCode =
  "UNAUTHENTICATED" | "FORGED" | "TOO_MANY" | "TOO_LARGE" | "LINK_NOT_VALID" | "NOT_OFFERED" | "UNAVAILABLE";

const statuses: Readonly<Record<StaffErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORGED: 403,
  TOO_MANY: 429,
  TOO_LARGE: 413,
  LINK_NOT_VALID: 403,
  NOT_OFFERED: 404,
  UNAVAILABLE: 503,
};

export const sendJson = (reply: FastifyReply, body: unknown, status = 200): FastifyReply =>
  reply
    .code(status)
    .headers({ ...guarding, vary: "Cookie", "content-type": "application/json; charset=utf-8" })
    .send(JSON.stringify(body));

/** In the form of a GraphQL answer, so that the console reads one kind of refusal. */
export const sendRefusal = (
  reply: FastifyReply,
  code: StaffErrorCode,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply => sendJson(reply, { errors: [{ message: code, extensions: { code } }], ...more }, statuses[code]);
