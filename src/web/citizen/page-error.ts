// What went wrong, in words, and what to do about it.
import { contactHtml, html } from "./html.js";
import { colon, pageHtml } from "./layout.js";
import { textsIn } from "./texts.js";
import type { ErrorKind, Frame } from "./view.js";

/** HTTP status of each. */
export const errorStatus: Readonly<Record<ErrorKind, number>> = {
  "not-found": 404,
  expired: 401,
  "unknown-person": 403,
  "ambiguous-person": 403,
  "sign-in-failed": 400,
  "sign-in-cancelled": 400,
  "too-many": 429,
  forged: 403,
  "too-large": 413,
  gone: 409,
  "decides-alone": 409,
  "too-young": 409,
  unavailable: 503,
  "not-offered": 404,
};

const writes: ReadonlySet<ErrorKind> = new Set(["unknown-person", "ambiguous-person", "not-offered", "gone"]);

export function errorPage(frame: Frame, kind: ErrorKind): string {
  const t = textsIn(frame.language);
  const { title, text, next } = t.errors[kind];
  const write = html`<p>
    ${t.write.replace(/\s*:$/u, "")}${colon(frame.language)} ${contactHtml(frame.town.contact)}
  </p>`;
  const way =
    kind === "expired"
      ? html`<form method="post" action="${frame.base}/sign-in"><button class="button first">${next}</button></form>`
      : html`<p><a class="button" href="${frame.base}">${next}</a></p>`;
  const body = html`<div class="hero flow">
    <h1>${title}</h1>
    <p class="measure">${text}</p>
    ${writes.has(kind) ? write : null} ${way}
  </div>`;
  return pageHtml(frame, { title, body });
}
