import { signOut } from "./session.js";

/** Ends the session, and forgets everything that was read: the page is loaded anew, with nothing in its memory. */
export async function leave(): Promise<void> {
  try {
    await signOut();
  } finally {
    window.location.assign("/console/");
  }
}
