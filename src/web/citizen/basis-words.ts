// The town's legal bases (RGPD art. 6(1)) as people read them, and what each means for them.
import type { Language } from "./view.js";

interface Words {
  readonly title: string;
  readonly meaning: string;
}

const words: Readonly<Record<string, Readonly<Record<Language, Words>>>> = {
  consent: {
    fr: {
      title: "Votre accord",
      meaning:
        "Rien n’est transmis sans votre accord. Vous pouvez le retirer à tout moment, aussi simplement que vous l’avez donné.",
    },
    en: {
      title: "Your consent",
      meaning: "Nothing is passed on without your consent. You can withdraw it at any time, as simply as you gave it.",
    },
  },
  "public-task": {
    fr: {
      title: "Une mission de service public",
      meaning:
        "Votre accord n’est pas demandé, mais vous pouvez vous opposer pour une raison qui tient à votre situation.",
    },
    en: {
      title: "A public task",
      meaning: "Your consent is not asked for, but you can object for a reason that has to do with your situation.",
    },
  },
  "legal-obligation": {
    fr: {
      title: "Une obligation légale",
      meaning:
        "La loi impose cette transmission\u00a0: elle ne dépend pas de votre accord et ne permet pas de s’y opposer.",
    },
    en: {
      title: "A legal obligation",
      meaning: "The law requires it: it does not depend on your consent, and there is no right to object.",
    },
  },
  "vital-interest": {
    fr: {
      title: "La sauvegarde de la vie",
      meaning: "Ces données servent à protéger la vie d’une personne\u00a0: votre accord n’est pas demandé.",
    },
    en: {
      title: "Protecting life",
      meaning: "This data serves to protect somebody’s life: your consent is not asked for.",
    },
  },
  contract: {
    fr: {
      title: "Un contrat avec vous",
      meaning:
        "Ces données sont nécessaires à un service que vous avez demandé. Pour arrêter, mettez fin à ce service.",
    },
    en: {
      title: "A contract with you",
      meaning: "This data is needed for a service that you asked for. To stop it, end that service.",
    },
  },
};

/** In the order that they are explained in. */
export const peopleBases: readonly string[] = Object.keys(words);

export const basisWords = (basis: string, language: Language): Words =>
  words[basis]?.[language] ?? { title: basis, meaning: "" };
