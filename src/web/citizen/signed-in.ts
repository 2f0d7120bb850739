// What every page of a signed-in person begins with.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Citizen } from "../../terms/index.js";
import { personsOf } from "./persons.js";
import { kindOf } from "./route-sign-in.js";
import type { Session } from "./sessions.js";
import { frameOf, languageOf, sendError, type Site } from "./site.js";
import type { Frame, Person } from "./view.js";

export interface Visit {
  readonly session: Session;
  readonly frame: Frame;
}

/** Null: answered already, that nobody is signed in (any more). */
export async function visitOf(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
): Promise<Visit | null> {
  const { services, tenant, cookies, cookieNames } = site;
  const language = languageOf(site, request, reply);
  const id = cookies.read(request, cookieNames.session);
  const session = await services.sessions.read(tenant, id);
  if (session !== null) return { session, frame: frameOf(site, language, session, path) };
  if (id !== null) cookies.clear(reply, cookieNames.session);
  void sendError(site, reply, frameOf(site, language, null, ""), "expired");
  return null;
}

/**
 * The person and their children as the registers know them now: a guardianship that has ended since they signed in is
 * one no more (law 6). Null: answered already.
 */
export async function personsNow(
  site: Site,
  { session, frame }: Visit,
  reply: FastifyReply,
): Promise<readonly Person[] | null> {
  try {
    return personsOf(session, await identify(site, session));
  } catch (error) {
    void sendError(site, reply, frame, kindOf(site, error));
    return null;
  }
}

const identify = ({ services, tenant }: Site, { claims }: Session): Promise<Citizen> =>
  services.citizens.identify(tenant, claims);
