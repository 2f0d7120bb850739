// The citizen's pages of one town: where they lie, and what every answer of theirs has in common.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { TenantName } from "../../terms/index.js";
import { chooseLanguage } from "../landing-page.js";
import { cookieJar, type CookieJar } from "../cookies.js";
import { pageHeaders } from "./headers.js";
import { errorPage, errorStatus } from "./page-error.js";
import type { CitizenServices, CitizenTown } from "./services.js";
import type { Session } from "./sessions.js";
import type { ErrorKind, Frame, Language } from "./view.js";

export interface Site {
  readonly services: CitizenServices;
  readonly tenant: TenantName;
  readonly town: CitizenTown;
  /** `/citizen` or `/rivemont/citizen`. */
  readonly base: string;
  readonly cookies: CookieJar;
  readonly cookieNames: Readonly<Record<"session" | "pending" | "language", string>>;
  readonly secure: boolean;
}

export function siteOf(services: CitizenServices, tenant: TenantName, town: CitizenTown, base: string): Site {
  // Without a site of our own in the settings we are a demo on this machine.
  const secure = town.publicOrigin?.startsWith("https:") === true;
  return {
    ...{ services, tenant, town, base, secure },
    cookies: cookieJar(secure),
    // Two towns behind one name have a session each.
    cookieNames: { session: `citizen-${tenant}`, pending: `citizen-sign-in-${tenant}`, language: "citizen-language" },
  };
}

/** A year. */
const languageSeconds = 31_536_000;

/** What `?lang=` asks for is remembered; then what was remembered, then what the browser prefers. */
export function languageOf({ cookies, cookieNames }: Site, request: FastifyRequest, reply: FastifyReply): Language {
  const asked = (request.query as Record<string, unknown>)["lang"];
  if (asked === "fr" || asked === "en") {
    cookies.set(reply, cookieNames.language, asked, languageSeconds);
    return asked;
  }
  return chooseLanguage(cookies.read(request, cookieNames.language), request.headers["accept-language"]);
}

/** @param path below the base, for the language switch; of a page that a form led to, where one gets back from it */
export function frameOf(site: Site, language: Language, session: Session | null, path: string): Frame {
  const { displayName: name, contact, dpo, timeZone } = site.town;
  return {
    language,
    base: site.base,
    path,
    town: { name, contact, dpo },
    timeZone,
    session: session === null ? null : { firstName: firstNameOf(session), token: session.token },
  };
}

function firstNameOf({ claims: { claims } }: Session): string | null {
  const given = claims["given_name"];
  // FranceConnect gives all of them in one text, separated by spaces.
  const [first = ""] = typeof given === "string" ? given.trim().split(/\s+/) : [];
  return first === "" ? null : first.slice(0, 60);
}

export function sendPage(site: Site, reply: FastifyReply, frame: Frame, page: string, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({ ...pageHeaders(site.town.formOrigins, site.secure), "content-language": frame.language })
    .send(page);
}

export const sendError = (site: Site, reply: FastifyReply, frame: Frame, kind: ErrorKind): FastifyReply =>
  sendPage(site, reply, frame, errorPage(frame, kind), errorStatus[kind]);

/** 303: what follows a form is read with GET. */
export const sendTo = (site: Site, reply: FastifyReply, url: string): FastifyReply =>
  reply.headers(pageHeaders(site.town.formOrigins, site.secure)).redirect(url, 303);
