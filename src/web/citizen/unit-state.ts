// What holds for one person, one agreement and one unit, in the words of a page. What leaves is decided elsewhere, by the
// same register: here it is only told.
import type { ConsentEvent, CurrentConsent } from "../../consent/index.js";
import type { AgreementId, ConsentUnit } from "../../terms/index.js";
import type { DecisionName, StandingView, UnitState } from "./view.js";

export interface AskedUnit {
  readonly agreement: AgreementId;
  /** `termsOf` the snapshot in force. */
  readonly terms: string;
  /** What the basis asks of people. */
  readonly asks: "consent" | "objection" | "nobody";
  readonly informationSociety: boolean;
  readonly unit: ConsentUnit;
}

/** One person in one register, as seen by who is signed in. */
export interface Standpoint {
  /** The oldest first. */
  readonly events: readonly ConsentEvent[];
  readonly current: readonly CurrentConsent[];
  /** Who looks: the person, or a guardian of theirs. */
  readonly viewer: "self" | "guardian";
  /** Who decides for the person today: of this kind of agreement. */
  readonly mode: (informationSociety: boolean) => "self" | "joint" | "guardians";
  /** `YYYY-MM-DD` in the town. */
  readonly today: string;
}

export function unitState(asked: AskedUnit, standpoint: Standpoint): UnitState {
  if (asked.asks === "nobody") return { kind: "not-asked" };
  return asked.asks === "consent" ? consentState(asked, standpoint) : objectionState(asked, standpoint);
}

/** Whether it is for who is signed in to decide. */
export function mayDecide({ informationSociety }: AskedUnit, { viewer, mode }: Standpoint): boolean {
  const decides = mode(informationSociety);
  return decides === "joint" || (decides === "self") === (viewer === "self");
}

const yesAndNo = ["given", "refused", "withdrawn"] as const;

function consentState(asked: AskedUnit, standpoint: Standpoint): UnitState {
  const { events, current, viewer, mode, today } = standpoint;
  const said = events.filter((event) => isOn(event, asked, yesAndNo) && holdsAll(event.fields, asked.unit.fields));
  if (isOpen(asked, current))
    return { kind: "given", at: (said.at(-1)?.at ?? new Date(`${today}T12:00:00Z`)).toISOString() };
  if (!mayDecide(asked, standpoint)) return { kind: viewer === "self" ? "asked-of-guardian" : "asked-of-child" };
  const last = said.findLast((event) => sideOf(event) === viewer);
  if (last === undefined) return { kind: "asked", again: false };
  const at = last.at.toISOString();
  if (last.terms !== asked.terms || (last.decision === "given" && last.until < today))
    return { kind: "asked", again: true };
  if (last.decision !== "given") return { kind: last.decision === "withdrawn" ? "withdrawn" : "refused", at };
  // Given, and yet shut: the word of another who decides too is missing or against it.
  const no = said.findLast(
    (event) => event.decision !== "given" && event.terms === asked.terms && !isSameDecider(event, last),
  );
  if (no !== undefined) return { kind: "refused", at: no.at.toISOString() };
  if (mode(asked.informationSociety) !== "joint") return { kind: "asked", again: true };
  return { kind: viewer === "guardian" ? "waits-for-child" : "waits-for-guardian" };
}

const isOpen = ({ agreement, terms, unit }: AskedUnit, current: readonly CurrentConsent[]): boolean => {
  const held = current.filter((each) => each.agreement === agreement && each.terms === terms);
  const open = new Set<string>(held.flatMap(({ fields }) => fields));
  return unit.fields.every((field) => open.has(field));
};

/** Staff record what the person said elsewhere: it counts as the person's own. */
const sideOf = ({ by }: ConsentEvent): Standpoint["viewer"] => (by.kind === "guardian" ? "guardian" : "self");

function objectionState(asked: AskedUnit, { events, current }: Standpoint): UnitState {
  const shut = current.some(
    ({ agreement, terms, fields }) =>
      agreement === asked.agreement && terms === null && holdsAny(fields, asked.unit.fields),
  );
  const last = events.findLast(
    (event) =>
      isOn(event, asked, ["objected", "objection-withdrawn", "upheld", "rejected"]) &&
      holdsAny(event.fields, asked.unit.fields),
  );
  if (last === undefined) return { kind: "shared" };
  const at = last.at.toISOString();
  if (last.decision === "upheld" && shut) return { kind: "objection-upheld", at, reason: last.reason };
  if (last.decision === "rejected" && !shut) return { kind: "objection-rejected", at, reason: last.reason };
  return shut ? { kind: "objected", at } : { kind: "shared" };
}

const isOn = (event: ConsentEvent, { agreement }: AskedUnit, decisions: readonly ConsentEvent["decision"][]): boolean =>
  event.agreement === agreement && decisions.includes(event.decision);

function isSameDecider({ by: one }: ConsentEvent, { by: other }: ConsentEvent): boolean {
  if (one.kind === "guardian" && other.kind === "guardian") return one.token === other.token;
  return one.kind !== "guardian" && other.kind !== "guardian";
}

const holdsAll = (fields: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((field) => fields.includes(field));

const holdsAny = (fields: readonly string[], wanted: readonly string[]): boolean =>
  fields.includes("*") || wanted.some((field) => fields.includes(field));

const following: Readonly<Record<UnitState["kind"], readonly DecisionName[]>> = {
  asked: ["given", "refused"],
  given: ["withdrawn"],
  refused: ["given"],
  withdrawn: ["given"],
  "waits-for-child": ["withdrawn"],
  "waits-for-guardian": ["withdrawn"],
  "asked-of-guardian": [],
  "asked-of-child": [],
  shared: ["objected"],
  objected: ["objection-withdrawn"],
  "objection-upheld": ["objection-withdrawn"],
  "objection-rejected": ["objected"],
  "not-asked": [],
};

/** Nothing is decided about what has ended. */
export const actionsOf = ({ kind }: UnitState, standing: StandingView): readonly DecisionName[] =>
  standing === "ended" ? [] : following[kind];

/** Where a person is in several registers: what is missing or shut in one of them comes before what is open. */
const order: readonly UnitState["kind"][] = [
  "asked",
  "waits-for-child",
  "waits-for-guardian",
  "asked-of-guardian",
  "asked-of-child",
  "refused",
  "withdrawn",
  "objected",
  "objection-upheld",
  "objection-rejected",
  "given",
  "shared",
  "not-asked",
];

export const strictest = (states: readonly UnitState[]): UnitState =>
  states.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))[0] ?? { kind: "not-asked" };
