// The register of processing activities as a paper, a spreadsheet or data (GDPR art. 30(1), (4): it is handed to the
// authority on request).
import { dayIn } from "../../terms/index.js";
import { roleTitle } from "../basis-words.js";
import type { StandingName } from "../declared-and-used.js";
import { wordsFor } from "../field-words.js";
import { processingRegister, type PersonalCategory, type ProcessingActivity } from "../processing-register.js";
import { dayWords, type Language, type Text } from "../text.js";
import { officerOf, type TownFacts } from "../town-facts.js";
import type { Catalogue } from "../../catalogue/index.js";
import { csvLine, csvStart } from "./csv.js";
import { wholeOf, type DocumentRequest, type DocumentServices, type ExportedDocument } from "./document.js";
import { Paper } from "./paper.js";

type RegisterRequest = Extract<DocumentRequest, { kind: "register" }>;

const contentTypes = { csv: "text/csv; charset=utf-8", json: "application/json", pdf: "application/pdf" } as const;

export async function exportRegister(
  { tenant, format, language }: RegisterRequest,
  services: DocumentServices,
  town: TownFacts,
): Promise<ExportedDocument> {
  const [agreements, applications, version] = await Promise.all([
    services.agreements(tenant),
    services.applications(tenant),
    services.inForce(tenant),
  ]);
  const activities = processingRegister({ town, agreements, applications, version });
  const made = services.now();
  const day = dayIn(town.timeZone, made);
  const parts: RegisterParts = { town, activities, catalogue: version?.catalogue ?? null, language, day, made };
  const name = language === "fr" ? "registre-traitements" : "processing-register";
  const content = format === "csv" ? csvOf(parts) : format === "json" ? jsonOf(parts) : await paperOf(parts);
  return {
    fileName: `${name}-${tenant}-${day}.${format}`,
    contentType: contentTypes[format],
    stream: wholeOf(content),
  };
}

/** Bounded by the agreements of a town. */
interface RegisterParts {
  readonly town: TownFacts;
  readonly activities: readonly ProcessingActivity[];
  readonly catalogue: Catalogue | null;
  readonly language: Language;
  readonly day: string;
  readonly made: Date;
}

const standings: Readonly<Record<StandingName, Text>> = {
  "in-force": { fr: "en vigueur", en: "in force" },
  suspended: { fr: "suspendu", en: "suspended" },
  ended: { fr: "terminé", en: "ended" },
  "not-begun": { fr: "pas encore commencé", en: "not begun yet" },
};

/** What art. 30(1) asks for, under its letters. */
const labels = {
  fr: {
    activity: "Traitement",
    agreement: "Convention",
    standing: "État",
    controller: "Responsable du traitement (a)",
    contact: "Contact (a)",
    dpo: "Délégué à la protection des données (a)",
    purpose: "Finalité (b)",
    basis: "Base légale (art. 6)",
    subjects: "Personnes concernées (c)",
    categories: "Catégories de données (c)",
    special: "Données sensibles (art. 9)",
    recipient: "Destinataire (d)",
    transfers: "Transferts hors UE (e)",
    retention: "Délais d’effacement (f)",
    security: "Mesures de sécurité (g)",
    sources: "Services d’origine",
    from: "Du",
    until: "Au",
    none: "aucune",
  },
  en: {
    activity: "Processing activity",
    agreement: "Agreement",
    standing: "Standing",
    controller: "Controller (a)",
    contact: "Contact (a)",
    dpo: "Data protection officer (a)",
    purpose: "Purpose (b)",
    basis: "Legal basis (art. 6)",
    subjects: "Data subjects (c)",
    categories: "Categories of data (c)",
    special: "Special categories (art. 9)",
    recipient: "Recipient (d)",
    transfers: "Transfers outside the EU (e)",
    retention: "Time limits for erasure (f)",
    security: "Security measures (g)",
    sources: "Services that the data comes from",
    from: "From",
    until: "Until",
    none: "none",
  },
} as const;

const columns = [
  ...(["activity", "agreement", "standing", "controller", "contact", "dpo", "purpose", "basis", "subjects"] as const),
  ...([
    "categories",
    "special",
    "recipient",
    "transfers",
    "retention",
    "security",
    "sources",
    "from",
    "until",
  ] as const),
];
type Column = (typeof columns)[number];

function cellsOf(
  activity: ProcessingActivity,
  { language, catalogue }: RegisterParts,
): Readonly<Record<Column, string>> {
  const { none } = labels[language];
  const { recipient, categories } = activity;
  const special = categories.filter((category) => category.special);
  const written = (found: readonly PersonalCategory[], apart: string): string =>
    found.length === 0 ? none : found.map((category) => categoryWords(category, catalogue, language)).join(apart);
  return {
    activity: activity.title[language],
    agreement: activity.agreement,
    standing: standings[activity.standing][language],
    controller: activity.controller,
    contact: activity.contact,
    dpo: activity.dpo ?? none,
    purpose: activity.purpose[language],
    basis: activity.basis[language],
    subjects: activity.subjects.length === 0 ? none : activity.subjects.map((text) => text[language]).join(" | "),
    categories: written(categories, " | "),
    special: written(special, " | "),
    recipient: `${recipient.name} (${roleTitle(recipient.role)[language]}) — ${recipient.basis}`,
    transfers: activity.transfers[language],
    retention: activity.retention[language],
    security: activity.security.map((text) => text[language]).join(" | "),
    sources: activity.sources.length === 0 ? none : activity.sources.join(" | "),
    from: activity.from,
    until: activity.until,
  };
}

/** `Nom et prénom : nom d’usage, prénom [pd:Name]` */
function categoryWords(
  { term, title, fields }: PersonalCategory,
  catalogue: Catalogue | null,
  language: Language,
): string {
  const names = fields.map((field) => wordsFor(catalogue, field)[language]).join(", ");
  return `${title[language]}${language === "fr" ? "\u00a0:" : ":"} ${names} [${term}]`;
}

function csvOf(parts: RegisterParts): string {
  const { language, activities } = parts;
  const rows = activities.map((activity) => {
    const cells = cellsOf(activity, parts);
    return columns.map((column) => cells[column]);
  });
  const heads = columns.map((column) => labels[language][column]);
  return csvStart + [heads, ...rows].map((cells) => csvLine(cells, language)).join("");
}

const jsonOf = ({ town, activities, made }: RegisterParts): string =>
  `${JSON.stringify(
    {
      register: "GDPR art. 30(1)",
      controller: { name: town.displayName, contact: town.contact, dpo: officerOf(town) },
      made: made.toISOString(),
      activities,
    },
    null,
    2,
  )}\n`;

async function paperOf(parts: RegisterParts): Promise<Buffer> {
  const { town, activities, language, day, made } = parts;
  const title =
    language === "fr"
      ? `Registre des activités de traitement — ${town.displayName}`
      : `Register of processing activities — ${town.displayName}`;
  const paper = await Paper.begun({ title, foot: title, language, layout: "portrait", madeAt: made });
  paper.title(title);
  paper.paragraph(
    language === "fr"
      ? "Traitements que la ville effectue en partageant des données par sa passerelle (RGPD, art. 30(1)). Le registre est tiré des conventions signées, de la carte des données et des règles en vigueur\u00a0; les lettres renvoient à l’article."
      : "Processing that the town carries out by sharing data through its gateway (GDPR art. 30(1)). The register is drawn from the agreements as signed, the map of the data and the rules in force; letters refer to the article.",
  );
  const { controller, contact, dpo } = labels[language];
  paper.facts([
    [controller, town.displayName],
    [contact, town.contact],
    [dpo, officerOf(town) ?? labels[language].none],
    [language === "fr" ? "Établi le" : "Made on", dayWords(language, day)],
  ]);
  const personal = activities.filter(isPersonal);
  for (const activity of personal) tellActivity(paper, activity, parts);
  const others = activities.filter((activity) => !isPersonal(activity));
  if (others.length > 0) {
    paper.heading(language === "fr" ? "Partages sans donnée personnelle" : "Shared without personal data");
    paper.list(
      others.map(
        (activity) =>
          `${activity.title[language]}\u00a0— ${activity.recipient.name}, ${standings[activity.standing][language]}`,
      ),
    );
  }
  paper.end();
  return paper.taken();
}

const isPersonal = ({ subjects, categories }: ProcessingActivity): boolean => subjects.length + categories.length > 0;

function tellActivity(paper: Paper, activity: ProcessingActivity, parts: RegisterParts): void {
  const { language, catalogue } = parts;
  const words = labels[language];
  const cells = cellsOf(activity, parts);
  paper.heading(cells.activity);
  const days = `${dayWords(language, activity.from)} – ${dayWords(language, activity.until)}`;
  paper.facts([
    [words.agreement, `${cells.agreement}, ${cells.standing}, ${days}`],
    [words.purpose, cells.purpose],
    [words.basis, cells.basis],
    [words.subjects, activity.subjects.map((text) => text[language]).join(", ")],
    [words.categories, activity.categories.map((each) => categoryWords(each, catalogue, language)).join("\n")],
    [words.special, cells.special],
    [words.recipient, cells.recipient],
    [words.transfers, cells.transfers],
    [words.retention, cells.retention],
    [words.sources, activity.sources.join(", ")],
    [words.security, activity.security.map((text) => text[language]).join("\n")],
  ]);
}
