// Whether a POST was sent by a page of ours, as the browser says it: the second lock beside the form's token.
import type { IncomingHttpHeaders } from "node:http";

/**
 * `Sec-Fetch-Site` where the browser sends it (all since 2023), else `Origin`; a request with neither comes from no browser
 * that we would trust with a session.
 * @param publicOrigin as settings say it; null in the demo: then the host that was asked is compared
 */
export function fromOurPage(headers: IncomingHttpHeaders, publicOrigin: string | null): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const origin = headers.origin;
  if (origin === undefined) return false;
  if (publicOrigin !== null) return origin === publicOrigin;
  return headers.host !== undefined && URL.parse(origin)?.host === headers.host;
}
