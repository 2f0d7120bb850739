// Exactly a search of the access log as a file of lines: for a spreadsheet, or for a program.
import type { StoredEntry } from "../../accesslog/index.js";
import { localTime } from "../../terms/index.js";
import type { Language } from "../text.js";
import { csvLine, csvStart } from "./csv.js";
import type { Ending } from "./document.js";
import { endingWords, incompleteWords } from "./ending.js";
import {
  basisWords,
  cellsWithheld,
  fieldsLeft,
  fieldsRefused,
  outcomeTitle,
  rowsLeft,
  staffAct,
  staffName,
} from "./entry-words.js";

/** How a file of lines is written. Each text ends with its line. */
export interface LineForm {
  readonly start: string;
  entry(entry: StoredEntry): string;
  end(ending: Ending): string;
  /** What it ends in when reading failed. */
  incomplete(entries: number): string;
}

const columns = {
  fr: [
    ...["N°", "Jour", "Heure", "Résultat", "Application", "Finalité", "Convention", "Version de la convention"],
    ...["Base légale", "Champs transmis", "Lignes", "Personnes", "Cellules retenues", "Champs refusés", "Agent"],
    ...["Action de l’agent", "Clé", "Version des règles", "Opération", "Identifiant", "Empreinte", "Intact"],
  ],
  en: [
    ...["No.", "Day", "Time", "Outcome", "Application", "Purpose", "Agreement", "Version of the agreement"],
    ...["Legal basis", "Fields that left", "Rows", "People", "Cells withheld", "Fields refused", "Staff"],
    ...["What staff did", "Key", "Policy version", "Operation", "Id", "Hash", "Intact"],
  ],
} as const satisfies Record<Language, readonly string[]>;

export const csvForm = (language: Language, timeZone: string): LineForm => ({
  start: csvStart + csvLine(columns[language], language),
  entry: (entry) => csvLine(cellsOf(entry, language, timeZone), language),
  end: (ending) => csvLine([endingWords(ending, language)], language),
  incomplete: (entries) => csvLine([incompleteWords(entries, language)], language),
});

function cellsOf(entry: StoredEntry, language: Language, timeZone: string): string[] {
  const { index, leafHash, intact, body } = entry;
  const [day = "", time = ""] = localTime(body.at, timeZone).split(" ");
  const yes = language === "fr" ? "oui" : "yes";
  const no = language === "fr" ? "NON, ALTÉRÉ" : "NO, ALTERED";
  return [
    ...[String(index), day, time, outcomeTitle(body.outcome)[language]],
    ...[body.application ?? "", body.purpose ?? "", body.agreement ?? ""],
    ...[body.agreementVersion === null ? "" : String(body.agreementVersion), basisWords(body.basis, language)],
    ...[fieldsLeft(entry), String(rowsLeft(entry)), String(body.subjects), String(cellsWithheld(entry))],
    ...[fieldsRefused(entry), staffName(entry, language), staffAct(entry), body.key ?? "", body.policyVersion ?? ""],
    ...[body.operation ?? "", body.id, leafHash, intact ? yes : no],
  ];
}

/** JSON Lines: each entry as `npx passerelle log --json` writes it, and a last line that says the end. */
export const jsonForm: LineForm = {
  start: "",
  entry: ({ index, leafHash, intact, body, personal }) => line({ index, leafHash, intact, body, personal }),
  end: ({ entries, checkpoint }) => line({ end: { entries, complete: true, checkpoint } }),
  incomplete: (entries) => line({ end: { entries, complete: false, INCOMPLETE: incompleteWords(entries, "en") } }),
};

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
