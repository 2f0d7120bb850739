// Whether an agreement is in force today, where "today" is the town's.
import type { Agreement, Standing } from "./agreement.js";

const calendars = new Map<string, Intl.DateTimeFormat>();

/** `YYYY-MM-DD` in a time zone (IANA name). */
export function dayIn(timeZone: string, moment: Date): string {
  let calendar = calendars.get(timeZone);
  if (calendar === undefined) {
    calendar = new Intl.DateTimeFormat("en", {
      timeZone,
      calendar: "iso8601",
      numberingSystem: "latn",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    calendars.set(timeZone, calendar);
  }
  const parts = new Map(calendar.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${parts.get("year")?.padStart(4, "0") ?? ""}-${parts.get("month") ?? ""}-${parts.get("day") ?? ""}`;
}

/** Suspension first: it is somebody's decision, and holds whatever the dates say. Both days of the dates count. */
export function standingOf(
  agreement: Pick<Agreement, "snapshot" | "suspendedAt">,
  timeZone: string,
  now: Date,
): Standing {
  const { from, until } = agreement.snapshot;
  if (agreement.suspendedAt !== null) {
    return { inForce: false, why: "suspended", date: dayIn(timeZone, new Date(agreement.suspendedAt)) };
  }
  const today = dayIn(timeZone, now);
  if (today < from) return { inForce: false, why: "not-yet", date: from };
  if (today > until) return { inForce: false, why: "expired", date: until };
  return { inForce: true };
}
