// What each key takes, and how it is explained.
import { parseMoment } from "../moments.js";
import { anyStaff, logOutcomes, type BothLanguages, type LogKey } from "./query.js";

interface KeyRule {
  /** Shown beside the key where it is offered. */
  readonly title: BothLanguages;
  readonly example: string;
  /** Whether a value can be one at all. Names are checked by form alone, so that no free text gets into a search. */
  readonly form: (value: string) => boolean;
  /** An entry has one value of it at most: two such terms can contradict each other. */
  readonly single: boolean;
  /** `key:a,b` makes no sense for a limit of time. */
  readonly list: boolean;
}

const matching =
  (form: RegExp) =>
  (value: string): boolean =>
    form.test(value);
const name = matching(/^[a-z][a-z0-9-]{0,62}$/);
const typeName = "[A-Za-z_][A-Za-z0-9_]{0,99}";
const scheme = "[A-Za-z][A-Za-z0-9_-]{0,62}";

/** Whether the text is a moment as people write one: `7d`, `2026-11-01`, `2026-11-01T08:30`, RFC 3339. */
const isMoment = (text: string): boolean =>
  parseMoment(text, { now: new Date("2026-01-01T00:00:00Z"), timeZone: "UTC", edge: "start" }) !== null;

const names = { single: true, list: true } as const;
const many = { single: false, list: true } as const;
const limit = { single: false, list: false } as const;

export const keyRules: Readonly<Record<LogKey, KeyRule>> = {
  app: { ...names, form: name, example: "cantine-plus", title: { fr: "l'application", en: "the application" } },
  agreement: {
    ...names,
    form: matching(/^[a-z][a-z0-9-]{0,62}(\/[a-z][a-z0-9-]{0,62})?$/),
    example: "cantine-plus/school-meals",
    title: { fr: "la convention", en: "the agreement" },
  },
  purpose: { ...names, form: name, example: "school-meals", title: { fr: "la finalité", en: "the purpose" } },
  dataset: {
    ...many,
    form: matching(new RegExp(`^${typeName}$`)),
    example: "Resident",
    title: { fr: "un jeu de données demandé", en: "a dataset that was asked for" },
  },
  field: {
    ...many,
    form: matching(new RegExp(`^${typeName}\\.${typeName}$`)),
    example: "Resident.email",
    title: {
      fr: "un champ demandé : lu, retenu ou refusé",
      en: "a field that was asked for: read, withheld or refused",
    },
  },
  person: {
    ...many,
    form: matching(new RegExp(`^${scheme}(:[^]{1,200}|~[A-Za-z0-9_-]{1,1000})$`)),
    example: "resident:123",
    title: { fr: "une personne concernée, par sa clé", en: "a person the data is about, by their key" },
  },
  outcome: {
    ...names,
    form: (value) => logOutcomes.some((known) => known === value),
    example: "refused",
    title: { fr: "l'issue de la demande", en: "how the request ended" },
  },
  basis: { ...names, form: name, example: "public-task", title: { fr: "la base légale", en: "the legal basis" } },
  after: {
    ...limit,
    form: isMoment,
    example: "2026-11-01",
    title: { fr: "à partir de ce jour ou moment", en: "from this day or moment on" },
  },
  before: {
    ...limit,
    form: isMoment,
    example: "2026-12-01",
    title: { fr: "avant ce jour ou moment", en: "before this day or moment" },
  },
  on: {
    ...many,
    form: (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isMoment(value),
    example: "2026-11-23",
    title: { fr: "un jour entier", en: "a whole day" },
  },
  key: {
    ...names,
    form: matching(/^[A-Za-z0-9_-]{1,100}$/),
    example: "k7f3a",
    title: { fr: "la clé d'accès, par son identifiant", en: "the access key, by its id" },
  },
  policy: {
    ...names,
    form: matching(/^[0-9a-f]{6,64}$/),
    example: "4f0c21ab",
    title: {
      fr: "la version des règles, par le début de son empreinte",
      en: "the policy version, by the beginning of its hash",
    },
  },
  staff: {
    ...names,
    form: (value) => value === anyStaff || /^[^\s*,"]{1,200}$/u.test(value),
    example: anyStaff,
    title: { fr: "un agent de la ville (* : n'importe lequel)", en: "one of the town's staff (*: anybody)" },
  },
};

/** What people write who know other tools, or French. */
export const otherWords: Readonly<Record<string, LogKey>> = {
  application: "app",
  convention: "agreement",
  accord: "agreement",
  finalité: "purpose",
  finalite: "purpose",
  jeu: "dataset",
  type: "dataset",
  champ: "field",
  personne: "person",
  subject: "person",
  user: "person",
  resident: "person",
  issue: "outcome",
  résultat: "outcome",
  resultat: "outcome",
  status: "outcome",
  base: "basis",
  since: "after",
  from: "after",
  depuis: "after",
  après: "after",
  apres: "after",
  until: "before",
  avant: "before",
  day: "on",
  jour: "on",
  le: "on",
  clé: "key",
  cle: "key",
  version: "policy",
  règles: "policy",
  regles: "policy",
  agent: "staff",
  who: "staff",
  by: "staff",
};
