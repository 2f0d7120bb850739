// What the gateway itself keeps about a person, and how they use their rights.
import { basisWords, peopleBases } from "./basis-words.js";
import { contactHtml, html } from "./html.js";
import { colon, pageHtml } from "./layout.js";
import { textsIn } from "./texts.js";
import type { Frame } from "./view.js";

export function dataPage(frame: Frame): string {
  const { language, town } = frame;
  const t = textsIn(language);
  const d = t.dataPage;
  const rights = d.rightsList.map(
    ([name = "", text = ""]) =>
      html`<dt>${name}</dt>
        <dd>${text}</dd>`,
  );
  const bases = peopleBases.map((basis) => {
    const { title, meaning } = basisWords(basis, language);
    return html`<dt>${title}</dt>
      <dd>${meaning}</dd>`;
  });
  const body = html`<h1>${d.title}</h1>
    <p class="measure">${d.lead(town.name)}</p>
    <h2>${d.holds}</h2>
    <ul class="measure">
      ${d.holdsList.map((item) => html`<li>${item}</li>`)}
    </ul>
    <p class="measure">${d.pseudonym} ${d.notHere}</p>
    <h2>${d.rights}</h2>
    <dl class="words measure">${rights}</dl>
    <h2>${d.ask}</h2>
    <div class="note measure">
      <p>${d.askText}</p>
      <p>
        <strong>${town.dpo === null ? t.contactLabel : t.dpoLabel}${colon(language)}</strong>
        ${contactHtml(town.dpo ?? town.contact)}
      </p>
      <p><a href="${t.cnilUrl}" rel="noreferrer">${t.cnil}</a></p>
    </div>
    <h2>${d.sector}</h2>
    <dl class="words measure">${bases}</dl>`;
  return pageHtml(frame, { title: d.title, menu: "data", body });
}
