// Deciding: shown first, then confirmed, then recorded. What is confirmed is looked up anew: a form says which decision is
// meant, never what it consists of.
import type { FastifyReply, FastifyRequest } from "fastify";
import { ConsentError, termsOf, type ConsentErrorCode, type ConsentEvent, type Deciding } from "../../consent/index.js";
import type { SubjectKey } from "../../terms/index.js";
import { agreementsOf, readDecided, readTown, type Asked, type TownNow } from "./agreements-of.js";
import { schemesOf } from "./field-words.js";
import { confirmPage } from "./page-decision.js";
import { viewOf } from "./person-names.js";
import { readForm } from "../read-form.js";
import { fromOurPage } from "../same-site.js";
import { isToken } from "../sealed-sessions.js";
import { shownText, type ShownText } from "./shown-text.js";
import { personsNow, visitOf, type Visit } from "./signed-in.js";
import { sendError, sendPage, sendTo, type Site } from "./site.js";
import {
  decisions,
  reasonLength,
  type AskedDecision,
  type DecisionName,
  type ErrorKind,
  type Person,
  type UnitView,
} from "./view.js";

/** A decision that can be taken now. */
interface Meant {
  readonly persons: readonly Person[];
  readonly person: Person;
  readonly now: TownNow;
  readonly asked: Asked;
  readonly unit: UnitView;
  readonly decision: DecisionName;
  readonly shown: ShownText;
  readonly form: ReadonlyMap<string, string>;
}

export async function showDecision(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const meant = await meantOf(site, request, reply);
  return meant === null ? reply : sendConfirm(site, reply, meant, null);
}

export async function confirmDecision(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const meant = await meantOf(site, request, reply);
  if (meant === null) return reply;
  const { visit, form, decision, shown } = meant;
  // Somebody changed the agreement, or the words of it, since the page was shown: it is shown again.
  if (form.get("text") !== shown.version || form.get("shown-in") !== visit.frame.language)
    return sendConfirm(site, reply, meant, "changed");
  const reason = reasonOf(form);
  if (decision === "objected" && reason === "") return sendConfirm(site, reply, meant, "no-reason");
  if (decision === "objected" && reason.length > reasonLength) return sendConfirm(site, reply, meant, "long-reason");
  try {
    const events = await record(site, meant, reason);
    return await sendTo(site, reply, `${site.base}/done/${events.map(({ id }) => id).join("+")}`);
  } catch (error) {
    if (error instanceof ConsentError) return sendError(site, reply, visit.frame, errorKinds[error.code] ?? "gone");
    throw error;
  }
}

const errorKinds: Readonly<Partial<Record<ConsentErrorCode, ErrorKind>>> = {
  "too-young": "too-young",
  "decides-alone": "decides-alone",
};

/** Line breaks as one character, as everywhere else but in forms. */
const reasonOf = (form: ReadonlyMap<string, string>): string =>
  (form.get("reason") ?? "").replaceAll("\r\n", "\n").trim();

async function sendConfirm(
  site: Site,
  reply: FastifyReply,
  meant: Meant & { readonly visit: Visit },
  fault: AskedDecision["fault"],
): Promise<FastifyReply> {
  const { visit, persons, person, asked, unit, decision, shown, form } = meant;
  const page = confirmPage(visit.frame, {
    person: await viewOf(site, persons, person),
    agreement: asked.card.id,
    unit: unit.name,
    decision,
    title: `${asked.card.title} — ${unit.title}`,
    lines: shown.lines,
    textVersion: shown.version,
    fault,
    reason: reasonOf(form).slice(0, 2 * reasonLength),
  });
  return sendPage(site, reply, visit.frame, page, fault === null ? 200 : 422);
}

/** Null: answered already. */
async function meantOf(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<(Meant & { readonly visit: Visit }) | null> {
  const { services, tenant, town } = site;
  // The body first: what is not read would be taken for the next request.
  const { form, fault } = await readForm(request.raw);
  const visit = await visitOf(site, request, reply, "");
  if (visit === null) return null;
  const refuse = (kind: ErrorKind): null => {
    void sendError(site, reply, visit.frame, kind);
    return null;
  };
  if (form === null) return refuse(fault);
  if (!isToken(visit.session, form.get("token") ?? "") || !fromOurPage(request.headers, site.town.publicOrigin))
    return refuse("forged");
  const persons = await personsNow(site, visit, reply);
  if (persons === null) return null;
  const person = persons.find(({ ref }) => ref === form.get("person"));
  const decision = decisions.find((each) => each === form.get("decision"));
  if (person === undefined || decision === undefined) return refuse("gone");
  const [now, decided] = await Promise.all([readTown(services, tenant, town), readDecided(services, tenant, person)]);
  const { language } = visit.frame;
  const asked = agreementsOf(now, decided, language).find(({ card }) => card.id === form.get("agreement"));
  const unit = asked?.card.units.find(({ name }) => name === form.get("unit"));
  if (asked === undefined || unit?.actions.includes(decision) !== true) return refuse("gone");
  const shown = shownText(now, asked, unit, decision, person.at !== 0, language);
  return { visit, persons, person, now, asked, unit, decision, shown, form };
}

/** One event for each register that the person is in and the unit is about. @throws ConsentError */
async function record(
  { services, tenant }: Site,
  { visit, persons, person, now, asked, unit: { name }, decision, shown }: Meant & { readonly visit: Visit },
  reason: string,
): Promise<ConsentEvent[]> {
  const { snapshot, view, version } = asked;
  const units = snapshot.units.filter((unit) => unit.name === name);
  const schemes = new Set(units.flatMap(({ fields }) => fields).flatMap((field) => schemesOf(now.map, field)));
  const self = persons[0]?.keys ?? [];
  const events: ConsentEvent[] = [];
  for (const about of person.keys.filter(({ scheme }) => schemes.has(scheme)))
    events.push(
      await services.register.decide({
        tenant,
        agreement: view.id,
        version,
        terms: termsOf(snapshot),
        basis: snapshot.basis,
        informationSociety: snapshot.informationSociety,
        asked: snapshot.units,
        scheme: about.scheme,
        key: about.key,
        by: person.at === 0 ? { kind: "self" } : guardian(self, about),
        units,
        decision,
        ...(decision === "objected" ? { reason } : {}),
        shown: { language: visit.frame.language, textVersion: shown.version, text: shown.text, channel: "web" },
        until: snapshot.until,
      }),
    );
  return events;
}

/** In the register that says whose guardian one is: the child's own. */
function guardian(self: readonly SubjectKey[], { scheme }: SubjectKey): Deciding["by"] {
  const same = self.find((key) => key.scheme === scheme) ?? self[0];
  if (same === undefined) throw new ConsentError("not-a-guardian", "Nobody decides here.");
  return { kind: "guardian", ...same };
}
