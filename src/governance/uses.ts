// From what the record counts as it grows to what papers and pages say of it, in the days of the town.
import type { AccessSearch, HourUse } from "../accesslog/index.js";
import type { AgreementView } from "../identity/index.js";
import { dayIn, parseMoment } from "../terms/index.js";
import { declaredAndUsed, type DeclaredAndUsed } from "./declared-and-used.js";
import type { TownFacts } from "./town-facts.js";
import { daysAfter, unusualOn, unusualRules, type DayOfAgreement, type UnusualThing } from "./unusual.js";

type Counted = Pick<AccessSearch, "hours" | "volumes" | "fieldUse" | "firstUses">;

interface Of {
  readonly town: Pick<TownFacts, "name" | "timeZone" | "purposes">;
  readonly agreements: readonly AgreementView[];
}

/** What is unusual on a day (`YYYY-MM-DD` in the town). @throws AccessLogUnavailable */
export async function readUnusual(log: Counted, { town, agreements }: Of, day: string): Promise<UnusualThing[]> {
  const { name, timeZone } = town;
  const since = beginningOf(daysAfter(day, -unusualRules.daysBefore), timeZone);
  const today = beginningOf(day, timeZone);
  const until = beginningOf(daysAfter(day, 1), timeZone);
  const [hours, firstUses] = await Promise.all([log.hours(name, { since, until }), log.firstUses(name, today)]);
  return unusualOn({
    day,
    agreements,
    volumes: daysOfHours(hours, timeZone),
    firstUses: firstUses.map(({ agreement, coordinate, at }) => ({ agreement, coordinate, day: dayOf(at, timeZone) })),
  });
}

/** Declared and used, in so many days until today. @throws AccessLogUnavailable */
export async function readUses(
  log: Counted,
  { town, agreements }: Of,
  days: number,
  now: Date,
): Promise<DeclaredAndUsed[]> {
  const { name, timeZone } = town;
  const today = dayIn(timeZone, now);
  const since = beginningOf(daysAfter(today, 1 - days), timeZone);
  const until = beginningOf(daysAfter(today, 1), timeZone);
  const [volumes, fields] = await Promise.all([
    log.volumes(name, { since, until, timeZone }),
    log.fieldUse(name, { since, until: now.toISOString() }),
  ]);
  return declaredAndUsed({
    ...{ days, today, agreements, purposes: town.purposes, volumes },
    fields: fields.map(({ firstUsed, lastUsed, ...use }) => ({
      ...use,
      firstUsed: firstUsed === null ? null : new Date(firstUsed),
      lastUsed: lastUsed === null ? null : new Date(lastUsed),
    })),
  });
}

/** Requests of agreements by the town's days; staff's are left out. */
function daysOfHours(hours: readonly HourUse[], timeZone: string): DayOfAgreement[] {
  const found = new Map<string, { agreement: string; day: string; entries: number; refused: number }>();
  for (const { agreement, hour, outcome, entries, refused } of hours) {
    if (agreement === null || outcome === "staff") continue;
    const day = dayOf(hour, timeZone);
    const key = `${agreement} ${day}`;
    const of = found.get(key) ?? { agreement, day, entries: 0, refused: 0 };
    of.entries += entries;
    of.refused += refused;
    found.set(key, of);
  }
  return [...found.values()];
}

const dayOf = (moment: string, timeZone: string): string => dayIn(timeZone, new Date(moment));

function beginningOf(day: string, timeZone: string): string {
  const moment = parseMoment(day, { now: new Date(0), timeZone, edge: "start" });
  if (moment === null) throw new RangeError("no day");
  return moment;
}
