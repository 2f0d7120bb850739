// Who is signed in, and how one signs in and out.
//
//   GET  /governance/session    200 Session, or 401 with the ways to sign in
//   POST /governance/link       {"link"}: 200 Session with the cookie, or 403 (used, too old, not ours)
//   POST /governance/sign-out   200 {"next"}: where the provider forgets the person too, or null
//
// All of them carry `x-passerelle-console: 1`, which a form of another site cannot send.
import { ServiceFault, sendToGateway } from "./gateway.js";

export interface Session {
  readonly name: string;
  readonly email: string;
  /** Signed in by the demo's one-time link. */
  readonly demo: boolean;
  /** For forms that the browser itself posts: exports. */
  readonly csrf: string;
  readonly towns: readonly { readonly name: string; readonly displayName: string }[];
}

/** The provider's page (`host` is its name as people know it), or the demo's one-time link. */
export type SignInWay =
  { readonly kind: "openid"; readonly href: string; readonly host: string } | { readonly kind: "link" };

export type SessionState =
  | { readonly signedIn: true; readonly session: Session }
  | { readonly signedIn: false; readonly ways: readonly SignInWay[] };

export async function readSession(signal?: AbortSignal): Promise<SessionState> {
  const response = await sendToGateway("/governance/session", { method: "GET", ...(signal ? { signal } : {}) });
  if (response.status === 401) {
    const { ways } = (await response.json()) as { readonly ways: readonly SignInWay[] };
    return { signedIn: false, ways };
  }
  if (!response.ok) throw new ServiceFault(response.status);
  return { signedIn: true, session: (await response.json()) as Session };
}

/** @returns whether the link was taken: it works once, within its hour. */
export async function redeemLink(link: string): Promise<boolean> {
  const response = await sendToGateway("/governance/link", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ link }),
  });
  if (response.status >= 500) throw new ServiceFault(response.status);
  return response.ok;
}

/** @returns where to go so that the provider forgets the person too; null: nowhere */
export async function signOut(): Promise<string | null> {
  const response = await sendToGateway("/governance/sign-out", { method: "POST" });
  if (!response.ok) return null;
  const { next } = (await response.json()) as { readonly next: string | null };
  return next;
}

/** Where the provider's sign-in begins; `back` is an address of the console. */
export const signInAddress = (href: string, back: string): string =>
  `${href}${href.includes("?") ? "&" : "?"}back=${encodeURIComponent(back)}`;
