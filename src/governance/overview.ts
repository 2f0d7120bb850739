// One day of a town: who asked how often, what was refused, what is unusual.
import type { AccessSearch, CounterRow, HourUse } from "../accesslog/index.js";
import type { AgreementView } from "../identity/index.js";
import { dayIn, localTime, parseMoment, type TenantName } from "../terms/index.js";
import type { HourCell, Overview } from "./schema/overview.js";
import { unusualOn, unusualRules, type DayOfAgreement } from "./unusual.js";

export interface OverviewAsked {
  readonly tenant: TenantName;
  /** `YYYY-MM-DD` in the town. */
  readonly day: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly now: Date;
  readonly log: Pick<AccessSearch, "hours" | "firstUses"> & {
    counters(tenant: TenantName, since: string): Promise<readonly CounterRow[]>;
  };
  readonly agreements: readonly AgreementView[];
}

export async function overviewOf(asked: OverviewAsked): Promise<Overview> {
  const { tenant, day, timeZone, log, agreements } = asked;
  const [start, end] = [edgeOf(asked, day, "start"), edgeOf(asked, day, "end")];
  const before = edgeOf(asked, daysFrom(day, -unusualRules.daysBefore), "start");
  const [uses, firstUses, counters] = await Promise.all([
    log.hours(tenant, { since: before, until: end }),
    log.firstUses(tenant, start),
    log.counters(tenant, start),
  ]);
  const placed = uses.map((use) => ({ use, day: dayIn(timeZone, new Date(use.hour)) }));
  const ofDay = placed.filter((each) => each.day === day).map(({ use }) => use);
  const asking = ofDay.filter(({ outcome }) => outcome !== "staff");
  return {
    day,
    entries: sum(asking, ({ entries }) => entries),
    rows: sum(asking, ({ rows }) => rows),
    refusedEntries: sum(asking, ({ refused }) => refused),
    staffEntries: sum(ofDay, ({ outcome, entries }) => (outcome === "staff" ? entries : 0)),
    counted: countedIn(counters, end),
    hours: cellsOf(asking, timeZone),
    unusual: unusualOn({
      day,
      agreements,
      volumes: volumesOf(placed),
      firstUses: firstUses.map(({ agreement, coordinate, at }) => {
        return { agreement, coordinate, day: dayIn(timeZone, new Date(at)) };
      }),
    }),
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

function edgeOf(
  { now, timeZone }: Pick<OverviewAsked, "now" | "timeZone">,
  day: string,
  edge: "start" | "end",
): string {
  const moment = parseMoment(day, { now, timeZone, edge });
  if (moment === null) throw new RangeError("not a day");
  return moment;
}

const daysFrom = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

function countedIn(counters: readonly CounterRow[], end: string): Overview["counted"] {
  const counts = new Map<string, number>();
  for (const { minute, event, count } of counters)
    if (minute < end) counts.set(event, (counts.get(event) ?? 0) + count);
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

function volumesOf(uses: readonly { readonly use: HourUse; readonly day: string }[]): DayOfAgreement[] {
  const days = new Map<string, DayOfAgreement>();
  for (const { use, day } of uses) {
    if (use.agreement === null) continue;
    const key = `${use.agreement} ${day}`;
    const known = days.get(key) ?? { agreement: use.agreement, day, entries: 0, refused: 0 };
    days.set(key, { ...known, entries: known.entries + use.entries, refused: known.refused + use.refused });
  }
  return [...days.values()];
}
