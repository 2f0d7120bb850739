// The texts of one language, and moments and durations as its readers write them.
import type { Language } from "./view.js";
import { en } from "./texts-en.js";
import { fr, type Texts } from "./texts-fr.js";

export type { Texts };

const dictionaries: Readonly<Record<Language, Texts>> = { fr, en };
export const textsIn = (language: Language): Texts => dictionaries[language];

const locales: Readonly<Record<Language, string>> = { fr: "fr-FR", en: "en-GB" };

/** `2026-11-23` or a moment (RFC 3339) → `23 novembre 2026`, `23 November 2026`. */
export function longDay(day: string, language: Language, timeZone: string): string {
  // A day without an hour is a day of the town's: noon UTC of it is that day in every zone that towns of France have.
  const moment = new Date(day.length === 10 ? `${day}T12:00:00Z` : day);
  const zone = day.length === 10 ? "UTC" : timeZone;
  return new Intl.DateTimeFormat(locales[language], { dateStyle: "long", timeZone: zone }).format(moment);
}

/** `lundi 23 novembre 2026`. */
export const fullDay = (moment: string, language: Language, timeZone: string): string =>
  new Intl.DateTimeFormat(locales[language], { dateStyle: "full", timeZone }).format(new Date(moment));

/** `08:05`. */
export const clock = (moment: string, language: Language, timeZone: string): string =>
  new Intl.DateTimeFormat(locales[language], { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(
    new Date(moment),
  );

/** `2026-11` → `novembre 2026`. */
export const monthWords = (month: string, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${month}-15T12:00:00Z`),
  );

/** ISO 8601 `P1Y6M` → `1 an et 6 mois`. What is no duration is given back as it is: a DPO wrote it. */
export function durationWords(duration: string, language: Language): string {
  const { durations } = textsIn(language);
  const parts = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(\d+)H)?$/.exec(duration);
  if (parts === null) return duration;
  const units = [durations.years, durations.months, durations.weeks, durations.days, durations.hours];
  const words = units.flatMap(([one = "", many = ""], index) => {
    const count = parts[index + 1];
    return count === undefined ? [] : [`${count} ${Number(count) > 1 ? many : one}`];
  });
  return words.length === 0 ? duration : new Intl.ListFormat(locales[language]).format(words);
}

/** `Nom, prénom et adresse`: of labels, which begin with a capital each; one that is an acronym keeps its own. */
export const listWords = (items: readonly string[], language: Language): string =>
  new Intl.ListFormat(locales[language]).format(
    items.map((item, index) =>
      index === 0 || /^.[A-Z]/u.test(item) ? item : item.charAt(0).toLowerCase() + item.slice(1),
    ),
  );
