// Which language the console speaks: the one chosen here, else the first of the browser's that we have, else French.
import i18next from "i18next";
import { useCallback } from "react";
import { initReactI18next, useTranslation } from "react-i18next";
import { dictionaries, languages, teach, type Language, type Texts } from "./texts.js";

const kept = "passerelle-language";

const isLanguage = (text: string | null | undefined): text is Language => languages.some((each) => each === text);

/** @param wished as `navigator.languages` has them: `fr-FR`, `en` */
export const chooseLanguage = (chosen: string | null, wished: readonly string[]): Language =>
  isLanguage(chosen) ? chosen : (wished.map((each) => each.slice(0, 2).toLowerCase()).find(isLanguage) ?? "fr");

/** Storage is refused in some private windows: the choice then lasts as long as the page. */
function readKept(): string | null {
  try {
    return localStorage.getItem(kept);
  } catch {
    return null;
  }
}

export async function startLanguage(): Promise<void> {
  const language = chooseLanguage(readKept(), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: [],
    keySeparator: false,
    nsSeparator: false,
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
    react: { useSuspense: false },
  });
  for (const namespace of dictionaries.keys()) teach(namespace);
  document.documentElement.lang = language;
}

export async function speak(language: Language): Promise<void> {
  try {
    localStorage.setItem(kept, language);
  } catch {
    // See readKept.
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return isLanguage(i18n.language) ? i18n.language : "fr";
}

export type Translate<Key extends string> = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

/** What `useTexts` gives for these texts: `Said<typeof overviewTexts>`. */
export type Said<Of> = Of extends Texts<infer Key> ? Translate<Key> : never;

/** The texts of a page in the language spoken: `const t = useTexts(overviewTexts)`. */
export function useTexts<Key extends string>(texts: Texts<Key>): Translate<Key> {
  const { t } = useTranslation(texts.namespace);
  return t as unknown as Translate<Key>;
}

/** Of a text that the gateway gives in both languages. */
export function useSaid(): (text: { readonly fr: string; readonly en: string }) => string {
  const language = useLanguage();
  return useCallback((text) => text[language], [language]);
}
