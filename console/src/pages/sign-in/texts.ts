import { defineTexts } from "../../app/texts.js";

export const signInTexts = defineTexts("sign-in", {
  fr: {
    title: "Se connecter à la console",
    lead: "La console montre qui a lu quelles données, quand et pourquoi. Ce que vous y lisez est enregistré aussi.",
    withProvider: "Se connecter avec le compte de {{town}}",
    link: "Démonstration\u00a0: ouvrez le lien à usage unique qui s’affiche là où la passerelle a démarré. Pour en obtenir un autre\u00a0:",
    nowhere:
      "Aucune connexion du personnel n’est réglée ici. L’administrateur en règle une dans gateway.yaml, à la rubrique «\u00a0staff\u00a0».",
    faultLink:
      "Ce lien ne vaut plus\u00a0: il a déjà servi, ou son heure est passée. La commande ci-dessous en donne un autre.",
    faultProvider: "La connexion n’a pas abouti. Réessayez\u00a0; si cela dure, prévenez l’équipe informatique.",
  },
  en: {
    title: "Sign in to the console",
    lead: "The console shows who read which data, when and why. What you read there is recorded too.",
    withProvider: "Sign in with the account of {{town}}",
    link: "Demonstration: open the one-time link that is shown where the gateway was started. To get another one:",
    nowhere:
      "No way for staff to sign in is set up here. The administrator sets one up in gateway.yaml, under “staff”.",
    faultLink:
      "This link is no longer good: it was used already, or its hour is over. The command below gives another.",
    faultProvider: "Signing in did not succeed. Try again; if it goes on, tell the IT team.",
  },
});
