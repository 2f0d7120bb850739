// What is wrong with a line, in sentences that say what to write. A value that was typed is not repeated: it can be a
// person's key.
import { keyRules } from "./keys.js";
import { logOutcomes, type BothLanguages, type LogKey } from "./query.js";

const meantIn = (meant: string | undefined): BothLanguages =>
  meant === undefined
    ? { fr: "", en: "" }
    : { fr: ` Vouliez-vous dire « ${meant} » ?`, en: ` Did you mean "${meant}"?` };

export const sentences = {
  noKey: (meant: string | undefined): BothLanguages => ({
    fr: `Une recherche s'écrit clé:valeur, par exemple app:cantine-plus.${meantIn(meant).fr}`,
    en: `A search is written key:value, such as app:cantine-plus.${meantIn(meant).en}`,
  }),
  unknownKey: (meant: string | undefined): BothLanguages => ({
    fr: `Cette clé n'existe pas.${meantIn(meant).fr} Les clés : ${Object.keys(keyRules).join(", ")}.`,
    en: `There is no such key.${meantIn(meant).en} The keys are ${Object.keys(keyRules).join(", ")}.`,
  }),
  noValue: (key: LogKey): BothLanguages => ({
    fr: `Il manque une valeur, par exemple ${key}:${keyRules[key].example}.`,
    en: `A value is missing, such as ${key}:${keyRules[key].example}.`,
  }),
  badValue: (key: LogKey, meant: string | undefined): BothLanguages => badValue(key, meantIn(meant)),
  oneValue: (key: LogKey): BothLanguages => ({
    fr: `${key}: prend une seule valeur, par exemple ${key}:${keyRules[key].example}.`,
    en: `${key}: takes one value, such as ${key}:${keyRules[key].example}.`,
  }),
  openQuote: { fr: "Ce guillemet n'est pas fermé.", en: "This quote is not closed." },
  tooLong: (most: number): BothLanguages => ({
    fr: `Une recherche a au plus ${most} caractères.`,
    en: `A search has at most ${most} characters.`,
  }),
  tooMany: (most: number): BothLanguages => ({
    fr: `Une recherche a au plus ${most} critères, et ${most} valeurs par critère.`,
    en: `A search has at most ${most} terms, and ${most} values in a term.`,
  }),
  contradiction: (key: LogKey): BothLanguages => ({
    fr: `Un accès n'a qu'une valeur de ${key}: ces critères ensemble ne trouvent rien. L'un ou l'autre s'écrit ${key}:a,b.`,
    en: `An access has one value of ${key}: these terms together find nothing. Either of two is written ${key}:a,b.`,
  }),
  emptyTime: {
    fr: "before: ne vient pas après after:, il n'y a rien entre les deux.",
    en: "before: does not come after after:, there is nothing between them.",
  },
  negatedLimit: (key: LogKey): BothLanguages => {
    const other = key === "after" ? "before" : "after";
    return { fr: `Écrivez ${other}: plutôt que -${key}:.`, en: `Write ${other}: rather than -${key}:.` };
  },
} as const;

function badValue(key: LogKey, meant: BothLanguages): BothLanguages {
  const { example } = keyRules[key];
  if (key === "outcome")
    return {
      fr: `outcome: prend ${logOutcomes.join(", ")}.${meant.fr}`,
      en: `outcome: takes ${logOutcomes.join(", ")}.${meant.en}`,
    };
  if (key === "after" || key === "before")
    return {
      fr: `${key}: prend un jour comme 2026-11-01, un moment comme 2026-11-01T08:30 (heure de la ville), ou 2h, 7d, 4w (il y a).`,
      en: `${key}: takes a day such as 2026-11-01, a moment such as 2026-11-01T08:30 (the town's time), or 2h, 7d, 4w (ago).`,
    };
  if (key === "on")
    return { fr: `on: prend un jour, par exemple ${example}.`, en: `on: takes a day, such as ${example}.` };
  if (key === "person")
    return {
      fr: "person: prend une personne par son registre et sa clé, par exemple person:resident:123.",
      en: "person: takes a person by their register and key, such as person:resident:123.",
    };
  if (key === "policy")
    return {
      fr: "policy: prend le début de l'empreinte d'une version, six chiffres hexadécimaux au moins.",
      en: "policy: takes the beginning of a version's hash, at least six hexadecimal digits.",
    };
  return { fr: `${key}: prend par exemple ${example}.`, en: `${key}: takes for example ${example}.` };
}
