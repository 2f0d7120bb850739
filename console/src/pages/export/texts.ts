import { defineTexts } from "../../app/texts.js";

export const exportTexts = defineTexts("export", {
  fr: {
    title: "Exporter cette recherche",
    holds_one: "Le fichier contiendra exactement ce que cette recherche trouve\u00a0: {{count, number}} consultation.",
    holds_other:
      "Le fichier contiendra exactement ce que cette recherche trouve\u00a0: {{count, number}} consultations.",
    holdsMore:
      "Le fichier contiendra exactement ce que cette recherche trouve\u00a0: plus de {{shown}} consultations, sans limite de nombre.",
    holdsUnknown: "Le fichier contiendra exactement ce que cette recherche trouve, sans limite de nombre.",
    never:
      "Aucune donnée transmise n’y figure\u00a0: le journal garde quels champs ont été lus, jamais leur contenu. Les personnes y sont désignées par un code.",
    recorded: "Cet export est inscrit au journal, avec votre nom et la recherche.",
    all: "Toutes les consultations du journal",
    search: "Recherche",
    format: "Format",
    csv: "Tableur (CSV)",
    hint_csv: "Une ligne par consultation, pour Excel ou LibreOffice.",
    jsonl: "Données complètes (JSON Lines)",
    hint_jsonl: "Tout ce que le journal garde de chaque consultation, pour un programme.",
    pdf: "Document (PDF)",
    hint_pdf: "Une liste lisible et datée, à joindre à un dossier. Au plus 3\u00a0000 consultations.",
    evidence: "Dossier de preuve",
    hint_evidence:
      "Les consultations avec leurs preuves, pour qu’un tiers vérifie sans nous qu’elles n’ont pas été modifiées.",
    language: "Langue du document",
    fr: "Français",
    en: "Anglais",
    download: "Télécharger",
    cancel: "Annuler",
  },
  en: {
    title: "Export this search",
    holds_one: "The file will hold exactly what this search finds: {{count, number}} access.",
    holds_other: "The file will hold exactly what this search finds: {{count, number}} accesses.",
    holdsMore: "The file will hold exactly what this search finds: more than {{shown}} accesses, without a limit.",
    holdsUnknown: "The file will hold exactly what this search finds, without a limit.",
    never:
      "No data that left is in it: the record keeps which fields were read, never what they held. People stand in it as a code.",
    recorded: "This export is written into the record, with your name and the search.",
    all: "All accesses of the record",
    search: "Search",
    format: "Format",
    csv: "Spreadsheet (CSV)",
    hint_csv: "One line for each access, for Excel or LibreOffice.",
    jsonl: "Complete data (JSON Lines)",
    hint_jsonl: "Everything that the record keeps of each access, for a program.",
    pdf: "Document (PDF)",
    hint_pdf: "A readable, dated list to put on file. At most 3,000 accesses.",
    evidence: "Evidence bundle",
    hint_evidence:
      "The accesses with their proofs, so that somebody else can check without us that nobody changed them.",
    language: "Language of the document",
    fr: "French",
    en: "English",
    download: "Download",
    cancel: "Cancel",
  },
});
