// Signed out: what this is, and the way in.
import { html, type Html } from "./html.js";
import { pageHtml } from "./layout.js";
import { textsIn } from "./texts.js";
import type { Frame } from "./view.js";

export interface WelcomeView {
  /** Whether people of this town can sign in. */
  readonly offered: boolean;
  /** Datasets about nobody, in words, sorted. */
  readonly open: readonly string[];
}

export function welcomePage(frame: Frame, view: WelcomeView): string {
  const t = textsIn(frame.language);
  const body = html`<div class="hero flow">
      <h1>${t.welcome.title}</h1>
      <p class="measure">${t.welcome.lead(frame.town.name)}</p>
      ${view.offered ? signIn(frame) : html`<p class="note ask measure">${t.welcome.notOffered}</p>`}
    </div>
    <h2>${t.welcome.nobody}</h2>
    <p class="measure">${t.welcome.nobodyLead}</p>
    ${
      view.open.length === 0
        ? html`<p class="soft">${t.welcome.nobodyEmpty}</p>`
        : html`<ul class="fields">
            ${view.open.map((words) => html`<li>${words}</li>`)}
          </ul>`
    }
    <h2>${t.welcome.verify}</h2>
    <p class="measure">${t.welcome.verifyLead} <a href="${frame.base}/verify">${t.done.verify}</a></p>`;
  return pageHtml(frame, { title: t.welcome.title, body });
}

function signIn({ language, base, town }: Frame): Html {
  const t = textsIn(language);
  return html`<form method="post" action="${base}/sign-in">
      <button class="button first">${t.signIn(town.name)}</button>
    </form>
    <p class="soft small measure">${t.welcome.before}</p>`;
}

export function signedOutPage(frame: Frame): string {
  const { signedOut } = textsIn(frame.language);
  const body = html`<div class="hero flow">
    <h1>${signedOut.title}</h1>
    <p class="measure">${signedOut.text}</p>
    <p><a class="button" href="${frame.base}">${signedOut.again}</a></p>
  </div>`;
  return pageHtml(frame, { title: signedOut.title, body });
}
