// What the pages say when something cannot be done, in French: what happened, and what to do.
import type { ErrorKind } from "./view.js";

interface ErrorText {
  readonly title: string;
  readonly text: string;
  /** On the button that leads on. */
  readonly next: string;
}

export const errorsFr: Readonly<Record<ErrorKind, ErrorText>> = {
  "not-found": {
    title: "Cette page n’existe pas",
    text: "L’adresse est peut-être incomplète, ou la page a changé de place.",
    next: "Revenir à l’accueil",
  },
  expired: {
    title: "Votre session est terminée",
    text: "Par sécurité, la connexion se ferme après 15 minutes sans activité, et au plus tard après 8 heures. Rien n’a été enregistré depuis votre dernière confirmation.",
    next: "Se connecter à nouveau",
  },
  "unknown-person": {
    title: "Nous ne vous trouvons pas dans nos registres",
    text: "La connexion a réussi, mais aucune fiche de la collectivité ne correspond à votre identité. C’est le cas si vous n’utilisez aucun de ses services, ou si une fiche est mal orthographiée. Écrivez à la collectivité pour le vérifier.",
    next: "Revenir à l’accueil",
  },
  "ambiguous-person": {
    title: "Nous ne pouvons pas vous distinguer",
    text: "Plusieurs fiches de la collectivité correspondent à votre identité. Par prudence, aucune n’est affichée. Écrivez à la collectivité\u00a0: elle réunira ou distinguera ces fiches.",
    next: "Revenir à l’accueil",
  },
  "sign-in-failed": {
    title: "La connexion n’a pas abouti",
    text: "La demande a expiré, a été commencée dans une autre fenêtre, ou le service de connexion ne l’a pas acceptée. Recommencez depuis l’accueil.",
    next: "Recommencer",
  },
  "sign-in-cancelled": {
    title: "Connexion abandonnée",
    text: "Vous avez quitté la page de connexion. Rien n’a été enregistré.",
    next: "Revenir à l’accueil",
  },
  "too-many": {
    title: "Trop de demandes à la fois",
    text: "Le service reçoit beaucoup de demandes. Attendez une minute et recommencez.",
    next: "Revenir à l’accueil",
  },
  forged: {
    title: "Cette demande n’a pas été acceptée",
    text: "Elle ne semble pas venir de cette page\u00a0: elle est peut-être ouverte depuis longtemps, ou dans une autre fenêtre. Rien n’a été enregistré. Revenez à vos choix et recommencez.",
    next: "Revenir à mes choix",
  },
  "too-large": {
    title: "Cette demande est trop longue",
    text: "Raccourcissez votre texte et recommencez. Rien n’a été enregistré.",
    next: "Revenir à mes choix",
  },
  gone: {
    title: "Cette décision n’est plus possible",
    text: "La convention a pris fin, a changé, ou cette décision ne vous revient plus. Rien n’a été enregistré.",
    next: "Revenir à mes choix",
  },
  "decides-alone": {
    title: "Cette décision revient à l’enfant",
    text: "Pour ce service en ligne, un enfant de 15 ans ou plus décide seul, avec son propre compte. Rien n’a été enregistré.",
    next: "Revenir à mes choix",
  },
  "too-young": {
    title: "Une personne responsable de vous doit décider",
    text: "À votre âge, cette décision revient à une personne responsable de vous, avec son propre compte. Rien n’a été enregistré.",
    next: "Revenir à mes choix",
  },
  unavailable: {
    title: "Le service ne répond pas",
    text: "Un service nécessaire est arrêté pour l’instant. Rien n’a été enregistré. Réessayez dans quelques minutes.",
    next: "Réessayer",
  },
  "not-offered": {
    title: "La connexion n’est pas ouverte ici",
    text: "Cette collectivité n’a pas encore ouvert la connexion des habitants.",
    next: "Revenir à l’accueil",
  },
};
