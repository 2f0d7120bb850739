// Security measures (GDPR art. 30(1)(g), 32(1)) of one agreement: what its rules and its basis really do, no promises.
import type { Catalogue } from "../catalogue/index.js";
import type { Snapshot } from "../identity/index.js";
import type { Grant } from "../policy/index.js";
import { wordsFor } from "./field-words.js";
import { counted, listWords, type Text } from "./text.js";

/** @param recordMonths months that the record of accesses keeps its content */
export function securityOf(
  snapshot: Snapshot,
  grant: Grant | null,
  catalogue: Catalogue | null,
  recordMonths: number,
): Text[] {
  return [
    fieldsOpen(snapshot, grant),
    ...reduced(grant, catalogue),
    ...rowsOf(grant),
    ...peopleDecide(snapshot),
    pseudonyms,
    recorded(recordMonths),
  ];
}

function fieldsOpen({ fields }: Snapshot, grant: Grant | null): Text {
  const open = fields.filter((field) => grant?.decisions.get(field)?.shared === true).length;
  return {
    fr: `Accès champ par champ, fermé par défaut\u00a0: ${counted("fr", open, "champ ouvert", "champs ouverts")} par une règle, sur ${counted("fr", fields.length, "champ convenu", "champs convenus")}.`,
    en: `Access field by field, closed by default: ${counted("en", open, "field", "fields")} opened by a rule, of ${counted("en", fields.length, "agreed field", "agreed fields")}.`,
  };
}

/** Masks: what leaves is less than what the town holds. */
function reduced(grant: Grant | null, catalogue: Catalogue | null): Text[] {
  const masked = [...(grant?.decisions.values() ?? [])].filter((decision) => decision.shared && decision.mask !== "-");
  if (masked.length === 0) return [];
  const names = (language: "fr" | "en"): string =>
    listWords(
      language,
      masked.map(({ coordinate }) => wordsFor(catalogue, coordinate)[language]),
    );
  return [
    {
      fr: `Valeurs réduites avant l’envoi (minimisation)\u00a0: ${names("fr")}.`,
      en: `Values reduced before they leave (minimisation): ${names("en")}.`,
    },
  ];
}

function rowsOf(grant: Grant | null): Text[] {
  const shared = [...(grant?.decisions.values() ?? [])].flatMap((decision) => (decision.shared ? [decision.rows] : []));
  const own = shared.filter((rows) => rows === "own").length;
  const filtered = shared.filter((rows) => rows !== "own" && rows !== "all").length;
  const found: Text[] = [];
  if (own > 0)
    found.push({
      fr: `${counted("fr", own, "champ n’est ouvert", "champs ne sont ouverts")} qu’à la personne connectée, pour elle-même et pour les enfants dont elle répond.`,
      en: `${counted("en", own, "field is", "fields are")} open to the signed-in person alone, for themselves and the children they answer for.`,
    });
  if (filtered > 0)
    found.push({
      fr: `${counted("fr", filtered, "champ n’est ouvert", "champs ne sont ouverts")} que pour une partie des lignes, par un filtre.`,
      en: `${counted("en", filtered, "field is", "fields are")} open for some of the rows alone, by a filter.`,
    });
  return found;
}

function peopleDecide({ basis, units }: Snapshot): Text[] {
  if (units.length === 0) return [];
  if (basis === "consent")
    return [
      {
        fr: "Rien ne sort sans le consentement de la personne\u00a0; un retrait compte dès la requête suivante.",
        en: "Nothing leaves without the person’s consent; a withdrawal counts at the next request.",
      },
    ];
  if (basis === "public-task")
    return [
      {
        fr: "Les données d’une personne qui s’est opposée ne sortent pas, dès la requête suivante (art. 21).",
        en: "Data of a person who has objected does not leave, from the next request on (art. 21).",
      },
    ];
  return [];
}

const pseudonyms: Text = {
  fr: "Identifiants techniques propres à chaque convention\u00a0: deux applications ne peuvent pas les rapprocher. Une clé d’accès par convention, révocable.",
  en: "Technical identifiers of each agreement’s own: two applications cannot match them. An access key for each agreement, which can be revoked.",
};

const recorded = (months: number): Text => ({
  fr: `Chaque accès est inscrit avant la réponse dans un journal signé dont toute altération se voit, gardé ${counted("fr", months, "mois", "mois")}.`,
  en: `Each access is written, before the answer, to a signed record on which any change shows, kept for ${counted("en", months, "month", "months")}.`,
});
