// Days as a town counts them: `YYYY-MM-DD`, so that they compare as texts.
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
