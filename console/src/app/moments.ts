// Numbers, days and moments as readers of each language write them, in the town's time zone.
import type { Language } from "./texts.js";

const locales: Readonly<Record<Language, string>> = { fr: "fr-FR", en: "en-GB" };

export interface Format {
  readonly timeZone: string;
  /** `1 204 331`, `1,204,331`. */
  readonly number: (value: number) => string;
  /** `1,2 k`, `1.2k`, for narrow cells. */
  readonly compact: (value: number) => string;
  /** `3,4`, `3.4`: one digit after the point, none where it says nothing. */
  readonly mean: (value: number) => string;
  /** `23 novembre 2026`; of a day (2026-11-23) or a moment (RFC 3339). */
  readonly day: (day: string) => string;
  /** `lundi 23 novembre 2026`. */
  readonly fullDay: (day: string) => string;
  /** `23/11/2026`, for columns. */
  readonly shortDay: (day: string) => string;
  /** `23/11`, below charts. */
  readonly dayMonth: (day: string) => string;
  /** `09:12`. */
  readonly clock: (moment: string) => string;
  /** `09:12:07`. */
  readonly clockSeconds: (moment: string) => string;
  /** `23 nov. 2026, 09:12`. */
  readonly moment: (moment: string) => string;
  /** `a, b et c`. */
  readonly list: (items: readonly string[]) => string;
}

/** Noon UTC of a day without an hour is that day in every zone of France but some islands': those are told in UTC. */
const asDate = (day: string): Date => new Date(day.length === 10 ? `${day}T12:00:00Z` : day);

export function formatIn(language: Language, timeZone: string): Format {
  const locale = locales[language];
  const zoneOf = (day: string): string => (day.length === 10 ? "UTC" : timeZone);
  const dated = (options: Intl.DateTimeFormatOptions) => (day: string) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: zoneOf(day) }).format(asDate(day));
  const integers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compacts = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 2 });
  const means = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return {
    timeZone,
    number: (value) => integers.format(value),
    compact: (value) => (value < 1000 ? integers.format(value) : compacts.format(value)),
    mean: (value) => means.format(value),
    day: dated({ dateStyle: "long" }),
    fullDay: dated({ dateStyle: "full" }),
    shortDay: dated({ day: "2-digit", month: "2-digit", year: "numeric" }),
    dayMonth: dated({ day: "2-digit", month: "2-digit" }),
    clock: dated({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    clockSeconds: dated({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    moment: dated({ dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }),
    list: (items) => new Intl.ListFormat(locale).format(items),
  };
}

/** The day that it is now in a time zone: `2026-11-23`. */
export const dayIn = (timeZone: string, now: Date): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);

/** `2026-11-23` and -1 → `2026-11-22`. */
export function dayAfter(day: string, days: number): string {
  const date = asDate(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
