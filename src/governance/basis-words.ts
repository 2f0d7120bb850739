// The town's legal bases (GDPR art. 6(1)) as they stand in a register.
import type { Text } from "./text.js";

const titles: Readonly<Record<string, Text>> = {
  consent: { fr: "Consentement de la personne (RGPD, art. 6(1)(a))", en: "Consent of the person (GDPR art. 6(1)(a))" },
  contract: { fr: "Contrat avec la personne (RGPD, art. 6(1)(b))", en: "Contract with the person (GDPR art. 6(1)(b))" },
  "legal-obligation": { fr: "Obligation légale (RGPD, art. 6(1)(c))", en: "Legal obligation (GDPR art. 6(1)(c))" },
  "vital-interest": { fr: "Sauvegarde de la vie (RGPD, art. 6(1)(d))", en: "Vital interest (GDPR art. 6(1)(d))" },
  "public-task": { fr: "Mission de service public (RGPD, art. 6(1)(e))", en: "Public task (GDPR art. 6(1)(e))" },
  open: { fr: "Données ouvertes, aucune donnée personnelle", en: "Open data, nothing personal" },
};

export const basisTitle = (basis: string): Text => titles[basis] ?? { fr: basis, en: basis };

const roles: Readonly<Record<string, Text>> = {
  controller: { fr: "responsable de traitement", en: "controller" },
  "joint-controller": { fr: "responsable conjoint", en: "joint controller" },
  processor: { fr: "sous-traitant de la ville", en: "processor for the town" },
};

export const roleTitle = (role: string): Text => roles[role] ?? { fr: role, en: role };
