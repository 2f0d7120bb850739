// Texts of the console, page by page, in both languages: a page's texts travel with the page.
import i18next from "i18next";

export type Language = "fr" | "en";
export const languages: readonly Language[] = ["fr", "en"];

/** `found_one` and `found_other` are asked for as `found`. */
type Asked<Key extends string> = Key extends `${infer Stem}_${"one" | "other"}` ? Stem : Key;

/** Texts of one page, by key. Asked for by `useTexts`. */
export interface Texts<Key extends string> {
  readonly namespace: string;
  /** Types alone. */
  readonly keys?: Key;
}

export type Dictionary = Readonly<Record<string, string>>;

/** What every page has defined, for the tests that hold the languages equal. */
export const dictionaries = new Map<string, Readonly<Record<Language, Dictionary>>>();

/**
 * Keys are flat. `{{name}}` is filled in, `{{count, number}}` as the language writes numbers; a text with a count has two
 * keys, `…_one` and `…_other`.
 */
export function defineTexts<const Fr extends Dictionary>(
  namespace: string,
  texts: { readonly fr: Fr; readonly en: Readonly<Record<keyof Fr, string>> },
): Texts<Asked<keyof Fr & string>> {
  const { fr, en } = texts;
  dictionaries.set(namespace, { fr, en });
  if (i18next.isInitialized) teach(namespace);
  return { namespace };
}

/** Hands a page's texts to i18next; those that are defined before it has begun, it is taught when it does. */
export function teach(namespace: string): void {
  const { fr = {}, en = {} } = dictionaries.get(namespace) ?? {};
  i18next.addResourceBundle("fr", namespace, withMany(fr));
  i18next.addResourceBundle("en", namespace, en);
}

/** French has a third plural, of whole millions, which reads as the second. */
const withMany = (texts: Dictionary): Dictionary => ({
  ...texts,
  ...Object.fromEntries(
    Object.entries(texts)
      .filter(([key]) => key.endsWith("_other"))
      .map(([key, text]) => [key.replace(/_other$/, "_many"), text]),
  ),
});
