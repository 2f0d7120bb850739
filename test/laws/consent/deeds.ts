// Random decisions of random people: for themselves, for children, by guardians of all ages and dates, under several versions
// of one agreement; only what somebody may do on that day.
import { Decided, type Deed, type DecisionDeed, type Guardianship } from "./decided.js";
import type { Governed, Version } from "./governed.js";
import type { Person } from "./population.js";
import type { Choose } from "../request.js";

export const today = "2026-03-15";
const days = ["2024-11-02", "2026-02-01", today];
/** Of children who are 10, 14, 15 since today, 15 from tomorrow on, 17, 18 since today, 18 from tomorrow on, 16; unknown. */
const births = [
  ...["2016-01-01", "2012-01-01", "2011-03-15", "2011-03-16", "2009-01-01", "2008-03-15", "2008-03-16", "2010-01-01"],
  null,
];
const spans = [
  ...[
    ["2020-01-01", "2027-12-31"],
    ["2020-01-01", "2027-12-31"],
    ["2020-01-01", today],
    ["2020-01-01", "2026-03-14"],
  ],
  ...[
    [today, "2030-01-01"],
    ["2026-03-16", "2030-01-01"],
  ],
] as const;

export interface Lived {
  readonly guardianships: readonly Guardianship[];
  readonly deeds: readonly Deed[];
}

export function randomLife(choose: Choose, people: readonly Person[], governed: Governed): Lived {
  const pick = <T>(from: readonly T[]): T => from[choose(from.length)] as T;
  const asks = ["consent", "public-task"].includes(governed.versions[0]?.terms.basis ?? "");
  if (people.length === 0 || !asks) return { guardianships: [], deeds: [] };
  const guardianships = randomGuardianships(choose, people);
  const deeds: Deed[] = [];
  // Few decide, or most do, several times.
  const each = pick([1, 2, 4]);
  for (const day of days) {
    const known = new Decided(deeds, guardianships, governed, day);
    for (let n = choose(people.length * each + 1); n > 0; n--) {
      const about = pick(people);
      const speakers = [about, ...known.guardiansOf(about, day)].filter((by) => known.maySpeak(by, about, day));
      const version = day === today ? pick(governed.versions) : (governed.versions[0] as Version);
      if (speakers.length > 0) deeds.push(randomDecision(choose, { about, by: pick(speakers), day, version }));
    }
    if (day === today) deeds.push(...randomSettlements(choose, deeds));
  }
  return { guardianships, deeds };
}

function randomGuardianships(choose: Choose, people: readonly Person[]): Guardianship[] {
  const pick = <T>(from: readonly T[]): T => from[choose(from.length)] as T;
  return Array.from({ length: choose(6) }, () => {
    const [from, until] = pick(spans);
    const record = { guardian: pick(people), ward: pick(people), born: pick(births), from, until };
    return { ...record, ended: choose(5) === 0 ? pick(days) : null };
  }).filter(({ guardian, ward }, at, all) => {
    const same = (a: Person, b: Person): boolean => a.scheme === b.scheme && a.key === b.key;
    const first = all.findIndex((other) => same(other.guardian, guardian) && same(other.ward, ward));
    return first === at && !same(guardian, ward);
  });
}

export function randomDecision(
  choose: Choose,
  { about, by, day, version }: Pick<DecisionDeed, "about" | "by" | "day"> & { readonly version: Version },
  among?: readonly DecisionDeed["decision"][],
): DecisionDeed {
  const pick = <T>(from: readonly T[]): T => from[choose(from.length)] as T;
  const objects = version.terms.basis === "public-task";
  const usual = objects
    ? (["objected", "objected", "objection-withdrawn"] as const)
    : (["given", "given", "given", "given", "refused", "withdrawn"] as const);
  const decision = pick(among ?? usual);
  const chosen = version.units.filter(() => choose(3) > 0);
  const units = chosen.length > 0 ? chosen : version.units;
  const whole = objects && (units.length === version.units.length || units.some(({ name }) => name === "*"));
  return {
    ...{ kind: "decision", day, about, by, decision, version: version.number, terms: version.terms },
    until:
      decision === "given"
        ? pick(["2026-03-14", today, "2027-01-01", "2030-01-01"].filter((end) => end >= day))
        : "2030-01-01",
    units: units.map(({ name }) => name),
    fields: whole ? ["*"] : units.flatMap(({ fields }) => fields),
  };
}

/** On what is still pending, each once. */
function randomSettlements(choose: Choose, deeds: readonly Deed[]): Deed[] {
  return deeds.flatMap((deed, objection): Deed[] => {
    if (deed.kind !== "decision" || deed.decision !== "objected" || choose(3) > 0) return [];
    return [{ kind: "settled", day: today, objection, outcome: choose(2) === 0 ? "upheld" : "rejected" }];
  });
}
