import { defineTexts } from "../../app/texts.js";

export const recordTexts = defineTexts("record", {
  fr: {
    lead: "Le journal des accès est-il ce qu’il était\u00a0? Qui l’a vu, combien de temps est-il gardé\u00a0?",
    what_INTACT:
      "Chaque inscription a été comparée à ce qui a été signé. Une modification, une suppression ou un ajout se verrait ici.",
    what_ALTERED:
      "Conservez une copie de la base de données et des états signés, puis prévenez le délégué à la protection des données et l’équipe informatique. Les inscriptions en cause sont nommées ci-dessous.",
    what_UNCHECKED: "La vérification se fait seule après le démarrage. Revenez dans quelques minutes.",
    what_BEHIND:
      "Les accès sont toujours inscrits avant que la réponse ne parte, mais les plus récents ne sont pas encore signés. L’équipe informatique doit regarder le journal de la passerelle.",

    faults: "Ce qui ne concorde pas",
    faultsLead: "Les plus petites plages d’inscriptions que l’on peut prouver.",
    range: "(inscriptions {{from}} à {{to}})",

    signed: "État signé",
    signedLead:
      "La passerelle signe régulièrement l’état du journal\u00a0: ce qui est signé ne peut plus changer sans que cela se voie.",
    all: "Inscriptions au journal",
    checked: "Dernière vérification",
    checkedAt_one: "{{count, number}} inscription, le {{moment}}",
    checkedAt_other: "{{count, number}} inscriptions, le {{moment}}",
    checkpoint: "Dernier état signé",
    timestamped: "Horodaté par un tiers",
    never: "pas encore",

    witnesses: "Témoins",
    witnessesLead:
      "Un témoin est une autre machine, hors de portée des administrateurs de la passerelle, qui suit le journal et contresigne ce qu’elle a vu.",
    noWitness:
      "Aucun témoin n’a encore contresigné. Le délégué à la protection des données peut en lancer un sur son propre poste\u00a0: npx passerelle witness.",
    witnessTable: "Témoins et ce qu’ils ont vu",
    witness: "Témoin",
    seen: "Inscriptions vues",
    seenAt: "Le",

    retention: "Conservation",
    retentionLead:
      "Le contenu des inscriptions est supprimé au terme\u00a0; leurs empreintes restent, pour que le reste puisse être prouvé.",
    kept: "Durée",
    months_one: "{{count, number}} mois",
    months_other: "{{count, number}} mois",
    oldest: "Plus ancienne inscription lisible",
    removed: "Contenus supprimés",
    entries_one: "{{count, number}} inscription",
    entries_other: "{{count, number}} inscriptions",
    lastRun: "Dernière suppression",
    nextRun: "Prochaine suppression",
    notPlanned: "non prévue",

    policy: "Politique de conservation",
    policyLead: "Le texte à montrer et à signer, avec les durées réglées ici.",
  },
  en: {
    lead: "Is the record what it was? Who has seen it, and how long is it kept?",
    what_INTACT: "Each entry was compared with what was signed. A change, a removal or an addition would show here.",
    what_ALTERED:
      "Keep a copy of the database and of the signed states, then tell the data protection officer and the IT team. The entries concerned are named below.",
    what_UNCHECKED: "The check is made by itself after the start. Come back in some minutes.",
    what_BEHIND:
      "Accesses are still recorded before the answer leaves, but the newest are not signed yet. The IT team should look at the gateway’s own log.",

    faults: "What does not agree",
    faultsLead: "The smallest ranges of entries that can be proved.",
    range: "(entries {{from}} to {{to}})",

    signed: "Signed state",
    signedLead: "The gateway signs the state of the record regularly: what is signed cannot change without it showing.",
    all: "Entries of the record",
    checked: "Last check",
    checkedAt_one: "{{count, number}} entry, {{moment}}",
    checkedAt_other: "{{count, number}} entries, {{moment}}",
    checkpoint: "Newest signed state",
    timestamped: "Timestamped by a third party",
    never: "not yet",

    witnesses: "Witnesses",
    witnessesLead:
      "A witness is another machine, out of reach of the gateway’s administrators, that follows the record and countersigns what it has seen.",
    noWitness:
      "No witness has countersigned yet. The data protection officer can run one on their own machine: npx passerelle witness.",
    witnessTable: "Witnesses and what they have seen",
    witness: "Witness",
    seen: "Entries seen",
    seenAt: "On",

    retention: "Retention",
    retentionLead:
      "The content of entries is removed when their time is over; their hashes stay, so that the rest can be proved.",
    kept: "Time",
    months_one: "{{count, number}} month",
    months_other: "{{count, number}} months",
    oldest: "Oldest readable entry",
    removed: "Contents removed",
    entries_one: "{{count, number}} entry",
    entries_other: "{{count, number}} entries",
    lastRun: "Last removal",
    nextRun: "Next removal",
    notPlanned: "not planned",

    policy: "Retention policy",
    policyLead: "The text to show and to sign, with the times that are set here.",
  },
});
