// Who is signed in, and how one signs in and out.
//
//   GET  /governance/session    200 Session, or 401 with the ways to sign in
//   POST /governance/link       {"token"}: 204 with the cookie, or 403 (used, too old, not ours)
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

export interface SignInWays {
  /** OpenID Connect, from each town. */
  readonly ways: readonly { readonly town: string; readonly displayName: string; readonly href: string }[];
  /** The demo's one-time link is taken. */
  readonly link: boolean;
}

export type SessionState =
  { readonly signedIn: true; readonly session: Session } | { readonly signedIn: false; readonly ways: SignInWays };

export async function readSession(signal?: AbortSignal): Promise<SessionState> {
  const response = await sendToGateway("/governance/session", { method: "GET", ...(signal ? { signal } : {}) });
  if (response.status === 401) return { signedIn: false, ways: (await response.json()) as SignInWays };
  if (!response.ok) throw new ServiceFault(response.status);
  return { signedIn: true, session: (await response.json()) as Session };
}

/** @returns whether the link was taken: it works once, within its hour. */
export async function redeemLink(token: string): Promise<boolean> {
  const response = await sendToGateway("/governance/link", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
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
