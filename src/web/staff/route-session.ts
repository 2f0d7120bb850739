// Who is signed in, signing in by the demo's link, and signing out.
import type { FastifyReply, FastifyRequest } from "fastify";
import { recordedSignIn } from "../../governance/index.js";
import { readBody } from "../read-body.js";
import { fromConsole, presentOf, sendJson, sendRefusal, sessionCookie, type Desk, type Present } from "./desk.js";
import { signInPath } from "./route-sign-in.js";
import { staffUse } from "./sessions.js";

const linkBytes = 1_000;

export async function showSession(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const present = await presentOf(desk, request);
  return present === null ? sendRefusal(reply, "UNAUTHENTICATED", waysIn(desk)) : sendJson(reply, told(present));
}

/** How one gets in: the provider's page, from each town, or a link that was printed. */
const waysIn = ({ services: { provider, links, governance } }: Desk) => ({
  ways:
    provider === null
      ? []
      : [...governance.towns].map(([town, { displayName }]) => ({ town, displayName, href: signInPath(town) })),
  link: links !== null,
});

const told = ({ session, visit }: Present) => ({
  name: visit.name,
  email: visit.email,
  demo: visit.demo,
  /** For forms, which can send no header. */
  csrf: session.token,
  towns: [...visit.towns].map(([name, { roles, rights }]) => ({
    name,
    displayName: visit.services.towns.get(name)?.displayName ?? name,
    roles: roles.map((role) => role.toUpperCase()),
    rights: [...rights].toSorted(),
  })),
});

export async function useLink(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, sessions, strict } = desk;
  const { body, fault, drained } = await readBody(request.raw, linkBytes);
  await drained;
  if (fault === "too-large") return sendRefusal(reply, "TOO_LARGE");
  if (!fromConsole(request.headers, desk)) return sendRefusal(reply, "FORGED");
  if (services.links === null) return sendRefusal(reply, "NOT_OFFERED");
  if (!services.signInRate.take("link").allowed) return sendRefusal(reply, "TOO_MANY");
  const email = await services.links.use(linkIn(body));
  if (email === null) return sendRefusal(reply, "LINK_NOT_VALID");
  const visit = await recordedSignIn(services.governance, { email, demo: true });
  if (visit === null) return sendRefusal(reply, "LINK_NOT_VALID");
  await sessions.end(strict.read(request, sessionCookie));
  const session = await sessions.begin(staffUse, { email, demo: true, idToken: null });
  strict.set(reply, sessionCookie, session.id, null);
  return reply.code(204).send();
}

function linkIn(body: Buffer | null): string {
  try {
    const value: unknown = JSON.parse(body?.toString("utf8") ?? "");
    return typeof value === "object" && value !== null && "token" in value && typeof value.token === "string"
      ? value.token
      : "";
  } catch {
    return "";
  }
}

/** Tells where to go from here, so that the provider forgets the person too; null: nowhere. */
export async function signOut(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, sessions, strict } = desk;
  const { drained } = await readBody(request.raw, linkBytes);
  await drained;
  if (!fromConsole(request.headers, desk)) return sendRefusal(reply, "FORGED");
  const id = strict.read(request, sessionCookie);
  const session = await sessions.read(staffUse, id);
  await sessions.end(id);
  strict.clear(reply, sessionCookie);
  return sendJson(reply, { next: await signOutThere(services, session?.idToken ?? null) });
}

/** Signed out here whatever the provider does. */
async function signOutThere({ provider }: Desk["services"], idToken: string | null): Promise<string | null> {
  if (provider === null || idToken === null) return null;
  return provider.signIn.endSession(provider.provider, idToken, "/console").catch(() => null);
}
