// Signing in and out. What belongs to a sign-in that was begun travels in the browser, sealed: whoever comes back with
// another's answer of the provider has not the cookie that goes with it (login CSRF).
import type { FastifyReply, FastifyRequest } from "fastify";
import { NotIdentified } from "../../gateway/index.js";
import { SignInRefused, SignInUnavailable, type PendingSignIn } from "../../identity/index.js";
import { SourceFailure } from "../../sources/index.js";
import { signedOutPage } from "./page-welcome.js";
import { readForm } from "../read-form.js";
import { fromOurPage } from "../same-site.js";
import { openText, sealText } from "../sealed-box.js";
import { isToken } from "../sealed-sessions.js";
import { frameOf, languageOf, sendError, sendPage, sendTo, type Site } from "./site.js";
import type { ErrorKind } from "./view.js";

/** Seconds that a person may take at the provider. */
const pendingSeconds = 900;

interface Pending {
  readonly pending: PendingSignIn;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export async function beginSignIn(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, tenant, base } = site;
  const language = languageOf(site, request, reply);
  const frame = frameOf(site, language, null, "");
  // Read, so that the connection can be used again; there is nothing in it.
  const { fault } = await readForm(request.raw);
  if (fault !== null || !fromOurPage(request.headers, site.town.publicOrigin))
    return sendError(site, reply, frame, fault ?? "forged");
  if (!services.signIn.has(tenant)) return sendError(site, reply, frame, "not-offered");
  if (!services.rate.take(tenant).allowed) return sendError(site, reply, frame, "too-many");
  try {
    const { url, pending } = await services.signIn.begin(tenant, { language, callbackPath: `${base}/callback` });
    const kept: Pending = { pending, until: services.now().getTime() + pendingSeconds * 1000 };
    const sealed = sealText(services.pendingSecret(tenant), useOf(tenant), JSON.stringify(kept)).toString("base64url");
    site.cookies.set(reply, site.cookieNames.pending, sealed, pendingSeconds);
    return await sendTo(site, reply, url);
  } catch (error) {
    return sendError(site, reply, frame, kindOf(site, error));
  }
}

export async function finishSignIn(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, tenant, cookies, cookieNames } = site;
  const language = languageOf(site, request, reply);
  const frame = frameOf(site, language, null, "");
  if (!services.signIn.has(tenant)) return sendError(site, reply, frame, "not-offered");
  const pending = pendingOf(site, request);
  // Used once, however it ends.
  cookies.clear(reply, cookieNames.pending);
  if (pending === null) return sendError(site, reply, frame, "sign-in-failed");
  if (!services.rate.take(tenant).allowed) return sendError(site, reply, frame, "too-many");
  try {
    const { search } = new URL(request.raw.url ?? "", "http://callback.invalid");
    const { idToken, ...claims } = await services.signIn.finish(
      tenant,
      new URL(`http://callback.invalid/${search}`),
      pending,
    );
    const { self } = await services.citizens.identify(tenant, claims);
    const subjects = self.flatMap(({ scheme, key }) =>
      services.tokens.seal(tenant, scheme, [key]).map((token) => ({ scheme, token })),
    );
    await services.sessions.end(tenant, cookies.read(request, cookieNames.session));
    const session = await services.sessions.begin(tenant, { claims, idToken }, subjects);
    cookies.set(reply, cookieNames.session, session.id, null);
    return await sendTo(site, reply, site.base);
  } catch (error) {
    return sendError(site, reply, frame, kindOf(site, error));
  }
}

function pendingOf({ services, tenant, cookies, cookieNames }: Site, request: FastifyRequest): PendingSignIn | null {
  const sealed = cookies.read(request, cookieNames.pending);
  if (sealed === null) return null;
  const text = openText(services.pendingSecret(tenant), useOf(tenant), Buffer.from(sealed, "base64url"));
  if (text === null) return null;
  const { pending, until } = JSON.parse(text) as Pending;
  return services.now().getTime() <= until ? pending : null;
}

const useOf = (tenant: string): string => `sign-in ${tenant}`;

/** What a person can be told of it. The operator reads a word of ours, never a value. */
export function kindOf({ services, tenant }: Site, error: unknown): ErrorKind {
  if (error instanceof NotIdentified) return error.reason === "ambiguous" ? "ambiguous-person" : "unknown-person";
  if (error instanceof SignInRefused) {
    if (error.reason === "cancelled") return "sign-in-cancelled";
    services.report(`${tenant}: a citizen was not signed in (${error.reason}: ${error.why})`);
    return "sign-in-failed";
  }
  if (error instanceof SignInUnavailable) {
    services.report(`${tenant}: the sign-in service of the citizens does not answer (${error.why})`);
    return "unavailable";
  }
  if (error instanceof SourceFailure) {
    services.report(`${tenant}: a citizen could not be looked up: ${error.message}`);
    return "unavailable";
  }
  throw error;
}

export async function signOut(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, tenant, base, cookies, cookieNames } = site;
  const id = cookies.read(request, cookieNames.session);
  const session = await services.sessions.read(tenant, id);
  const { form } = await readForm(request.raw);
  const mine = session !== null && isToken(session, form?.get("token") ?? "");
  if (session !== null && !(mine && fromOurPage(request.headers, site.town.publicOrigin)))
    return sendError(site, reply, frameOf(site, languageOf(site, request, reply), session, ""), "forged");
  await services.sessions.end(tenant, id);
  cookies.clear(reply, cookieNames.session);
  return sendTo(site, reply, (await signOutThere(site, session?.idToken ?? null)) ?? `${base}/signed-out`);
}

/** Signed out here whatever the provider does. */
async function signOutThere({ services, tenant, base }: Site, idToken: string | null): Promise<string | null> {
  if (idToken === null) return null;
  try {
    return await services.signIn.endSession(tenant, idToken, `${base}/signed-out`);
  } catch (error) {
    if (error instanceof SignInUnavailable) return null;
    throw error;
  }
}

export function showSignedOut(site: Site, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const frame = frameOf(site, languageOf(site, request, reply), null, "/signed-out");
  return sendPage(site, reply, frame, signedOutPage(frame));
}
