// Which agreements are about a person, and how each of their units stands: from the registers to what a page shows.
import { basisMeaning, termsOf, type ConsentEvent, type CurrentConsent } from "../../consent/index.js";
import type { AgreementView, ApplicationView, Snapshot } from "../../identity/index.js";
import { birthday, dayIn, type ConsentUnit, type SubjectKey, type TenantName } from "../../terms/index.js";
import { fieldWords, isSpecial, schemesOf, unitWords, type Map } from "./field-words.js";
import type { CitizenServices, CitizenTown } from "./services.js";
import { actionsOf, mayDecide, strictest, unitState, type AskedUnit, type Standpoint } from "./unit-state.js";
import type { AgreementCard, Language, Person, StandingView, UnitView } from "./view.js";

/** What is read once for a page. */
export interface TownNow {
  readonly tenant: TenantName;
  readonly town: CitizenTown;
  readonly map: Map;
  readonly agreements: readonly AgreementView[];
  readonly applications: ReadonlyMap<string, ApplicationView>;
  /** `YYYY-MM-DD` in the town. */
  readonly today: string;
}

export async function readTown(services: CitizenServices, tenant: TenantName, town: CitizenTown): Promise<TownNow> {
  const [map, agreements, applications] = await Promise.all([
    services.catalogue(tenant),
    services.agreements(tenant),
    services.applications(tenant),
  ]);
  const byName = new Map(applications.map((application) => [application.name, application]));
  return { tenant, town, map, agreements, applications: byName, today: dayIn(town.timeZone, services.now()) };
}

/** One person's decisions, by register. */
export interface Decided {
  readonly key: SubjectKey;
  readonly events: readonly ConsentEvent[];
  readonly current: readonly CurrentConsent[];
  readonly viewer: Standpoint["viewer"];
  readonly mode: Standpoint["mode"];
}

export async function readDecided(services: CitizenServices, tenant: TenantName, person: Person): Promise<Decided[]> {
  const today = dayIn(services.towns.get(tenant)?.timeZone ?? "Europe/Paris", services.now());
  return Promise.all(
    person.keys.map(async (key) => {
      const { register } = services;
      const [events, current, online, other] = await Promise.all([
        register.eventsOf(tenant, key.scheme, key.key),
        register.current(tenant, key.scheme, key.key),
        register.modeOf(tenant, key.scheme, key.key, true),
        register.modeOf(tenant, key.scheme, key.key, false),
      ]);
      const viewer = person.at === 0 ? "self" : "guardian";
      const isBelow = (age: number): boolean => person.born !== null && today < birthday(person.born, age);
      const mode = { online: notAlone(online, isBelow(15)), other: notAlone(other, isBelow(18)) };
      return {
        key,
        events,
        current,
        viewer,
        mode: (informationSociety) => mode[informationSociety ? "online" : "other"],
      };
    }),
  );
}

/** Nobody on record is guardian, and yet it is a child: it does not decide alone for that (law 1). */
const notAlone = (mode: ReturnType<Decided["mode"]>, child: boolean): ReturnType<Decided["mode"]> =>
  mode === "self" && child ? "guardians" : mode;

/** A page's card with what a decision about it needs. */
export interface Asked {
  readonly view: AgreementView;
  readonly version: number;
  readonly snapshot: Snapshot;
  readonly card: AgreementCard;
}

/** Days that an agreement stays on the page once it has ended. */
const recently = 365;

/** In force first, what waits for an answer before the others, then by title. Those hidden by law are left out. */
export function agreementsOf(now: TownNow, decided: readonly Decided[], language: Language): Asked[] {
  const asked = now.agreements.flatMap((view) => askedOf(now, view, decided, language) ?? []);
  const order: readonly StandingView[] = ["in-force", "not-yet", "suspended", "ended"];
  const place = ({ card }: Asked): number => order.indexOf(card.standing);
  const waits = ({ card }: Asked): number => Number(!card.units.some(({ state }) => state.kind === "asked"));
  return asked.sort(
    (a, b) => place(a) - place(b) || waits(a) - waits(b) || a.card.title.localeCompare(b.card.title, language),
  );
}

function askedOf(now: TownNow, view: AgreementView, decided: readonly Decided[], language: Language): Asked | null {
  const { approved, standing } = view;
  if (approved === null || standing === null || approved.snapshot.hidden !== null) return null;
  const { snapshot, number } = approved;
  if (!standing.inForce && standing.why === "expired" && daysBetween(snapshot.until, now.today) > recently) return null;
  const how: StandingView = standing.inForce ? "in-force" : standing.why === "expired" ? "ended" : standing.why;
  const units = snapshot.units.flatMap((unit) => unitOf(now, view, snapshot, unit, decided, how, language) ?? []);
  if (units.length === 0) return null;
  const purpose = now.town.purposes.get(snapshot.purpose);
  const card: AgreementCard = {
    id: view.id,
    application: view.application,
    title: now.applications.get(view.application)?.title ?? view.application,
    recipient: snapshot.recipient,
    purpose: { title: purpose?.title[language] ?? snapshot.purpose, text: purpose?.text[language] ?? "" },
    basis: snapshot.basis,
    standing: how,
    from: snapshot.from,
    until: snapshot.until,
    retention: snapshot.retention,
    units,
  };
  return { view, version: number, snapshot, card };
}

function unitOf(
  { map, today }: TownNow,
  view: AgreementView,
  snapshot: Snapshot,
  unit: ConsentUnit,
  decided: readonly Decided[],
  standing: StandingView,
  language: Language,
): UnitView | null {
  const schemes = new Set(unit.fields.flatMap((field) => schemesOf(map, field)));
  const asked: AskedUnit = {
    agreement: view.id,
    terms: termsOf(snapshot),
    asks: basisMeaning(snapshot.basis)?.asks ?? "nobody",
    informationSociety: snapshot.informationSociety,
    unit,
  };
  const standpoints = decided.filter(({ key }) => schemes.has(key.scheme)).map((each) => ({ ...each, today }));
  if (standpoints.length === 0) return null;
  const state = strictest(standpoints.map((each) => unitState(asked, each)));
  const mine = standpoints.every((each) => mayDecide(asked, each));
  const about = unit.fields.filter((field) => schemesOf(map, field).length > 0);
  return {
    name: unit.name,
    title: unitWords(map, { name: unit.name, fields: about }, language),
    fields: about.map((field) => ({
      coordinate: field,
      words: fieldWords(map, field, language),
      special: isSpecial(map, field),
    })),
    state,
    actions: mine ? actionsOf(state, standing) : [],
  };
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
