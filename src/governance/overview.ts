// One day of a town: who asked how often, what was refused, what is unusual.
import type { AccessSearch, CounterRow, HourUse } from "../accesslog/index.js";
import type { AgreementView } from "../identity/index.js";
import { localTime, parseMoment, type TenantName } from "../terms/index.js";
import type { HourCell, Overview } from "./schema/overview.js";
import type { TownFacts } from "./town-facts.js";
import { readUnusual } from "./uses.js";

export interface OverviewAsked {
  readonly town: TownFacts;
  /** `YYYY-MM-DD` in the town. */
  readonly day: string;
  readonly log: AccessSearch & {
    counters(tenant: TenantName, since: string, until: string): Promise<readonly CounterRow[]>;
  };
  readonly agreements: readonly AgreementView[];
}

export async function overviewOf(asked: OverviewAsked): Promise<Overview> {
  const { town, day, log, agreements } = asked;
  const { timeZone } = town;
  const [start, end] = [edgeOf(day, timeZone, "start"), edgeOf(day, timeZone, "end")];
  const [ofDay, unusual, counters] = await Promise.all([
    log.hours(town.name, { since: start, until: end }),
    readUnusual(log, { town, agreements }, day),
    // Not until today: a day of long ago would have all minutes since then in memory (law 13).
    log.counters(town.name, start, end),
  ]);
  const asking = ofDay.filter(({ outcome }) => outcome !== "staff");
  return {
    day,
    entries: sum(asking, ({ entries }) => entries),
    rows: sum(asking, ({ rows }) => rows),
    refusedEntries: sum(asking, ({ refused }) => refused),
    staffEntries: sum(ofDay, ({ outcome, entries }) => (outcome === "staff" ? entries : 0)),
    counted: countedIn(counters),
    hours: cellsOf(asking, timeZone),
    unusual,
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

function edgeOf(day: string, timeZone: string, edge: "start" | "end"): string {
  const moment = parseMoment(day, { now: new Date(0), timeZone, edge });
  if (moment === null) throw new RangeError("not a day");
  return moment;
}

function countedIn(counters: readonly CounterRow[]): Overview["counted"] {
  const counts = new Map<string, number>();
  for (const { event, count } of counters) counts.set(event, (counts.get(event) ?? 0) + count);
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([event, count]) => ({ event, count }));
}

/** The log counts whole hours of UTC; where a zone is off by half an hour, an hour is told by its beginning. */
function cellsOf(uses: readonly HourUse[], timeZone: string): HourCell[] {
  const cells = new Map<string, HourCell>();
  for (const { hour, application, entries, rows, refused } of uses) {
    const at = Number(localTime(hour, timeZone).slice(11, 13));
    const key = `${at} ${application ?? ""}`;
    const cell = cells.get(key) ?? { application, hour: at, entries: 0, rows: 0, refused: 0 };
    cells.set(key, {
      ...cell,
      entries: cell.entries + entries,
      rows: cell.rows + rows,
      refused: cell.refused + refused,
    });
  }
  return [...cells.values()].toSorted(
    (a, b) => (a.application ?? "").localeCompare(b.application ?? "") || a.hour - b.hour,
  );
}
