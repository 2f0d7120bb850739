// The written policy: how long the access log is kept and why, with the town's own figures, for its DPO to show and sign.

export interface RetentionTerms {
  /** As people read it. */
  readonly town: string;
  readonly contact: string;
  /** Months that the content of entries is kept. */
  readonly months: number;
  /** Why more than twelve months; null: it is not more. */
  readonly reason: string | null;
  /** Years that the proof of a decision is kept after it ended. */
  readonly consentProofYears: number;
}

/** Markdown. */
export const retentionPolicy = (terms: RetentionTerms): { readonly fr: string; readonly en: string } => ({
  fr: french(terms),
  en: english(terms),
});

/** A reason is one line of text of the town's: it makes no heading of its own. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function french({ town, contact, months, reason, consentProofYears }: RetentionTerms): string {
  const why =
    reason === null
      ? "La CNIL recommande de conserver les données de journalisation entre six mois et un an (délibération n° 2021-122 du 14 octobre 2021)."
      : `La CNIL recommande six mois à un an, et admet jusqu'à trois ans pour une raison établie (délibération n° 2021-122 du 14 octobre 2021). La raison de la collectivité : ${oneLine(reason)}`;
  return `# Conservation du journal des accès — ${oneLine(town)}

Chaque accès aux données partagées par la passerelle est inscrit au journal avant que la réponse ne parte : quelle application, pour quelle finalité, sous quelle convention, quels champs, combien de lignes, quelles personnes. Le journal ne contient aucune des valeurs communiquées.

## Durée

Le contenu de chaque inscription est conservé **${String(months)} mois**, comptés du jour de l'accès (heure de la collectivité), puis supprimé automatiquement, une fois par jour. ${why}

## Ce qui est supprimé

- le texte de l'inscription, et la partie qui désigne les personnes (jetons, personne connectée, nom donné à l'opération) ;
- tout ce qui permet de la retrouver par une recherche, et les totaux qui en sont tirés ;
- le décompte des demandes rejetées ;
- le texte des opérations et le contenu des versions de la politique que plus aucune inscription ne nomme.

## Ce qui reste

- pour chaque inscription, son empreinte (SHA-256) et un identifiant tiré au hasard, qui ne disent rien de l'accès ni de quiconque : ils permettent de prouver que le reste du journal n'a pas été modifié ;
- les états signés du journal ;
- la mention de chaque suppression : sa date, le jour avant lequel les accès ont été supprimés, leur nombre. Elle est elle-même inscrite au journal.

## Avant ce terme

La partie qui désigne une personne peut être effacée plus tôt, sur décision du DPO et d'une seconde personne, avec un motif (RGPD, art. 17). Rien d'autre ne peut l'être : la base de données refuse la suppression de toute inscription de moins de six mois.

## Preuves des consentements

Ce qu'une personne a décidé est conservé comme preuve ${String(consentProofYears)} ans après la fin de sa décision (RGPD, art. 7(1) ; Code civil, art. 2224). Cette suppression se fait à la main, personne par personne.

Contact : ${oneLine(contact)}
`;
}

function english({ town, contact, months, reason, consentProofYears }: RetentionTerms): string {
  const why =
    reason === null
      ? "The CNIL recommends keeping such records for six months to a year (délibération 2021-122 of 14 October 2021)."
      : `The CNIL recommends six months to a year, and admits up to three years for an established reason (délibération 2021-122 of 14 October 2021). The town's reason: ${oneLine(reason)}`;
  return `# How long the access log is kept — ${oneLine(town)}

Each access to data shared through the gateway is recorded before the answer leaves: which application, for which purpose, under which agreement, which fields, how many rows, which people. The record holds none of the values that were given.

## Time

The content of each entry is kept for **${String(months)} months**, counted from the day of the access (the town's time), and is then removed automatically, once a day. ${why}

## What is removed

- the entry's text, and the part that names people (tokens, the signed-in person, the name given to the operation);
- all that finds it in a search, and the totals drawn from it;
- the counts of requests that were turned away;
- the text of operations and the content of policy versions that no entry names any more.

## What stays

- of each entry its hash (SHA-256) and an identifier drawn at random, which tell nothing of the access or of anybody: they prove that the rest of the record was not changed;
- the signed states of the log;
- that something was removed: when, of days before which day, and how many entries. Each removal is an entry of the log itself.

## Before that time

The part that names a person can be erased earlier, when the DPO and a second person decide it, with a reason (GDPR art. 17). Nothing else can: the database refuses to remove any entry that is younger than six months.

## Proof of consents

What a person decided is kept as proof for ${String(consentProofYears)} years after the decision ended (GDPR art. 7(1); Code civil, art. 2224). It is removed by hand, person by person.

Contact: ${oneLine(contact)}
`;
}
