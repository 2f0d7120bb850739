// Days as a town counts them: `YYYY-MM-DD`, so that they compare as texts.
const calendars = new Map<string, Intl.DateTimeFormat>();

interface MinuteOfDay {
  /** Minutes since 1970 began, UTC. */
  readonly minute: number;
  readonly day: string;
}

/** The minute asked about last, by time zone: every request asks which day it is. */
const lastAsked = new Map<string, MinuteOfDay>();

/** From 2000 on every zone lies whole minutes from UTC, so that no day begins within a minute. */
const wholeMinutesFrom = Date.UTC(2000, 0, 1) / 60_000;

/** `YYYY-MM-DD` in a time zone (IANA name). */
export function dayIn(timeZone: string, moment: Date): string {
  const minute = Math.floor(moment.getTime() / 60_000);
  const last = lastAsked.get(timeZone);
  if (last?.minute === minute) return last.day;
  const day = readDay(timeZone, moment);
  if (minute >= wholeMinutesFrom) lastAsked.set(timeZone, { minute, day });
  return day;
}

function readDay(timeZone: string, moment: Date): string {
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

/** The day before. */
export const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** Whether the text is `YYYY-MM-DD` and such a day exists. */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const moment = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(moment) && new Date(moment).toISOString().slice(0, 10) === text;
};

/** The birthday on which somebody turns `years` old; born on 29 February: on 1 March of other years (Code civil, art. 388: at the end of the 18th year). */
export function birthday(born: string, years: number): string {
  const year = String(Number(born.slice(0, 4)) + years).padStart(4, "0");
  const same = `${year}${born.slice(4)}`;
  return isDay(same) ? same : `${year}-03-01`;
}

/** The same day so many months before; where that month is shorter, its last day. */
export function monthsBefore(day: string, months: number): string {
  const first = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 - months, 1);
  const next = new Date(first);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const length = (next.getTime() - first) / 86_400_000;
  return new Date(first + (Math.min(Number(day.slice(8)), length) - 1) * 86_400_000).toISOString().slice(0, 10);
}

/** The first moment of a day in a time zone (IANA name), to the millisecond; the day's change of clocks is seen to. */
export function startOfDay(timeZone: string, day: string): Date {
  const noonUtc = Date.parse(`${day}T12:00:00Z`);
  // Zones lie from 12 hours behind UTC to 14 hours before it.
  let [before, from] = [noonUtc - 27 * 3_600_000, noonUtc + 1 * 3_600_000];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (dayIn(timeZone, new Date(middle)) >= day) from = middle;
    else before = middle;
  }
  return new Date(from);
}
