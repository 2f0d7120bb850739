// Everything that the citizen's pages say, in French. texts-en.ts has the same keys: its type is this file's.
import { errorsFr } from "./texts-fr-errors.js";
import type { DecisionName } from "./view.js";

const q = (text: string): string => `«\u00a0${text}\u00a0»`;

export const fr = {
  service: "Mes données et mes choix",
  skip: "Aller au contenu",
  menu: "Menu principal",
  overview: "Qui demande mes données",
  history: "Qui les a consultées",
  data: "Mes droits",
  signIn: (town: string) => `Se connecter avec le compte ${town}`,
  signOut: "Se déconnecter",
  signedInAs: (name: string) => `Connexion\u00a0: ${name}`,
  contactLabel: "Contact",
  dpoLabel: "Délégué à la protection des données",
  cnil: "Vous pouvez aussi saisir la CNIL",
  cnilUrl: "https://www.cnil.fr/fr/plaintes",
  noScript: "Cette page fonctionne sans JavaScript, sans publicité et sans mesure d’audience.",
  cookies:
    "Deux cookies au plus, nécessaires au service\u00a0: la connexion, effacé à la déconnexion, et la langue que vous avez choisie.",
  myself: "Moi",
  aboutMe: "Ce qui me concerne",
  child: (at: number, number: string) => `Enfant ${String(at)} (n°\u00a0${number})`,
  aboutChild: (at: number, number: string) => `Ce qui concerne votre enfant ${String(at)}, numéro d’usager ${number}`,
  named: (name: string, number: string | null) => (number === null ? name : `${name} (n°\u00a0${number})`),
  aboutNamed: (name: string, number: string | null) =>
    `Ce qui concerne ${name}${number === null ? "" : `, numéro d’usager ${number}`}`,
  onPage: "Sur cette page",

  welcome: {
    title: "Vos données, vos choix",
    lead: (town: string) =>
      `${town} confie certaines données de ses services à des applications, champ par champ, dans le cadre de conventions signées. Ici, vous voyez qui demande ou consulte les données qui vous concernent, et pour quelle raison. Vous donnez, refusez ou retirez votre accord, ou vous vous opposez\u00a0: votre choix compte dès la consultation suivante.`,
    before: "Pour vous reconnaître, nous utilisons le compte que vous avez déjà avec la collectivité.",
    notOffered:
      "La connexion des habitants n’est pas encore ouverte ici. Pour toute question, écrivez à la collectivité.",
    nobody: "Ce qui est partagé sans concerner personne",
    nobodyLead:
      "Ces données décrivent des lieux ou des services, jamais des personnes. Elles sont ouvertes à tous, sans clé.",
    nobodyEmpty: "Aucun jeu de données n’est ouvert pour l’instant.",
    verify: "Vérifier un reçu",
    verifyLead: "Vous avez un reçu de décision\u00a0? Vous pouvez vérifier qu’il vient bien de la collectivité.",
  },

  agreements: {
    title: "Qui demande ou consulte mes données",
    hello: (name: string) => `Bonjour ${name}`,
    lead: "Chaque encadré est une convention entre la collectivité et un organisme. Rien n’est coché d’avance\u00a0: sans réponse de votre part, ce qui demande votre accord reste fermé.",
    none: "Aucune convention ne porte sur ces données.",
    hidden:
      "La loi permet, pour certaines missions (par exemple une enquête), de ne pas informer les personnes. De telles conventions, s’il y en a, ne figurent pas sur cette page.",
    waiting: (count: number) =>
      count === 1 ? "1 demande attend votre réponse" : `${String(count)} demandes attendent votre réponse`,
    nothingWaiting: "Aucune demande n’attend votre réponse.",
    for: "Pour",
    recipient: "Qui reçoit les données",
    roles: {
      controller: "responsable du traitement\u00a0: décide lui-même de ce qu’il en fait, dans le but indiqué",
      "joint-controller": "responsable conjoint avec la collectivité",
      processor: "sous-traitant\u00a0: agit pour le compte de la collectivité",
    },
    recipientBasis: "Fondement invoqué par cet organisme",
    basis: "Pourquoi la collectivité peut les transmettre",
    until: "Jusqu’à quand",
    untilDay: (from: string, until: string) => `du ${from} au ${until}`,
    retention: "Durée de conservation par l’organisme",
    retentionNone: "non précisée dans la convention",
    standing: {
      "in-force": "En vigueur",
      "not-yet": "Pas encore en vigueur",
      suspended: "Suspendue\u00a0: rien n’est transmis",
      ended: "Terminée\u00a0: plus rien n’est transmis",
    },
    fields: "Données concernées",
    special: "donnée sensible",
    whole: "L’ensemble des données",
    others: (count: number) => (count === 1 ? "1 autre" : `${String(count)} autres`),
    added: "ajout",
    inUnit: (unit: string, title: string) => `${q(unit)}, ${title}`,
    allFields: (count: number) => `Voir les ${String(count)} données`,
    read: "Voir les consultations de cette application",
  },

  states: {
    asked: "Attend votre réponse",
    again: "Attend votre réponse\u00a0: la convention a changé depuis votre dernier choix",
    given: (day: string) => `Accord donné le ${day}`,
    refused: (day: string) => `Refusé le ${day}`,
    withdrawn: (day: string) => `Accord retiré le ${day}`,
    "waits-for-child": "Votre accord est donné\u00a0; il manque celui de l’enfant",
    "waits-for-guardian": "Votre accord est donné\u00a0; il manque celui d’un responsable",
    "asked-of-guardian": "Vos responsables décident pour vous",
    "asked-of-child": "L’enfant décide lui-même",
    shared: "Transmis pour une mission de service public",
    objected: (day: string) => `Opposition déposée le ${day}\u00a0: en attente de réponse`,
    "objection-upheld": (day: string) => `Opposition acceptée le ${day}`,
    "objection-rejected": (day: string) => `Opposition rejetée le ${day}`,
    "not-asked": "Sans accord à donner",
  },
  explain: {
    asked: "Tant que vous n’avez pas répondu, ces données ne sont pas transmises.",
    given: "Ces données peuvent être transmises. Vous pouvez revenir sur votre choix à tout moment.",
    closed: "Ces données ne sont pas transmises. Vous pouvez changer d’avis à tout moment.",
    "waits-for-child":
      "Ces données ne sont pas transmises tant que l’enfant n’a pas donné son accord avec son propre compte.",
    "waits-for-guardian":
      "Ces données ne sont pas transmises tant qu’un responsable n’a pas donné son accord avec son propre compte.",
    "asked-of-guardian": "Avant 18 ans, une personne responsable de vous décide avec son propre compte.",
    "asked-of-child": "Pour cette convention, la personne est assez grande pour décider seule, avec son propre compte.",
    shared:
      "Vous n’avez pas d’accord à donner, mais vous pouvez vous opposer pour une raison qui tient à votre situation.",
    objected: "Pendant l’examen, ces données ne sont pas transmises.",
    "objection-upheld": "Ces données ne sont plus transmises.",
    "objection-rejected":
      "Ces données sont transmises. Vous pouvez contester cette réponse auprès de la CNIL ou du tribunal administratif.",
    "not-asked":
      "La transmission ne dépend pas de votre accord. Vous pouvez demander à la collectivité de vous l’expliquer.",
    reason: "Motif de la réponse",
  },
  actions: {
    given: "Donner mon accord",
    refused: "Refuser",
    withdrawn: "Retirer mon accord",
    objected: "M’opposer",
    "objection-withdrawn": "Retirer mon opposition",
  } satisfies Record<DecisionName, string>,

  confirm: {
    titles: {
      given: "Donner votre accord",
      refused: "Refuser",
      withdrawn: "Retirer votre accord",
      objected: "Vous opposer",
      "objection-withdrawn": "Retirer votre opposition",
    } satisfies Record<DecisionName, string>,
    lead: "Rien n’est encore enregistré. Voici exactement ce que vous décidez\u00a0; ce texte est conservé avec votre décision et figure sur le reçu.",
    shown: "Votre décision",
    yes: {
      given: "Confirmer\u00a0: je donne mon accord",
      refused: "Confirmer\u00a0: je refuse",
      withdrawn: "Confirmer\u00a0: je retire mon accord",
      objected: "Confirmer\u00a0: je m’oppose",
      "objection-withdrawn": "Confirmer\u00a0: je retire mon opposition",
    } satisfies Record<DecisionName, string>,
    no: "Revenir sans rien changer",
    reason: "Votre raison",
    reasonHint:
      "Dites en quelques phrases ce qui, dans votre situation, justifie l’opposition. N’écrivez rien sur votre santé ou sur d’autres personnes si ce n’est pas nécessaire. Le délégué à la protection des données lira ce texte. 2\u00a0000 caractères au plus.",
    noReason: "Écrivez votre raison\u00a0: la loi la demande pour examiner l’opposition.",
    longReason: "Votre raison dépasse 2\u00a0000 caractères\u00a0: raccourcissez-la.",
    changed: "Ce qui est demandé a changé pendant que vous lisiez. Relisez le texte ci-dessous avant de confirmer.",
    problem: "Il y a un problème",
  },

  /** The text that is kept: no name of a person stands in it. */
  shown: {
    what: {
      given: (town: string, recipient: string) =>
        `J’accepte que ${town} transmette à ${recipient} les données ci-dessous.`,
      refused: (town: string, recipient: string) =>
        `Je refuse que ${town} transmette à ${recipient} les données ci-dessous.`,
      withdrawn: (town: string, recipient: string) =>
        `Je retire mon accord\u00a0: ${town} ne doit plus transmettre à ${recipient} les données ci-dessous.`,
      objected: (town: string, recipient: string) =>
        `Je m’oppose à ce que ${town} transmette à ${recipient} les données ci-dessous.`,
      "objection-withdrawn": (town: string, recipient: string) =>
        `Je retire mon opposition\u00a0: ${town} peut de nouveau transmettre à ${recipient} les données ci-dessous.`,
    } satisfies Record<DecisionName, (town: string, recipient: string) => string>,
    forChild: "Je décide pour un enfant dont je suis responsable.",
    application: (title: string, agreement: string, version: number) =>
      `Application\u00a0: ${title} (convention ${agreement}, version ${String(version)}).`,
    purpose: (title: string, text: string) => `But\u00a0: ${title}. ${text}`,
    basis: (title: string) => `Fondement\u00a0: ${title}.`,
    data: (fields: string) => `Données\u00a0: ${fields}.`,
    recipient: (name: string, role: string, contact: string) => `Destinataire\u00a0: ${name} (${role}), ${contact}.`,
    until: (day: string) => `Valable jusqu’au ${day} au plus tard.`,
    retention: (duration: string) => `Conservation par le destinataire\u00a0: ${duration}.`,
    after: {
      given:
        "Je peux retirer cet accord à tout moment, aussi simplement que je le donne. Ce retrait ne remet pas en cause ce qui a été fait avant.",
      refused: "Mon refus compte dès la prochaine consultation. Je peux changer d’avis à tout moment.",
      withdrawn:
        "Mon retrait compte dès la prochaine consultation. L’organisme est averti qu’il doit effacer ce qu’il a reçu.",
      objected:
        "Pendant l’examen de mon opposition, ces données ne sont pas transmises. Une réponse motivée me sera donnée ici.",
      "objection-withdrawn": "Les données peuvent être transmises dès la prochaine consultation.",
    } satisfies Record<DecisionName, string>,
  },

  done: {
    titles: {
      given: "Votre accord est enregistré",
      refused: "Votre refus est enregistré",
      withdrawn: "Votre accord est retiré",
      objected: "Votre opposition est enregistrée",
      "objection-withdrawn": "Votre opposition est retirée",
    } satisfies Record<DecisionName, string>,
    counts: "Ce choix compte dès la prochaine consultation.",
    file: "recu",
    receipt: "Télécharger le reçu",
    receiptLead:
      "Le reçu est un fichier signé par la collectivité\u00a0: il prouve ce qui a été décidé, quand, et avec quel texte sous les yeux. Gardez-le\u00a0; il ne contient pas votre nom.",
    verify: "Comment vérifier un reçu",
    back: "Revenir à mes choix",
  },

  historyPage: {
    title: "Qui a consulté mes données",
    lead: "Chaque consultation par une application est enregistrée avant que la réponse ne parte. La plus récente vient d’abord.",
    counts: "Ce qui compte comme une consultation",
    countsText:
      "Une ligne apparaît quand une application a reçu au moins une donnée d’une fiche qui vous concerne. Le registre garde quels champs sont partis et de qui parlait la réponse, jamais les valeurs. Quand une même réponse parlait de plusieurs personnes, un champ affiché peut avoir été lu pour d’autres que vous. Vos propres visites sur ces pages n’y figurent pas.",
    hidden: "Les consultations que la loi permet de taire ne sont pas listées.",
    filters: "Choisir ce qui est affiché",
    person: "Personne",
    application: "Application",
    everyApplication: "Toutes",
    month: "Mois",
    everyMonth: "Tous",
    show: "Afficher",
    none: "Aucune consultation n’est enregistrée.",
    noneFiltered: "Aucune consultation ne correspond à ce choix.",
    older: "Plus anciennes",
    newest: "Revenir aux plus récentes",
    csv: "Télécharger en CSV (tableur)",
    csvHint: "Les 5\u00a0000 consultations les plus récentes de ce choix, au plus.",
    at: "à",
    read: "Données lues",
    withheld: "Demandées, mais retenues selon vos choix",
    staff: "Service de la collectivité",
    staffText:
      "Un agent habilité a consulté ce que la passerelle garde sur vous\u00a0: le registre des consultations ou vos décisions.",
    why: "But",
    columns: ["date", "heure", "application", "destinataire", "but", "donnees_lues", "donnees_retenues"],
    file: "consultations",
  },

  dataPage: {
    title: "Mes droits",
    lead: (town: string) =>
      `${town} répond de cette passerelle. Voici ce qu’elle garde sur vous, et comment exercer vos droits.`,
    holds: "Ce que la passerelle garde",
    holdsList: [
      "Vos décisions (accord, refus, retrait, opposition), avec la date et le texte que vous aviez sous les yeux\u00a0: c’est la preuve que la loi demande (RGPD, article 7).",
      "Le registre des consultations\u00a0: qui a lu quels champs, quand et pourquoi, sans aucune valeur.",
      "La raison d’une opposition, si vous en avez écrit une.",
      "Votre session de connexion, chiffrée, pendant 8 heures au plus.",
    ],
    pseudonym: "Dans tous ces registres, vous figurez sous un pseudonyme chiffré, jamais sous votre nom.",
    notHere:
      "Les données elles-mêmes restent dans les services de la collectivité\u00a0; la passerelle n’en fait pas de copie.",
    rights: "Vos droits",
    rightsList: [
      ["Accès et copie", "Demandez une copie de tout ce que la passerelle garde sur vous (RGPD, article 15)."],
      ["Rectification", "Une donnée est fausse\u00a0? Le service qui la tient la corrige (article 16)."],
      [
        "Effacement",
        "Le registre et la preuve de vos décisions sont gardés jusqu’au terme de leur conservation\u00a0; le reste peut être effacé (article 17).",
      ],
      ["Opposition", "Elle se fait sur la page des demandes, pour chaque convention de service public (article 21)."],
      ["Réclamation", "Vous pouvez à tout moment saisir la CNIL."],
    ],
    ask: "À qui écrire",
    askText:
      "Écrivez à l’adresse ci-dessous en disant ce que vous demandez. Une réponse vous est due dans le mois. Ne joignez pas de pièce d’identité avant qu’elle ne vous soit demandée.",
    sector: "Pourquoi l’accord n’est pas toujours demandé",
  },

  signedOut: {
    title: "Vous êtes déconnecté",
    text: "Votre session est fermée sur ce site. Sur un ordinateur partagé, fermez aussi le navigateur.",
    again: "Revenir à l’accueil",
  },

  errors: errorsFr,
  write: "À qui écrire\u00a0:",

  durations: {
    years: ["an", "ans"],
    months: ["mois", "mois"],
    weeks: ["semaine", "semaines"],
    days: ["jour", "jours"],
    hours: ["heure", "heures"],
    and: " et ",
  },
};

export type Texts = typeof fr;
