// What the console's page (dist/console/index.html) says to the browser that loads it.
import { guarding } from "./citizen/headers.js";

/** Stands in index.html where the nonce of each answer comes; the page's script reads it from there. */
export const noncePlaceholder = "%CSP_NONCE%";

/**
 * Everything comes from our own origin, and no script but our own files runs. Mantine writes style sheets into the page
 * (its variables, and what depends on the window's width): they carry the nonce, which is fresh in each answer, so that
 * markup that was smuggled in can neither run nor dress up as something else. `form-action` lets exports be posted, to us.
 * @param nonce of this answer alone: at least 128 random bits, in base64
 * @param secure the console is reached by https://
 */
export const consoleHeaders = (nonce: string, secure: boolean): Readonly<Record<string, string>> => ({
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  ...guarding,
  ...(secure ? { "strict-transport-security": "max-age=31536000" } : {}),
});
