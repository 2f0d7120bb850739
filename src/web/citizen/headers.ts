// What every answer of the citizen's pages says to the browser.

/**
 * Nothing may be loaded or run but our own style sheet; forms lead to us, and to where people sign in.
 * @param formOrigins `https://connect.example`: browsers hold redirects after a form to the same rule (CSP Level 3, form-action)
 * @param secure the site is reached by https://
 */
export const pageHeaders = (formOrigins: readonly string[], secure: boolean): Readonly<Record<string, string>> => ({
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    "style-src 'self'",
    `form-action ${["'self'", ...formOrigins].join(" ")}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  ...guarding,
  // A year (RFC 6797): whoever came once over https:// does not come without. The proxy in front may say more.
  ...(secure ? { "strict-transport-security": "max-age=31536000" } : {}),
});

/** Beside `no-store` and `nosniff`, which every answer of the gateway has. */
export const guarding: Readonly<Record<string, string>> = {
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  vary: "Accept-Language, Cookie",
};
