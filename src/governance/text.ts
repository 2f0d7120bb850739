// Sentences in both languages of the console, numbers and days in them as each language writes them.

export interface Text {
  readonly fr: string;
  readonly en: string;
}

export type Language = keyof Text;

const locales: Readonly<Record<Language, string>> = { fr: "fr-FR", en: "en-GB" };
const numbers = {
  fr: new Intl.NumberFormat(locales.fr, { maximumFractionDigits: 1 }),
  en: new Intl.NumberFormat(locales.en, { maximumFractionDigits: 1 }),
};
const days = {
  fr: new Intl.DateTimeFormat(locales.fr, { timeZone: "UTC", dateStyle: "long" }),
  en: new Intl.DateTimeFormat(locales.en, { timeZone: "UTC", dateStyle: "long" }),
};

/** `1 204 331`, `1,204,331`; one decimal at most. */
export const numberIn = (language: Language, value: number): string => numbers[language].format(value);

/** `3 accès`, `1 entry`. In French 0 and 1 are singular, in English 1 alone. */
export function counted(language: Language, count: number, one: string, many: string): string {
  const single = language === "fr" ? Math.abs(count) < 2 : count === 1;
  return `${numberIn(language, count)}\u00a0${single ? one : many}`;
}

/** @param day `YYYY-MM-DD` → `23 novembre 2026`, `23 November 2026` */
export const dayWords = (language: Language, day: string): string =>
  days[language].format(new Date(`${day}T00:00:00Z`)).replace(/^1 /, language === "fr" ? "1er " : "1 ");

/** `a, b et c`, `a, b and c` */
export const listWords = (language: Language, items: readonly string[]): string =>
  new Intl.ListFormat(locales[language], { type: "conjunction" }).format(items);

const units = {
  fr: {
    Y: ["an", "ans"],
    M: ["mois", "mois"],
    W: ["semaine", "semaines"],
    D: ["jour", "jours"],
    h: ["heure", "heures"],
    m: ["minute", "minutes"],
    s: ["seconde", "secondes"],
  },
  en: {
    Y: ["year", "years"],
    M: ["month", "months"],
    W: ["week", "weeks"],
    D: ["day", "days"],
    h: ["hour", "hours"],
    m: ["minute", "minutes"],
    s: ["second", "seconds"],
  },
} as const;

/** An ISO 8601 duration as people say it: `P1Y6M` → `1 an et 6 mois`; what is none, as it is written. */
export function durationWords(language: Language, duration: string): string {
  const [date = "", time = ""] = duration.replace(/^P/, "").split("T");
  const parts = [...date.matchAll(/(\d+)([YMWD])/g), ...time.toLowerCase().matchAll(/(\d+)([hms])/g)];
  const words = parts.map(([, count, unit]) => {
    const [one, many] = units[language][unit as keyof (typeof units)["fr"]];
    return counted(language, Number(count), one, many);
  });
  return words.length === 0 ? duration : listWords(language, words);
}
