import { defineTexts } from "../../app/texts.js";

export const signInTexts = defineTexts("sign-in", {
  fr: {
    title: "Se connecter à la console",
    lead: "La console montre qui a lu quelles données, quand et pourquoi. Ce que vous y lisez est enregistré aussi.",
    withTown: "Se connecter avec le compte {{town}}",
    link: "Démonstration\u00a0: ouvrez le lien à usage unique qui s’affiche là où la passerelle a démarré. Pour en obtenir un autre\u00a0:",
    nowhere:
      "Aucune connexion du personnel n’est réglée ici. L’administrateur en règle une dans gateway.yaml, à la rubrique «\u00a0staff\u00a0».",
    faultLink:
      "Ce lien ne vaut plus\u00a0: il a déjà servi, ou son heure est passée. La commande ci-dessous en donne un autre.",
    why_cancelled: "La connexion a été annulée. Vous pouvez recommencer.",
    why_refused: "La connexion n’a pas abouti. Réessayez\u00a0; si cela dure, prévenez l’équipe informatique.",
    why_email: "Votre compte ne dit pas d’adresse électronique vérifiée\u00a0: demandez à l’équipe informatique.",
    "why_unknown-person":
      "Votre compte est reconnu, mais aucun rôle ne vous est donné ici. L’administrateur peut vous en donner un dans gateway.yaml.",
    why_unavailable: "Le service de connexion ne répond pas. Réessayez dans quelques minutes.",
    "why_too-many": "Trop de connexions en peu de temps. Attendez une minute, puis réessayez.",
  },
  en: {
    title: "Sign in to the console",
    lead: "The console shows who read which data, when and why. What you read there is recorded too.",
    withTown: "Sign in with your {{town}} account",
    link: "Demonstration: open the one-time link that is shown where the gateway was started. To get another one:",
    nowhere:
      "No way for staff to sign in is set up here. The administrator sets one up in gateway.yaml, under “staff”.",
    faultLink:
      "This link is no longer good: it was used already, or its hour is over. The command below gives another.",
    why_cancelled: "Signing in was cancelled. You can begin again.",
    why_refused: "Signing in did not succeed. Try again; if it goes on, tell the IT team.",
    why_email: "Your account tells no verified e-mail address: ask the IT team.",
    "why_unknown-person":
      "Your account is recognised, but no role is given to you here. The administrator can give you one in gateway.yaml.",
    why_unavailable: "The sign-in service does not answer. Try again in some minutes.",
    "why_too-many": "Too many sign-ins in a short time. Wait a minute, then try again.",
  },
});
