// Why something was refused, in both languages, for who is not a programmer.
import type { FieldRefused } from "../../accesslog/index.js";
import { answerErrors, type AnswerErrorCode } from "../../terms/index.js";
import type { Text } from "../text.js";

const reasons: Readonly<Record<FieldRefused["reason"], Text>> = {
  denied: { fr: "Une règle l’interdit.", en: "A rule denies it." },
  "no-rule": { fr: "Aucune règle ne l’ouvre.", en: "No rule opens it." },
  "not-in-agreement": {
    fr: "Une règle l’ouvre, mais la convention ne le prévoit pas.",
    en: "A rule opens it, but the agreement does not list it.",
  },
  "no-citizen": {
    fr: "Ouvert pour les données de la personne connectée, et personne n’était connecté.",
    en: "Open for a signed-in person’s own data, and nobody was signed in.",
  },
  "not-visible": {
    fr: "Aucune ligne n’en est ouverte à cette application, ou pas toutes celles sur lesquelles elle voulait choisir.",
    en: "No row of it is open to this application, or not every row that it was to choose by.",
  },
  "statistics-only": {
    fr: "Ouvert aux statistiques seulement\u00a0: aucune valeur isolée n’en sort.",
    en: "It is open to statistics alone: no single value of it leaves.",
  },
  masked: {
    fr: "Partagé sous une forme masquée, sur laquelle on ne peut ni filtrer ni trier.",
    en: "It is shared masked, and cannot be filtered or sorted on so.",
  },
};

export const reasonText = (reason: string): Text =>
  Object.entries(reasons).find(([known]) => known === reason)?.[1] ?? { fr: reason, en: reason };

/** The catalogue's sentences are for builders and in English; a DPO reads what it was in a few words. */
const french: Readonly<Record<AnswerErrorCode, string>> = {
  NOT_AUTHENTICATED: "La clé d’accès n’est pas valable.",
  AGREEMENT_NOT_IN_FORCE: "La convention de cette clé n’est pas en vigueur.",
  CITIZEN_NOT_AUTHENTICATED: "Le jeton de la personne connectée n’est pas accepté.",
  CITIZEN_NOT_KNOWN: "Les registres de la ville ne connaissent pas la personne connectée, ou en connaissent plusieurs.",
  CITIZEN_NOT_CHECKED: "L’identité de la personne connectée n’a pas pu être vérifiée\u00a0: rien n’a été répondu.",
  REQUEST_NOT_UNDERSTOOD: "La demande n’est pas une requête GraphQL.",
  GRAPHQL_PARSE_FAILED: "La requête comporte une faute de syntaxe.",
  GRAPHQL_VALIDATION_FAILED: "La requête ne correspond pas au schéma.",
  BAD_USER_INPUT: "Une variable ou un argument a une valeur que le schéma n’accepte pas.",
  OPERATION_RESOLUTION_FAILURE: "Le document ne contient pas l’opération demandée.",
  METHOD_NOT_ALLOWED: "Seul POST est accepté.",
  MEDIA_TYPE_NOT_SUPPORTED: "Le corps de la demande n’est pas du JSON en UTF-8.",
  NOT_ACCEPTABLE: "Le format de réponse demandé n’existe pas ici.",
  REQUEST_TOO_LARGE: "La demande dépasse la taille permise.",
  LIMIT_EXCEEDED: "La requête demande plus que la limite.",
  COST_EXCEEDED: "La requête pourrait coûter plus que ce que cette convention permet.",
  THROTTLED: "Cette convention a épuisé ce qu’elle pouvait demander pour l’instant.",
  FIELD_NOT_SHARED: "Ce champ n’est pas partagé avec cette application pour cette finalité.",
  FILTER_NOT_SHARED: "Cette application ne peut ni filtrer ni trier sur ce champ pour cette finalité.",
  INVALID_ID: "Ce n’est pas un identifiant donné à cette convention.",
  INVALID_CURSOR: "Ce n’est pas un curseur donné à cette convention.",
  PAGE_NOT_AVAILABLE: "Les lignes de cette page ne se trouvent pas dans les limites fixées.",
  SOURCE_UNAVAILABLE: "Le service de la ville derrière ce champ ne répond pas comme il devrait.",
  CLIENT_GONE: "La connexion a été fermée avant que la demande ne soit traitée.",
  OVERLOADED: "Trop de demandes à la fois.",
  RATE_LIMITED: "Trop de demandes par minute.",
  ACCESS_LOG_UNAVAILABLE: "L’accès n’a pas pu être enregistré\u00a0: rien n’a été répondu.",
  CONSENT_UNAVAILABLE: "Les décisions des personnes n’ont pas pu être lues\u00a0: rien n’a été répondu.",
  NOT_READY: "Aucune version des règles n’est en vigueur, ou elle ne peut pas être lue.",
  INTERNAL_SERVER_ERROR: "Une panne de notre côté\u00a0: rien n’a été répondu.",
};

/** @param code of the answer, or of a refusal to staff */
export function errorText(code: string): Text {
  const known = Object.keys(answerErrors).find((each): each is AnswerErrorCode => each === code);
  if (known !== undefined) return { fr: french[known], en: answerErrors[known].sentence };
  if (code === "FORBIDDEN")
    return { fr: "Les rôles de cette personne ne l’ouvrent pas.", en: "This person’s roles do not open it." };
  return { fr: code, en: code };
}
