// The sentences of the annex, in plain words. The law's articles stand where they are meant, for who wants to look.
import { counted, dayWords, durationWords, listWords, type Language, type Text } from "../text.js";
import { officerOf, type TownFacts } from "../town-facts.js";

export interface AnnexTexts {
  readonly title: string;
  readonly why: string;
  readonly short: string;
  readonly recipientFacts: Readonly<
    Record<
      | "application"
      | "recipient"
      | "contact"
      | "purpose"
      | "basis"
      | "ownBasis"
      | "when"
      | "kept"
      | "from"
      | "keptBack",
      string
    >
  >;
  readonly columns: readonly [string, string, string, string];
  readonly special: string;
  readonly several: string;
}

const texts: Readonly<Record<Language, Omit<AnnexTexts, "title" | "why" | "short">>> = {
  fr: {
    recipientFacts: {
      application: "Application",
      recipient: "Destinataire",
      contact: "Pour lui écrire",
      purpose: "À quoi servent les données",
      basis: "Ce qui autorise la ville",
      ownBasis: "Ce que dit le destinataire",
      when: "Accès",
      kept: "Durée de conservation",
      from: "D’où viennent les données",
      keptBack: "Retenu, d’après vos choix",
    },
    columns: ["Catégorie", "Données transmises", "Fois", "Dernière fois"],
    special: "donnée sensible, RGPD art. 9",
    several:
      "Une requête peut porter sur plusieurs personnes à la fois. Dans ce cas, toutes les données qu’elle a obtenues sont mentionnées ici, même si certaines concernaient une autre personne.",
  },
  en: {
    recipientFacts: {
      application: "Application",
      recipient: "Recipient",
      contact: "To write to them",
      purpose: "What the data is for",
      basis: "What allows the town",
      ownBasis: "What the recipient says",
      when: "Accesses",
      kept: "How long it is kept",
      from: "Where the data comes from",
      keptBack: "Kept back, by your choices",
    },
    columns: ["Category", "Data passed on", "Times", "Last time"],
    special: "sensitive, GDPR art. 9",
    several:
      "One request can be about several people. All data that it obtained is then told here, even where some of it was about another person.",
  },
};

export function annexTexts(language: Language, town: TownFacts): AnnexTexts {
  const { displayName } = town;
  const months = town.retention.accessLogMonths;
  const own =
    language === "fr"
      ? {
          title: "Annexe — à qui vos données ont été transmises",
          why: `Cette annexe accompagne la réponse de votre collectivité (${displayName}) à votre demande d’accès (article 15 du règlement général sur la protection des données, RGPD). Elle dit qui a reçu, par la passerelle de partage de la ville, des données qui vous concernent\u00a0: lesquelles, pour quoi faire, avec quelle autorisation, et quand.`,
          short: `Elle est établie d’après le journal des accès, qui garde ${counted("fr", months, "mois", "mois")} d’historique. Ce journal ne contient pas les valeurs elles-mêmes.`,
        }
      : {
          title: "Annex — to whom your data was passed on",
          why: `This annex comes with the answer of your town (${displayName}) to your request for access (article 15 of the General Data Protection Regulation, GDPR). It tells who has received data about you through the town’s gateway: which data, what for, by which right, and when.`,
          short: `It is made from the record of accesses, which goes back ${counted("en", months, "month", "months")}. That record does not hold the values themselves.`,
        };
  return { ...own, ...texts[language] };
}

export const nobody: Text = {
  fr: "Aucune application n’a reçu, par la passerelle, de données qui vous concernent pendant cette période.",
  en: "No application has received data about you through the gateway in this time.",
};

export const summary = (language: Language, recipients: number, times: number): string =>
  language === "fr"
    ? `${counted("fr", recipients, "destinataire a reçu", "destinataires ont reçu")} des données qui vous concernent, en ${counted("fr", times, "accès", "accès")}.`
    : `${counted("en", recipients, "recipient has", "recipients have")} received data about you, in ${counted("en", times, "access", "accesses")}.`;

export const whenWords = (language: Language, times: number, first: string, last: string): string => {
  if (first === last)
    return language === "fr"
      ? `${counted("fr", times, "accès", "accès")}, le ${dayWords("fr", first)}`
      : `${counted("en", times, "access", "accesses")}, on ${dayWords("en", first)}`;
  return language === "fr"
    ? `${counted("fr", times, "accès", "accès")}, du ${dayWords("fr", first)} au ${dayWords("fr", last)}`
    : `${counted("en", times, "access", "accesses")}, from ${dayWords("en", first)} to ${dayWords("en", last)}`;
};

export const keptWords = (language: Language, retention: string | null): string => {
  if (retention === null)
    return language === "fr" ? "Non déclarée\u00a0: demandez-la au destinataire." : "Not declared: ask the recipient.";
  return language === "fr"
    ? `${durationWords("fr", retention)} chez le destinataire, d’après sa convention avec la ville`
    : `${durationWords("en", retention)} at the recipient, by its agreement with the town`;
};

/** @param datasets what the town calls them */
export const sourceWords = (language: Language, datasets: readonly string[]): string =>
  language === "fr"
    ? `Fichiers de la ville\u00a0: ${listWords("fr", datasets)}`
    : `The town’s files: ${listWords("en", datasets)}`;

export const staffWords = (language: Language, times: number, first: string, last: string): string =>
  language === "fr"
    ? `Des agents de la ville ont cherché dans le journal ce qui vous concerne (${whenWords("fr", times, first, last)}), par exemple pour répondre à votre demande. Ils agissent sous l’autorité de la ville\u00a0: ce ne sont pas des destinataires. Chacune de ces recherches est elle-même inscrite au journal.`
    : `Staff of the town have looked in the record for what is about you (${whenWords("en", times, first, last)}), for example to answer your request. They act under the town’s authority and are no recipients. Each of these searches is on record itself.`;

export const lastSections = (language: Language, town: TownFacts): readonly (readonly [string, readonly string[]])[] =>
  language === "fr" ? frenchSections(town) : englishSections(town);

const writeTo = ({ contact, ...town }: TownFacts): string => officerOf(town) ?? contact;

function frenchSections(town: TownFacts): readonly (readonly [string, readonly string[]])[] {
  return [
    [
      "Ce qu’il faut savoir aussi",
      [
        "La passerelle transmet les données sans en garder de copie. Elle ne prend aucune décision à votre sujet.",
        "Aucune convention ne prévoit de transfert hors de l’Union européenne.",
        "Ce qu’un destinataire fait des données reçues relève de sa propre réponse\u00a0: vous pouvez lui adresser la même demande.",
      ],
    ],
    [
      "Vos droits",
      [
        "Faire corriger une donnée inexacte (RGPD, art. 16) ou la faire effacer (art. 17), faire limiter son usage (art. 18).",
        "Vous opposer, pour une raison qui tient à votre situation, à ce qui repose sur une mission de service public (art. 21).",
        "Retirer votre accord à tout moment, là où c’est lui qui autorise la ville (art. 7). Ce qui a déjà été transmis ne l’a pas été à tort.",
        `Pour exercer ces droits, écrivez au délégué à la protection des données (${town.displayName})\u00a0: ${writeTo(town)}.`,
      ],
    ],
    [
      "Si vous n’êtes pas satisfait",
      [
        "Vous pouvez adresser une réclamation à la CNIL (art. 77)\u00a0: www.cnil.fr/fr/plaintes, ou par courrier\u00a0: CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07.",
      ],
    ],
  ];
}

function englishSections(town: TownFacts): readonly (readonly [string, readonly string[]])[] {
  return [
    [
      "What else to know",
      [
        "The gateway passes data on and keeps no copy of it. It takes no decision about you.",
        "No agreement provides for a transfer outside the European Union.",
        "What a recipient does with the data is for its own answer: you can send it the same request.",
      ],
    ],
    [
      "Your rights",
      [
        "To have wrong data corrected (GDPR art. 16) or erased (art. 17), and to have its use restricted (art. 18).",
        "To object, for a reason that has to do with your situation, to what rests on a public task (art. 21).",
        "To withdraw your consent at any time where it is what allows the town (art. 7). What was passed on before was not wrong.",
        `To use these rights, write to the data protection officer (${town.displayName}): ${writeTo(town)}.`,
      ],
    ],
    [
      "If you are not satisfied",
      [
        "You can complain to the CNIL, the French data protection authority (art. 77): www.cnil.fr/fr/plaintes, or by post: CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07.",
      ],
    ],
  ];
}
