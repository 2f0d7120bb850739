// Who has read what of a person, when and why: the newest first, by day.
import { html, type Html } from "./html.js";
import { colon, pageHtml } from "./layout.js";
import { personName } from "./page-overview.js";
import { clock, fullDay, listWords, monthWords, textsIn } from "./texts.js";
import type { AccessView, Frame, HistoryFilter, HistoryView } from "./view.js";

export function historyPage(frame: Frame, view: HistoryView): string {
  const t = textsIn(frame.language).historyPage;
  const body = html`<h1>${t.title}</h1>
    <p class="measure">${t.lead}</p>
    <details class="measure">
      <summary>${t.counts}</summary>
      <p>${t.countsText}</p>
    </details>
    <p class="soft small measure">${t.hidden}</p>
    ${filterForm(frame, view)}
    ${view.accesses.length === 0 ? html`<p class="note measure" role="status">${isFiltered(view.filter) ? t.noneFiltered : t.none}</p>` : days(frame, view.accesses)}
    ${pages(frame, view)}
    ${view.accesses.length === 0 ? null : html`<p><a href="${frame.base}/history.csv${queryOf(view.filter)}">${t.csv}</a><br /><span class="soft small">${t.csvHint}</span></p>`}`;
  return pageHtml(frame, { title: t.title, menu: "history", body });
}

const isFiltered = ({ application, month }: HistoryFilter): boolean => application !== null || month !== null;

/** `?person=…&app=…&month=…&before=…`, only what is set. */
export function queryOf({ person, application, month }: HistoryFilter, before: number | null = null): string {
  const query = new URLSearchParams();
  if (person !== "me") query.set("person", person);
  if (application !== null) query.set("app", application);
  if (month !== null) query.set("month", month);
  if (before !== null) query.set("before", String(before));
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

function filterForm({ language, base }: Frame, { persons, filter, applications, months }: HistoryView): Html {
  const t = textsIn(language).historyPage;
  const option = (value: string, words: string, chosen: boolean): Html =>
    html`<option value="${value}" ${chosen ? html` selected` : null}>${words}</option>`;
  const person = persons.map((each) => option(each.ref, personName(language, each), each.ref === filter.person));
  const application = applications.map(({ name, title }) => option(name, title, name === filter.application));
  const month = months.map((each) => option(each, monthWords(each, language), each === filter.month));
  return html`<form class="filters" method="get" action="${base}/history" role="search" aria-label="${t.filters}">
    ${
      persons.length < 2
        ? html`<input type="hidden" name="person" value="me" />`
        : html`<div>
            <label for="person">${t.person}</label
            ><select id="person" name="person">
              ${person}
            </select>
          </div>`
    }
    <div>
      <label for="app">${t.application}</label
      ><select id="app" name="app">
        ${option("", t.everyApplication, filter.application === null)}${application}
      </select>
    </div>
    <div>
      <label for="month">${t.month}</label
      ><select id="month" name="month">
        ${option("", t.everyMonth, filter.month === null)}${month}
      </select>
    </div>
    <button class="button">${t.show}</button>
  </form>`;
}

function days(frame: Frame, accesses: readonly AccessView[]): Html[] {
  const byDay = new Map<string, AccessView[]>();
  for (const access of accesses) {
    const day = fullDay(access.at, frame.language, frame.timeZone);
    byDay.set(day, [...(byDay.get(day) ?? []), access]);
  }
  return [...byDay].map(
    ([day, ofDay]) =>
      html`<section class="day">
        <h2>${day}</h2>
        <ol>
          ${ofDay.map((access) => accessHtml(frame, access))}
        </ol>
      </section>`,
  );
}

function accessHtml({ language, timeZone }: Frame, { at, by, read, withheld }: AccessView): Html {
  const t = textsIn(language).historyPage;
  const time = html`<div>
    <span class="hidden">${t.at} </span><time datetime="${at}">${clock(at, language, timeZone)}</time>
  </div>`;
  if (by === null)
    return html`<li class="access">
      ${time}
      <div>
        <h3>${t.staff}</h3>
        <p>${t.staffText}</p>
      </div>
    </li>`;
  return html`<li class="access">
    ${time}
    <div>
      <h3>${by.title}</h3>
      ${by.recipient === null && by.purpose === null ? null : html`<p class="soft">${[by.recipient, by.purpose].filter((part) => part !== null).join(" — ")}</p>`}
      ${read.length === 0 ? null : html`<p>${t.read}${colon(language)} ${listWords(read, language)}.</p>`}
      ${withheld.length === 0 ? null : html`<p class="small soft">${t.withheld}${colon(language)} ${listWords(withheld, language)}.</p>`}
    </div>
  </li>`;
}

function pages({ language, base }: Frame, { before, first, filter }: HistoryView): Html | null {
  const t = textsIn(language).historyPage;
  if (before === null && first) return null;
  return html`<nav class="pages" aria-label="${t.older}">
    ${first ? null : html`<a class="button" href="${base}/history${queryOf(filter)}">${t.newest}</a>`}
    ${before === null ? null : html`<a class="button" href="${base}/history${queryOf(filter, before)}">${t.older}</a>`}
  </nav>`;
}
