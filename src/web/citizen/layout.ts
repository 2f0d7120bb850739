// What stands around every page of the citizen's: head, menu, language switch, foot.
import { contactHtml, html, type Html } from "./html.js";
import { styleName } from "./style.js";
import { textsIn, type Texts } from "./texts.js";
import type { Frame, Language } from "./view.js";

export interface Page {
  /** In the window's title and as the page's first heading. */
  readonly title: string;
  /** Which entry of the menu the page is. */
  readonly menu?: "overview" | "history" | "data";
  readonly body: Html;
}

const others: Readonly<Record<Language, { readonly language: Language; readonly label: string }>> = {
  fr: { language: "en", label: "English" },
  en: { language: "fr", label: "Français" },
};

export function pageHtml(frame: Frame, page: Page): string {
  const { language, base, town } = frame;
  const t = textsIn(language);
  return `<!doctype html>\n${html`<html lang="${language}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${page.title} — ${t.service} — ${town.name}</title>
      <link rel="stylesheet" href="${base}/${styleName}" />
    </head>
    <body>
      <a class="skip" href="#content">${t.skip}</a>
      <header class="head">
        <div class="wide">
          <a class="brand" href="${base}"><strong>${town.name}</strong><span>${t.service}</span></a>
          <div class="tools">${languageSwitch(frame)} ${signOut(frame, t)}</div>
        </div>
      </header>
      ${menu(frame, page, t)}
      <main id="content" class="wide flow" tabindex="-1">${page.body}</main>
      <footer class="foot">
        <div class="wide">
          <p>${t.contactLabel}${colon(language)} <span class="address">${contactHtml(town.contact)}</span></p>
          ${town.dpo === null ? null : html`<p>${t.dpoLabel}${colon(language)} <span class="address">${contactHtml(town.dpo)}</span></p>`}
          <p><a href="${t.cnilUrl}" rel="noreferrer">${t.cnil}</a></p>
          <p class="soft">${t.noScript} ${t.cookies}</p>
        </div>
      </footer>
    </body>
  </html>`.toString()}\n`;
}

/** French puts a narrow space before it. */
export const colon = (language: Language): string => (language === "fr" ? "\u00a0:" : ":");

function languageSwitch({ language, base, path }: Frame): Html {
  const other = others[language];
  const query = path.includes("?") ? "&" : "?";
  return html`<a
    href="${base}${path}${query}lang=${other.language}"
    lang="${other.language}"
    hreflang="${other.language}"
    >${other.label}</a
  >`;
}

function signOut({ session, base }: Frame, t: Texts): Html | null {
  if (session === null) return null;
  const name =
    session.firstName === null ? null : html`<span class="soft small">${t.signedInAs(session.firstName)}</span>`;
  return html`${name}
    <form method="post" action="${base}/sign-out">
      <input type="hidden" name="token" value="${session.token}" /><button class="plain">${t.signOut}</button>
    </form>`;
}

function menu({ session, base }: Frame, page: Page, t: Texts): Html | null {
  if (session === null) return null;
  const entries = [
    ["overview", base],
    ["history", `${base}/history`],
    ["data", `${base}/data`],
  ] as const;
  const links = entries.map(
    ([name, href]) =>
      html`<li><a href="${href}" ${page.menu === name ? html` aria-current="page"` : null}>${t[name]}</a></li>`,
  );
  return html`<nav class="menu" aria-label="${t.menu}">
    <ul class="wide">
      ${links}
    </ul>
  </nav>`;
}
