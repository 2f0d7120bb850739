// What people decided, and what follows from it on one day: the sentences of docs/consent.md said naively, one person and
// one coordinate at a time, over the whole list of what happened.
import { isDeepStrictEqual } from "node:util";
import { inForce, type Governed, type Terms } from "./governed.js";
import { personText, type Person } from "./population.js";

export type Kind = "given" | "refused" | "withdrawn" | "objected" | "objection-withdrawn";

export interface DecisionDeed {
  readonly kind: "decision";
  /** The day it was made, and the last one that it counts. */
  readonly day: string;
  readonly until: string;
  readonly about: Person;
  /** Themselves, or a guardian. */
  readonly by: Person;
  readonly decision: Kind;
  readonly version: number;
  readonly terms: Terms;
  /** Names of the units decided on, and their coordinates; `*`: an objection to the whole. */
  readonly units: readonly string[];
  readonly fields: readonly string[];
}
export interface SettledDeed {
  readonly kind: "settled";
  readonly day: string;
  /** Position of the objection among the deeds. */
  readonly objection: number;
  readonly outcome: "upheld" | "rejected";
}
export type Deed = DecisionDeed | SettledDeed;

export interface Guardianship {
  readonly guardian: Person;
  readonly ward: Person;
  readonly born: string | null;
  readonly from: string;
  readonly until: string;
  /** The first day that it counts no more, as staff ended it. */
  readonly ended: string | null;
}

/** Who decides for somebody: they alone, they together with a guardian, or a guardian. */
export type Stage = "alone" | "together" | "guarded";

/** Whole years at a day; a birthday counts from its first moment. */
function ageAt(born: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
  return day.slice(5) < born.slice(5) ? years - 1 : years;
}

export class Decided {
  constructor(
    readonly deeds: readonly Deed[],
    readonly guardianships: readonly Guardianship[],
    readonly governed: Governed,
    readonly today: string,
  ) {}

  /** Basis `consent`: may this coordinate leave of this person. A unit is one question: all of it was answered yes. */
  consents(person: Person, coordinate: string): boolean {
    return this.#unitOf(coordinate).every((at) => this.#given(person, at));
  }

  /** Basis `public-task`. */
  objects(person: Person, coordinate: string): boolean {
    const unit = this.#unitOf(coordinate);
    return this.#objections(person).some((left) => left.has("*") || unit.some((at) => left.has(at)));
  }

  #unitOf(coordinate: string): readonly string[] {
    const units: readonly { readonly fields: readonly string[] }[] = inForce(this.governed).units;
    return units.find(({ fields }) => fields.includes(coordinate))?.fields ?? [coordinate];
  }

  guardiansOf(person: Person, day: string): readonly Person[] {
    return this.guardianships
      .filter(({ ward, from, until }) => same(ward, person) && from <= day && day <= until)
      .filter(({ ended }) => ended === null || day < ended)
      .map(({ guardian }) => guardian);
  }

  /** A birthday is known of whoever was a child once, and a child whose age nobody knows is a child. */
  stage(person: Person, day: string): Stage {
    const records = this.guardianships.filter(({ ward }) => same(ward, person));
    const ages = records.flatMap(({ born }) => (born === null ? [] : [ageAt(born, day)]));
    const age = ages.length === 0 ? null : Math.min(...ages);
    const grown = age === null ? this.guardiansOf(person, day).length === 0 : age >= 18;
    if (grown) return "alone";
    if (!this.governed.informationSociety) return "guarded";
    return age !== null && age >= 15 ? "alone" : "together";
  }

  #given(person: Person, at: string): boolean {
    const stage = this.stage(person, this.today);
    const own = this.#last(person, person, at);
    if (stage === "alone") return own === "yes";
    const theirs = this.guardiansOf(person, this.today).map((guardian) => this.#last(person, guardian, at));
    // Any guardian's refusal wins.
    const guarded = theirs.includes("yes") && !theirs.includes("no");
    return stage === "guarded" ? guarded : guarded && own === "yes";
  }

  /** What one of them last said of one person's coordinate, where it counts today. */
  #last(about: Person, by: Person, at: string): "yes" | "no" | null {
    let last: { word: "yes" | "no"; deed: DecisionDeed } | null = null;
    for (const deed of this.deeds) {
      if (deed.kind !== "decision" || !same(deed.about, about) || !same(deed.by, by) || !deed.fields.includes(at))
        continue;
      const current = isDeepStrictEqual(deed.terms, inForce(this.governed).terms);
      if (deed.decision === "given" && current) last = { word: "yes", deed };
      if (deed.decision !== "refused" && deed.decision !== "withdrawn") continue;
      if (current) last = { word: "no", deed };
      // Who says no to more does not say yes to less.
      else if (last?.word === "yes") last = null;
    }
    if (last === null) return null;
    if (last.word === "no") return "no";
    const { deed } = last;
    const sameStage = this.stage(about, deed.day) === this.stage(about, this.today);
    const stillGuardian = same(about, by) || this.guardiansOf(about, deed.day).some((each) => same(each, by));
    return sameStage && stillGuardian && this.today <= deed.until ? "yes" : null;
  }

  /** What is left of each objection about one person: pending or upheld, whatever the terms and the day. */
  #objections(about: Person): readonly ReadonlySet<string>[] {
    const standing = new Map<number, { by: Person; left: Set<string> }>();
    for (const [place, deed] of this.deeds.entries()) {
      if (deed.kind === "settled") {
        if (deed.outcome === "rejected") standing.delete(deed.objection);
        continue;
      }
      if (!same(deed.about, about)) continue;
      if (deed.decision === "objected") standing.set(place, { by: deed.by, left: new Set(deed.fields) });
      if (deed.decision !== "objection-withdrawn") continue;
      for (const { by, left } of standing.values()) {
        // Another's objection is theirs for as long as they may speak.
        if (!same(by, deed.by) && this.maySpeak(by, about, deed.day)) continue;
        if (deed.fields.includes("*")) left.clear();
        for (const at of deed.fields) left.delete(at);
      }
    }
    return [...standing.values()].map(({ left }) => left);
  }

  maySpeak(by: Person, about: Person, day: string): boolean {
    const stage = this.stage(about, day);
    if (same(by, about)) return stage !== "guarded";
    return stage !== "alone" && this.guardiansOf(about, day).some((each) => same(each, by));
  }
}

const same = (a: Person, b: Person): boolean => personText(a) === personText(b);
