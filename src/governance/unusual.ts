// What is unusual on a day: what a DPO would otherwise only find by looking at everything, every day.
import type { AgreementView } from "../identity/index.js";
import { counted, dayWords, numberIn, type Text } from "./text.js";

/** As the schema's Unusual. */
export interface UnusualThing {
  readonly kind: "AGREEMENT_EXPIRES" | "FIRST_USE" | "REFUSED_ATTEMPTS" | "VOLUME";
  readonly agreement: string | null;
  /** Coordinate, of a first use. */
  readonly field: string | null;
  readonly sentence: Text;
  /** The search that shows the entries; null where there are none. */
  readonly query: string | null;
}

/** Requests of one agreement on one day of the town. Staff's are not among them. */
export interface DayOfAgreement {
  readonly agreement: string;
  /** `YYYY-MM-DD` in the town. */
  readonly day: string;
  readonly entries: number;
  /** Entries in which at least one field was refused. */
  readonly refused: number;
}

/** When an agreement first used a field, of all that the record knows. */
export interface FirstUse {
  readonly agreement: string;
  readonly coordinate: string;
  /** `YYYY-MM-DD` in the town. */
  readonly day: string;
}

export interface UnusualAsked {
  /** The day that is looked at, `YYYY-MM-DD` in the town. */
  readonly day: string;
  readonly agreements: readonly AgreementView[];
  /** Of that day and of the `daysBefore` days before it. */
  readonly volumes: readonly DayOfAgreement[];
  readonly firstUses: readonly FirstUse[];
}

/**
 * The rules, in one place; docs/papers.md tells them.
 * - volume: more than 1.5 times what was declared; without a declaration more than 3 times the median of the 28 days
 *   before (days without a request count as none), and at least 50 requests;
 * - refused: at least 5 requests in which something was refused, that are 5 % of the agreement's of that day or 100;
 * - first use: of a field by an agreement that could read it for more than 7 days already;
 * - end: the last day is at most 30 days away.
 */
export const unusualRules = {
  overDeclared: 1.5,
  overMedian: 3,
  daysBefore: 28,
  leastVolume: 50,
  leastRefused: 5,
  refusedShare: 0.05,
  manyRefused: 100,
  oldEnoughDays: 7,
  endsWithinDays: 30,
  urgentDays: 7,
} as const;

interface Found extends UnusualThing {
  /** What comes first: the greater group, within it the greater weight. */
  readonly group: number;
  readonly weight: number;
}

/** The most pressing first: who asks for what is not theirs, who asks for too much, what ends within days, the rest. */
export function unusualOn(asked: UnusualAsked): UnusualThing[] {
  const volumes = volumesOf(asked.volumes);
  const found = [
    ...asked.agreements.flatMap((view) => tooMuch(view, asked.day, volumes.get(view.ref)) ?? []),
    ...[...volumes].flatMap(([agreement, days]) => refusedOn(agreement, asked.day, days.get(asked.day)) ?? []),
    ...asked.agreements.flatMap((view) => endsSoon(view, asked.day) ?? []),
    ...firstUsesOn(asked),
  ];
  return found
    .sort((a, b) => b.group - a.group || b.weight - a.weight || compare(key(a), key(b)))
    .map(({ kind, agreement, field, sentence, query }) => ({ kind, agreement, field, sentence, query }));
}

type Days = ReadonlyMap<string, DayOfAgreement>;

function volumesOf(volumes: readonly DayOfAgreement[]): ReadonlyMap<string, Days> {
  const found = new Map<string, Map<string, DayOfAgreement>>();
  for (const each of volumes) {
    const days = found.get(each.agreement) ?? new Map<string, DayOfAgreement>();
    found.set(each.agreement, days.set(each.day, each));
  }
  return found;
}

function tooMuch(view: AgreementView, day: string, days: Days | undefined): Found | null {
  const entries = days?.get(day)?.entries ?? 0;
  const declared = view.approved?.snapshot.volumePerDay ?? null;
  const usual = declared ?? medianBefore(day, days);
  const factor = declared === null ? unusualRules.overMedian : unusualRules.overDeclared;
  if (entries <= factor * usual || (declared === null && entries < unusualRules.leastVolume)) return null;
  const times = usual === 0 ? null : entries / usual;
  const sentence =
    declared === null
      ? overMedian(view.ref, entries, usual, times)
      : overDeclared(view.ref, entries, usual, times ?? 0);
  return {
    kind: "VOLUME",
    agreement: view.ref,
    field: null,
    sentence,
    query: `agreement:${view.ref} on:${day}`,
    group: 3,
    weight: times ?? entries,
  };
}

const overDeclared = (ref: string, entries: number, declared: number, times: number): Text => ({
  fr: `${ref}\u00a0: ${counted("fr", entries, "accès", "accès")}, soit ${numberIn("fr", times)} fois le volume déclaré (${counted("fr", declared, "accès", "accès")} par jour).`,
  en: `${ref}: ${counted("en", entries, "access", "accesses")}, ${numberIn("en", times)} times the declared volume (${counted("en", declared, "access", "accesses")} a day).`,
});

const overMedian = (ref: string, entries: number, median: number, times: number | null): Text => {
  const { daysBefore } = unusualRules;
  if (times === null)
    return {
      fr: `${ref}\u00a0: ${counted("fr", entries, "accès", "accès")}, alors qu’il n’y en a eu aucun la plupart des ${daysBefore} jours précédents. Aucun volume n’est déclaré.`,
      en: `${ref}: ${counted("en", entries, "access", "accesses")}, where most of the ${daysBefore} days before had none. No volume is declared.`,
    };
  return {
    fr: `${ref}\u00a0: ${counted("fr", entries, "accès", "accès")}, soit ${numberIn("fr", times)} fois la médiane des ${daysBefore} jours précédents (${numberIn("fr", median)}). Aucun volume n’est déclaré.`,
    en: `${ref}: ${counted("en", entries, "access", "accesses")}, ${numberIn("en", times)} times the median of the ${daysBefore} days before (${numberIn("en", median)}). No volume is declared.`,
  };
};

function medianBefore(day: string, days: Days | undefined): number {
  const counts = Array.from(
    { length: unusualRules.daysBefore },
    (_, ago) => days?.get(daysAfter(day, -1 - ago))?.entries ?? 0,
  );
  const sorted = counts.sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle - 0.5)] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function refusedOn(agreement: string, day: string, of: DayOfAgreement | undefined): Found | null {
  if (of === undefined || of.refused < unusualRules.leastRefused) return null;
  const share = of.entries === 0 ? 1 : Math.min(1, of.refused / of.entries);
  if (share < unusualRules.refusedShare && of.refused < unusualRules.manyRefused) return null;
  const percent = Math.max(1, Math.round(share * 100));
  const sentence = {
    fr: `${agreement}\u00a0: des champs ont été refusés dans ${counted("fr", of.refused, "requête", "requêtes")}, soit ${percent}\u00a0% de celles du jour.`,
    en: `${agreement}: fields were refused in ${counted("en", of.refused, "request", "requests")}, ${percent}% of those of the day.`,
  };
  const query = `agreement:${agreement} on:${day} outcome:refused,partial`;
  return { kind: "REFUSED_ATTEMPTS", agreement, field: null, sentence, query, group: 4, weight: of.refused };
}

function endsSoon({ ref, approved, standing }: AgreementView, day: string): Found | null {
  if (approved === null || standing === null) return null;
  const { from, until } = approved.snapshot;
  const left = daysBetween(day, until);
  if (day < from || left < 0 || left > unusualRules.endsWithinDays) return null;
  const sentence =
    left === 0
      ? { fr: `${ref}\u00a0: la convention prend fin aujourd’hui.`, en: `${ref}: the agreement ends today.` }
      : {
          fr: `${ref}\u00a0: la convention prend fin dans ${counted("fr", left, "jour", "jours")}, le ${dayWords("fr", until)}.`,
          en: `${ref}: the agreement ends in ${counted("en", left, "day", "days")}, on ${dayWords("en", until)}.`,
        };
  const group = left <= unusualRules.urgentDays ? 2 : 0;
  return {
    kind: "AGREEMENT_EXPIRES",
    agreement: ref,
    field: null,
    sentence,
    query: `agreement:${ref}`,
    group,
    weight: -left,
  };
}

function firstUsesOn({ day, agreements, firstUses }: UnusualAsked): Found[] {
  return firstUses.flatMap((use) => {
    const view = agreements.find(({ ref }) => ref === use.agreement);
    const since = view === undefined ? null : readableSince(view, use.coordinate);
    if (use.day !== day || since === null) return [];
    const age = daysBetween(since, day);
    if (age <= unusualRules.oldEnoughDays) return [];
    const { agreement, coordinate: field } = use;
    const sentence = {
      fr: `${agreement}\u00a0: première utilisation de ${field}, autorisé depuis le ${dayWords("fr", since)}.`,
      en: `${agreement}: first use of ${field}, allowed since ${dayWords("en", since)}.`,
    };
    const query = `agreement:${agreement} field:${field} on:${day}`;
    return [{ kind: "FIRST_USE" as const, agreement, field, sentence, query, group: 1, weight: age }];
  });
}

/** The day from which a version of the agreement listed the field without a break until now; null: none lists it. */
export function readableSince({ versions, approved }: AgreementView, coordinate: string): string | null {
  const lists = (fields: readonly string[]): boolean => fields.includes(coordinate);
  if (approved === null || !lists(approved.snapshot.fields)) return null;
  let first = approved;
  for (const version of versions.filter(({ state }) => state === "approved").toReversed()) {
    if (version.number > approved.number) continue;
    if (!lists(version.snapshot.fields)) break;
    first = version;
  }
  const decided = first.decidedAt?.toISOString().slice(0, 10) ?? first.snapshot.from;
  return decided > first.snapshot.from ? decided : first.snapshot.from;
}

export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

/** Negative: before. */
export const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const key = ({ agreement, field }: UnusualThing): string => `${agreement ?? ""} ${field ?? ""}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
