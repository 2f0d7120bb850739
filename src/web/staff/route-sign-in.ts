// Signing in with the town's provider. What belongs to a sign-in that was begun travels in the browser, sealed: whoever
// comes back with another's answer of the provider has not the cookie that goes with it (login CSRF).
import type { FastifyReply, FastifyRequest } from "fastify";
import { AccessLogUnavailable } from "../../accesslog/index.js";
import { recordedSignIn } from "../../governance/index.js";
import { SignInRefused, SignInUnavailable, type PendingSignIn, type VerifiedClaims } from "../../identity/index.js";
import { guarding } from "../citizen/headers.js";
import { chooseLanguage } from "../landing-page.js";
import { openText, sealText } from "../sealed-box.js";
import { sessionCookie, type Desk } from "./desk.js";
import type { StaffProvider } from "./services.js";
import { staffUse } from "./sessions.js";

export const signInPath = (town: string): string => `/governance/sign-in/${town}`;
const callbackPath = "/governance/callback";
const pendingCookie = "passerelle_staff_sign_in";
const pendingUse = "staff sign-in";
/** Seconds that a person may take at the provider. */
const pendingSeconds = 900;

interface Pending {
  readonly pending: PendingSignIn;
  /** Where the console goes on. */
  readonly back: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What the console's page says of it. */
export type SignInFault = "cancelled" | "refused" | "email" | "unknown-person" | "unavailable" | "too-many";

export async function beginSignIn(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, lax } = desk;
  const { provider, signInRate, now } = services;
  if (provider === null) return sendTo(reply, faultAddress("unavailable"));
  if (!signInRate.take("provider").allowed) return sendTo(reply, faultAddress("too-many"));
  const { town = "" } = request.params as { readonly town?: string };
  const language = chooseLanguage(null, request.headers["accept-language"]);
  try {
    const { url, pending } = await provider.signIn.begin(provider.provider, { language, callbackPath });
    const back = backTo((request.query as Record<string, unknown>)["back"], town);
    const kept: Pending = { pending, back, until: now().getTime() + pendingSeconds * 1000 };
    const sealed = sealText(services.pendingSecret(), pendingUse, JSON.stringify(kept)).toString("base64url");
    lax.set(reply, pendingCookie, sealed, pendingSeconds);
    return await sendTo(reply, url);
  } catch (error) {
    return sendTo(reply, faultAddress(faultOf(desk, error)));
  }
}

/** Of our own console alone: whoever wrote the link into which somebody signs in does not choose where they land. */
const backTo = (asked: unknown, town: string): string =>
  typeof asked === "string" &&
  asked.length < 3_000 &&
  /^\/console(\/[\w~%.:+,=&?-]*)*$/.test(asked) &&
  !asked.includes("//")
    ? asked
    : `/console/${/^[a-z][a-z0-9-]{0,62}$/.test(town) ? town : ""}`;

export async function finishSignIn(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { services, sessions, strict, lax } = desk;
  const { provider, signInRate, governance } = services;
  const kept = pendingOf(desk, request);
  // Used once, however it ends.
  lax.clear(reply, pendingCookie);
  if (provider === null || kept === null) return sendTo(reply, faultAddress("refused"));
  if (!signInRate.take("provider").allowed) return sendTo(reply, faultAddress("too-many"));
  try {
    const { search } = new URL(request.raw.url ?? "", "http://callback.invalid");
    const came = new URL(`http://callback.invalid/${search}`);
    const { idToken, ...claims } = await provider.signIn.finish(provider.provider, came, kept.pending);
    const email = emailOf(claims, provider);
    if (email === null) return await sendTo(reply, faultAddress("email"));
    const visit = await recordedSignIn(governance, { email, demo: false });
    if (visit === null) return await sendTo(reply, faultAddress("unknown-person"));
    await sessions.end(strict.read(request, sessionCookie));
    const session = await sessions.begin(staffUse, { email, demo: false, idToken });
    strict.set(reply, sessionCookie, session.id, null);
    return await sendTo(reply, kept.back);
  } catch (error) {
    return sendTo(reply, faultAddress(faultOf(desk, error)));
  }
}

function pendingOf({ services, lax }: Desk, request: FastifyRequest): Pending | null {
  const sealed = lax.read(request, pendingCookie);
  if (sealed === null) return null;
  const text = openText(services.pendingSecret(), pendingUse, Buffer.from(sealed, "base64url"));
  if (text === null) return null;
  const kept = JSON.parse(text) as Pending;
  return services.now().getTime() <= kept.until ? kept : null;
}

/** An address that anybody could have typed into their account is nobody's: it must be verified. */
function emailOf({ claims }: VerifiedClaims, { trustEmail }: StaffProvider): string | null {
  const { email, email_verified: verified } = claims as { readonly email?: unknown; readonly email_verified?: unknown };
  if (typeof email !== "string" || email.length > 320) return null;
  return verified === true || (trustEmail && verified === undefined) ? email : null;
}

/** What a person can be told of it. The operator reads a word of ours, never a value. */
function faultOf({ services }: Desk, error: unknown): SignInFault {
  if (error instanceof SignInRefused) {
    if (error.reason === "cancelled") return "cancelled";
    services.report(`a member of staff was not signed in (${error.reason}: ${error.why})`);
    return "refused";
  }
  if (error instanceof SignInUnavailable) {
    services.report(`the sign-in service of staff does not answer (${error.why})`);
    return "unavailable";
  }
  // No record, nobody is let in (law 4).
  if (error instanceof AccessLogUnavailable) return "unavailable";
  throw error;
}

const faultAddress = (fault: SignInFault): string => `/console/sign-in?fault=provider&why=${fault}`;

/** 303: read with GET. */
const sendTo = (reply: FastifyReply, url: string): FastifyReply => reply.headers(guarding).redirect(url, 303);
