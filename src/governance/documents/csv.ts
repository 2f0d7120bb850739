// Files for a spreadsheet (RFC 4180): with `;` where the reader's spreadsheets expect it, and a byte order mark, without
// which Excel misreads accents.
import type { Language } from "../text.js";

export const csvStart = "\ufeff";

export const csvLine = (cells: readonly string[], language: Language): string =>
  `${cells.map(cell).join(language === "fr" ? ";" : ",")}\r\n`;

/** A text that begins like a formula would be run by the spreadsheet: an apostrophe makes it a text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";,\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
