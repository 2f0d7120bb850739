// A decision before it is confirmed, and once it is recorded.
import { html, type Html } from "./html.js";
import { pageHtml } from "./layout.js";
import { personName } from "./page-overview.js";
import { textsIn } from "./texts.js";
import { reasonLength, type AskedDecision, type DoneView, type Frame } from "./view.js";

export function confirmPage(frame: Frame, asked: AskedDecision): string {
  const t = textsIn(frame.language);
  const title = t.confirm.titles[asked.decision];
  const body = html`${faultHtml(frame, asked)}
    <h1>${title}</h1>
    <p class="soft">
      ${asked.title}${asked.person.at === 0 ? null : html` — ${personName(frame.language, asked.person)}`}
    </p>
    <p class="measure">${t.confirm.lead}</p>
    <section class="shown measure" aria-label="${t.confirm.shown}">
      ${asked.lines.map((line) => html`<p>${line}</p>`)}
    </section>
    <form class="flow measure" method="post" action="${frame.base}/decision/confirm">
      <input type="hidden" name="token" value="${frame.session?.token ?? ""}" /><input
        type="hidden"
        name="person"
        value="${asked.person.ref}"
      /><input type="hidden" name="agreement" value="${asked.agreement}" /><input
        type="hidden"
        name="unit"
        value="${asked.unit}"
      /><input type="hidden" name="decision" value="${asked.decision}" /><input
        type="hidden"
        name="text"
        value="${asked.textVersion}"
      /><input type="hidden" name="shown-in" value="${frame.language}" />
      ${asked.decision === "objected" ? reasonField(frame, asked) : null}
      <div class="actions">
        <button class="button first">${t.confirm.yes[asked.decision]}</button
        ><a class="button" href="${frame.base}">${t.confirm.no}</a>
      </div>
    </form>`;
  return pageHtml(frame, { title, menu: "overview", body });
}

function faultHtml({ language }: Frame, { fault }: AskedDecision): Html | null {
  if (fault === null) return null;
  const { confirm } = textsIn(language);
  const text = { changed: confirm.changed, "no-reason": confirm.noReason, "long-reason": confirm.longReason }[fault];
  const link = fault === "changed" ? html`${text}` : html`<a href="#reason">${text}</a>`;
  return html`<div class="note bad measure" role="alert">
    <p><strong>${confirm.problem}</strong></p>
    <p>${link}</p>
  </div>`;
}

function reasonField({ language }: Frame, { fault, reason }: AskedDecision): Html {
  const { confirm } = textsIn(language);
  const wrong = fault === "no-reason" || fault === "long-reason";
  const text = fault === "long-reason" ? confirm.longReason : confirm.noReason;
  return html`<div class="flow">
    <label for="reason">${confirm.reason}</label>
    <p class="hint" id="reason-hint">${confirm.reasonHint}</p>
    ${wrong ? html`<p class="fault" id="reason-fault">${text}</p>` : null}
    <textarea
      id="reason"
      name="reason"
      rows="6"
      maxlength="${reasonLength}"
      required
      autocomplete="off"
      aria-describedby="reason-hint${wrong ? " reason-fault" : ""}"
      ${wrong ? html` aria-invalid="true"` : null}
    >
${reason}</textarea>
  </div>`;
}

export function donePage(frame: Frame, view: DoneView): string {
  const t = textsIn(frame.language);
  const title = t.done.titles[view.decision];
  const body = html`<div class="note yes">
      <h1>${title}</h1>
      <p>${view.title}${view.person.at === 0 ? null : html` — ${personName(frame.language, view.person)}`}</p>
      <p>${t.done.counts}</p>
    </div>
    <p class="measure">${t.done.receiptLead}</p>
    <div class="actions">
      ${view.events.map((event) => html`<a class="button first" href="${frame.base}/receipts/${event}">${t.done.receipt}</a>`)}
      <a class="button" href="${frame.base}">${t.done.back}</a>
    </div>
    <p><a href="${frame.base}/verify">${t.done.verify}</a></p>`;
  return pageHtml(frame, { title, menu: "overview", body });
}
