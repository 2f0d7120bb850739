import { signOut } from "./session.js";

/** Ends the session, and forgets everything that was read: the page is loaded anew, with nothing in its memory. */
export async function leave(): Promise<void> {
  const next = await signOut().catch(() => null);
  window.location.assign(next ?? "/console/");
}
