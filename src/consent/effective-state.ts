// What follows from a person's events under one agreement, today and on the days to come. Pure.
import { dayBefore, type Coordinate } from "../terms/index.js";
import type { Decision, Settlement } from "./consent-event.js";
import { activeOn, mayDecide, modeOn, type Decider, type Guardianship, type Mode } from "./who-decides.js";

/** An event as it counts here. */
export interface Decided {
  readonly id: string;
  readonly by: Decider;
  readonly decision: Decision | Settlement;
  readonly terms: string;
  /** `*`, alone, in an objection to the whole. */
  readonly fields: readonly (Coordinate | "*")[];
  /** Days `YYYY-MM-DD`: when it was made, and its last one. */
  readonly day: string;
  readonly until: string;
  readonly refersTo: string | null;
  /** When the decider said it: of what was imported, there. */
  readonly made?: Date;
}

/** `fields` (sorted) hold up to and with the day `until`; null: until somebody decides anew. */
export interface Step {
  readonly until: string | null;
  readonly fields: readonly (Coordinate | "*")[];
}

/** What the rules need beside the events. */
export interface Circumstances {
  readonly guardianships: readonly Guardianship[];
  readonly informationSociety: boolean;
}

/** What one decider last said about a coordinate. */
type Word = { readonly day: string; readonly until: string } | "no";

/**
 * What each decider last said about each coordinate under these terms. Under other terms a yes counts for nothing; a no
 * forbids nothing there, but takes back the same decider's yes: who says no to more does not say yes to less.
 */
function lastWords(events: readonly Decided[], terms: string): Map<Decider, Map<string, Word>> {
  const words = new Map<Decider, Map<string, Word>>();
  for (const { by, decision, terms: under, fields, day, until } of events) {
    const own = words.get(by) ?? new Map<string, Word>();
    words.set(by, own);
    for (const field of fields) {
      if (decision === "given") {
        if (under === terms) own.set(field, { day, until });
      } else if (decision === "refused" || decision === "withdrawn") {
        if (under === terms) own.set(field, "no");
        else if (own.get(field) !== "no") own.delete(field);
      }
    }
  }
  return words;
}

class ConsentOn {
  readonly #mode: Mode;
  constructor(
    readonly day: string,
    readonly circumstances: Circumstances,
    readonly words: ReadonlyMap<Decider, ReadonlyMap<string, Word>>,
  ) {
    this.#mode = modeOn(day, circumstances.guardianships, circumstances.informationSociety);
  }

  open(): string[] {
    const fields = new Set([...this.words.values()].flatMap((own) => [...own.keys()]));
    return [...fields].filter((field) => this.#isOpen(field)).sort();
  }

  #isOpen(field: string): boolean {
    if (this.#mode === "self") return this.#yes("self", field);
    const guardians = new Set(
      this.circumstances.guardianships.filter((each) => activeOn(each, this.day)).map(({ guardian }) => guardian),
    );
    const deciders: Decider[] = this.#mode === "joint" ? ["self", ...guardians] : [...guardians];
    if (deciders.some((who) => this.words.get(who)?.get(field) === "no")) return false;
    if (this.#mode === "joint" && !this.#yes("self", field)) return false;
    return [...guardians].some((who) => this.#yes(who, field));
  }

  /** A yes holds until its end, and no longer than what made it count: the stage of life, and the guardianship. */
  #yes(who: Decider, field: string): boolean {
    const word = this.words.get(who)?.get(field);
    if (word === undefined || word === "no" || word.until < this.day) return false;
    const { guardianships, informationSociety } = this.circumstances;
    if (modeOn(word.day, guardianships, informationSociety) !== this.#mode) return false;
    return (
      who === "self" ||
      guardianships.some((each) => each.guardian === who && activeOn(each, word.day) && activeOn(each, this.day))
    );
  }
}

/** The days, from `today` on, after which something may be otherwise without anybody deciding; ascending. */
function ends(today: string, events: readonly Decided[], guardianships: readonly Guardianship[]): string[] {
  const days = new Set(events.map(({ until }) => until));
  for (const { from, until, fifteen, eighteen } of guardianships) {
    days.add(until).add(dayBefore(from));
    if (fifteen !== null) days.add(dayBefore(fifteen));
    if (eighteen !== null) days.add(dayBefore(eighteen));
  }
  return [...days].filter((day) => day >= today).sort();
}

/**
 * The coordinates that are open under these terms, from `today` on. Beyond the last step nothing is.
 * @param events of one person and agreement, of everybody who decides for them, in their order
 */
export function openSteps(
  today: string,
  events: readonly Decided[],
  terms: string,
  circumstances: Circumstances,
): readonly Step[] {
  const words = lastWords(events, terms);
  const steps: Step[] = [];
  for (const until of ends(today, events, circumstances.guardianships)) {
    const fields = new ConsentOn(until, circumstances, words).open() as Coordinate[];
    const before = steps.at(-1);
    if (before !== undefined && same(before.fields, fields)) steps[steps.length - 1] = { until, fields };
    else steps.push({ until, fields });
  }
  while (steps.at(-1)?.fields.length === 0) steps.pop();
  return steps;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((field, i) => field === b[i]);

/** By the objection's event: what of it still stands, be it pending or upheld. */
export function standingObjections(
  events: readonly Decided[],
  { guardianships, informationSociety }: Circumstances,
): ReadonlyMap<string, ReadonlySet<Coordinate | "*">> {
  const standing = new Map<string, { readonly by: Decider; readonly fields: Set<Coordinate | "*"> }>();
  for (const { id, by, decision, fields, day, refersTo } of events) {
    if (decision === "objected") standing.set(id, { by, fields: new Set(fields) });
    if (decision === "rejected" && refersTo !== null) standing.delete(refersTo);
    if (decision !== "objection-withdrawn") continue;
    for (const [objection, { by: who, fields: shut }] of standing) {
      if (who !== by && mayDecide(who, day, guardianships, informationSociety)) continue;
      for (const field of fields.includes("*") ? [...shut] : fields) shut.delete(field);
      if (shut.size === 0) standing.delete(objection);
    }
  }
  return new Map([...standing].map(([id, objection]) => [id, objection.fields]));
}

/**
 * The coordinates that are shut by objections, pending or upheld, whatever the terms and for as long as nobody decides
 * anew: the right (RGPD art. 21(1)) has no end date, and a birthday must not open anything. Who objected, or whoever
 * decides in their place since, withdraws; a rejection by the town ends that one objection.
 */
export function shutSteps(events: readonly Decided[], circumstances: Circumstances): readonly Step[] {
  const standing = standingObjections(events, circumstances);
  const fields = [...new Set([...standing.values()].flatMap((shut) => [...shut]))].sort();
  if (fields.includes("*")) return [{ until: null, fields: ["*"] }];
  return fields.length === 0 ? [] : [{ until: null, fields }];
}

/** What of it holds on a day. */
export function fieldsOn(steps: readonly Step[], day: string): readonly (Coordinate | "*")[] {
  return steps.find(({ until }) => until === null || until >= day)?.fields ?? [];
}
