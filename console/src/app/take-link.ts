// The demo's one-time link, `/console/#link=…`: what stands behind `#` is sent to no server, and written to no log.
import { tokenOf } from "./link-token.js";
import { redeemLink } from "./session.js";

/**
 * Takes the token out of the address before anything else is done, and hands it in. Whether it was taken is seen by who is
 * signed in afterwards; a link that was not leads to the page that says so.
 */
export async function takeLink(): Promise<void> {
  window.addEventListener("hashchange", () => {
    // Followed in a window where the console is open already.
    if (tokenOf(window.location.hash) !== null) window.location.reload();
  });
  const token = tokenOf(window.location.hash);
  if (token === null) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  const taken = await redeemLink(token).catch(() => false);
  if (!taken) window.history.replaceState(null, "", "/console/sign-in?fault=link");
}
