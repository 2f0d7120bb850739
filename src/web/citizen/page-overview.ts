// Signed in: every agreement that asks for or reads one's data, and what one can decide about it.
import { contactHtml, html, type Html } from "./html.js";
import { colon, pageHtml } from "./layout.js";
import { basisWords } from "./basis-words.js";
import { durationWords, longDay, textsIn } from "./texts.js";
import type {
  AgreementCard,
  DecisionName,
  Frame,
  OverviewView,
  PersonSection,
  PersonView,
  UnitState,
  UnitView,
} from "./view.js";

export function overviewPage(frame: Frame, view: OverviewView): string {
  const t = textsIn(frame.language);
  const waiting = view.sections.flatMap(({ cards }) => cards.flatMap(({ units }) => units.filter(isAsked))).length;
  const body = html`<h1>${t.agreements.title}</h1>
    <p class="measure">${t.agreements.lead}</p>
    <p class="note ${waiting > 0 ? "ask" : "yes"} measure">
      <strong>${waiting > 0 ? t.agreements.waiting(waiting) : t.agreements.nothingWaiting}</strong>
    </p>
    ${view.sections.length > 1 ? contents(frame, view.sections) : null}
    ${view.sections.map((section) => sectionHtml(frame, section, view.sections.length > 1))}
    <p class="soft small measure">${t.agreements.hidden}</p>`;
  return pageHtml(frame, { title: t.agreements.title, menu: "overview", body });
}

const isAsked = ({ state, actions }: UnitView): boolean => state.kind === "asked" && actions.length > 0;

function contents({ language }: Frame, sections: readonly PersonSection[]): Html {
  const t = textsIn(language);
  const links = sections.map(
    ({ person }) => html`<li><a class="button" href="#person-${person.ref}">${personName(language, person)}</a></li>`,
  );
  return html`<nav class="toc" aria-label="${t.onPage}">
    <ul>
      ${links}
    </ul>
  </nav>`;
}

export function personName(language: Frame["language"], { at, number, name }: PersonView): string {
  const t = textsIn(language);
  if (at === 0) return t.myself;
  return name === null ? t.child(at, number ?? "") : t.named(name.first, name.shared ? number : null);
}

function aboutPerson(language: Frame["language"], { at, number, name }: PersonView): string {
  const t = textsIn(language);
  if (at === 0) return t.aboutMe;
  return name === null ? t.aboutChild(at, number ?? "") : t.aboutNamed(name.first, name.shared ? number : null);
}

function sectionHtml(frame: Frame, { person, cards }: PersonSection, several: boolean): Html {
  const t = textsIn(frame.language);
  const heading = html`<h2 id="person-${person.ref}" ${several ? null : html` class="hidden"`}>
    ${aboutPerson(frame.language, person)}
  </h2>`;
  if (cards.length === 0)
    return html`${heading}
      <p class="soft">${t.agreements.none}</p>`;
  return html`${heading}
    <div>${cards.map((card) => cardHtml(frame, card, person))}</div>`;
}

function cardHtml(frame: Frame, card: AgreementCard, person: PersonView): Html {
  const { language, base } = frame;
  const t = textsIn(language);
  const anchor = `agreement-${person.ref}-${card.id}`;
  const basis = basisWords(card.basis, language);
  const day = (text: string): string => longDay(text, language, frame.timeZone);
  return html`<article class="card" aria-labelledby="${anchor}">
    <header>
      <div>
        <h3 id="${anchor}">${card.title}</h3>
        <p>${t.agreements.for}${colon(language)} <strong>${card.purpose.title}</strong>. ${card.purpose.text}</p>
      </div>
      <span class="tag${card.standing === "in-force" ? " yes" : ""}">${t.agreements.standing[card.standing]}</span>
    </header>
    <dl class="facts">
      <div>
        <dt>${t.agreements.recipient}</dt>
        <dd>
          <strong>${card.recipient.name}</strong><br />${t.agreements.roles[card.recipient.role]}<br /><span
            class="address"
            >${contactHtml(card.recipient.contact)}</span
          >
        </dd>
      </div>
      <div>
        <dt>${t.agreements.basis}</dt>
        <dd><strong>${basis.title}</strong><br />${basis.meaning}</dd>
      </div>
      <div>
        <dt>${t.agreements.until}</dt>
        <dd>${t.agreements.untilDay(day(card.from), day(card.until))}</dd>
      </div>
      <div>
        <dt>${t.agreements.retention}</dt>
        <dd>${card.retention === null ? t.agreements.retentionNone : durationWords(card.retention, language)}</dd>
      </div>
    </dl>
    ${card.units.map((unit) => unitHtml(frame, card, unit, person))}
    <div class="unit">
      <a href="${base}/history?person=${person.ref}&app=${card.application}"
        >${t.agreements.read}<span class="hidden"> (${card.title})</span></a
      >
    </div>
  </article>`;
}

/** What can be taken in at a glance; more is folded, so that what waits for an answer is not pages away. */
const manyFields = 6;

function fieldList(fields: readonly Html[], folded: string | null): Html {
  const list = html`<ul class="fields">
    ${fields}
  </ul>`;
  return folded === null
    ? list
    : html`<details>
        <summary>${folded}</summary>
        ${list}
      </details>`;
}

/** Says what leaves and what one can do now: wrong of an agreement that has ended, which says so at its head. */
const ofToday: ReadonlySet<UnitState["kind"]> = new Set([
  "asked",
  "asked-of-child",
  "asked-of-guardian",
  "waits-for-child",
  "waits-for-guardian",
  "shared",
  "not-asked",
]);

function unitHtml(frame: Frame, card: AgreementCard, unit: UnitView, person: PersonView): Html {
  const t = textsIn(frame.language);
  const fields = unit.fields.map(
    ({ words, special }) =>
      html`<li>${words}${special ? html` <span class="tag object">${t.agreements.special}</span>` : null}</li>`,
  );
  const { state } = unit;
  const reason =
    "reason" in state && state.reason !== null
      ? html`<p>${t.explain.reason}${colon(frame.language)} ${state.reason}</p>`
      : null;
  const untold = card.standing === "ended" && ofToday.has(state.kind);
  return html`<div class="unit">
    <div class="top">
      <h4>${unit.title}</h4>
      ${untold ? null : stateTag(frame, state)}
    </div>
    ${fieldList(fields, unit.fields.length > manyFields ? t.agreements.allFields(unit.fields.length) : null)}
    ${untold ? null : html`<p class="small">${explanation(frame, state)}</p>`} ${reason}
    ${unit.actions.length === 0 ? null : html`<div class="actions">${unit.actions.map((action) => actionForm(frame, card, unit, person, action))}</div>`}
  </div>`;
}

/** Every action is the same kind of button: refusing is as easy to see and to do as giving. */
function actionForm(
  frame: Frame,
  card: AgreementCard,
  unit: UnitView,
  person: PersonView,
  decision: DecisionName,
): Html {
  const t = textsIn(frame.language);
  return html`<form method="post" action="${frame.base}/decision">
    <input type="hidden" name="token" value="${frame.session?.token ?? ""}" /><input
      type="hidden"
      name="person"
      value="${person.ref}"
    /><input type="hidden" name="agreement" value="${card.id}" /><input
      type="hidden"
      name="unit"
      value="${unit.name}"
    /><input type="hidden" name="decision" value="${decision}" />
    <button class="button">
      ${t.actions[decision]}<span class="hidden">
        (${t.agreements.inUnit(unit.title, card.title)}, ${personName(frame.language, person)})</span
      >
    </button>
  </form>`;
}

const tones: Readonly<Record<UnitState["kind"], string>> = {
  asked: "ask",
  given: "yes",
  refused: "",
  withdrawn: "",
  "waits-for-child": "ask",
  "waits-for-guardian": "ask",
  "asked-of-guardian": "",
  "asked-of-child": "",
  shared: "yes",
  objected: "object",
  "objection-upheld": "object",
  "objection-rejected": "object",
  "not-asked": "",
};

function stateTag({ language, timeZone }: Frame, state: UnitState): Html {
  const { states } = textsIn(language);
  const tone = tones[state.kind];
  return html`<span class="tag${tone === "" ? "" : ` ${tone}`}">${stateWords()}</span>`;

  function stateWords(): string {
    if (state.kind === "asked") return state.again ? states.again : states.asked;
    if ("at" in state) return states[state.kind](longDay(state.at, language, timeZone));
    return states[state.kind];
  }
}

function explanation({ language }: Frame, { kind }: UnitState): string {
  const { explain } = textsIn(language);
  return explain[kind === "refused" || kind === "withdrawn" ? "closed" : kind];
}
