// The history as a file for a spreadsheet.
import { clock, textsIn } from "./texts.js";
import type { AccessView, Language } from "./view.js";

/** RFC 4180, with `;` where the reader's spreadsheets expect it, and a byte order mark, without which Excel misreads accents. */
export function historyCsv(accesses: readonly AccessView[], language: Language, timeZone: string): string {
  const { historyPage } = textsIn(language);
  const separator = language === "fr" ? ";" : ",";
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  const rows = accesses.map(({ at, by, read, withheld }) => [
    day.format(new Date(at)),
    clock(at, language, timeZone),
    by?.title ?? historyPage.staff,
    by?.recipient ?? "",
    by?.purpose ?? "",
    read.join(" | "),
    withheld.join(" | "),
  ]);
  const lines = [historyPage.columns, ...rows].map((cells) => cells.map(cell).join(separator));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

/** A text that begins like a formula would be run by the spreadsheet: an apostrophe makes it a text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";,\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
