// A file of decisions → its lines, with where each begins. Nothing of what stands in it is repeated in a fault.
import { readFileSync, statSync } from "node:fs";
import { CsvError, parse } from "csv-parse/sync";
import { refuse } from "./failure.js";

export type Dialect = "plain" | "fr";

/** One decision as it is written. */
export interface ImportLine {
  /** From 1, where a person finds it in the file. */
  readonly line: number;
  /** By column; what is empty is not there. */
  readonly cells: ReadonlyMap<string, string>;
}

const needed = ["scheme", "key", "decision", "at", "language", "textVersion"] as const;
const columns: ReadonlySet<string> = new Set([
  ...needed,
  "id",
  "units",
  "fields",
  "until",
  "channel",
  "evidence",
  "guardian",
  "reason",
]);

const maxBytes = 200_000_000;
const maxLines = 1_000_000;

/** @throws CommandFailure that names the line, for a file that cannot be read as a whole */
export function readImport(path: string, name: string, dialect: Dialect): readonly ImportLine[] {
  const text = decode(readBytes(path, name), name, dialect);
  const lines = /\.(jsonl|ndjson)$/i.test(name) ? jsonLines(text, name) : csvLines(text, name, dialect);
  if (lines.length > maxLines) throw refuse(`${name} has more than ${String(maxLines)} lines: import it in parts.`);
  return lines;
}

function readBytes(path: string, name: string): Buffer {
  try {
    if (statSync(path).size <= maxBytes) return readFileSync(path);
  } catch {
    throw refuse(`${name} cannot be read: check its name.`);
  }
  throw refuse(`${name} has more than ${String(maxBytes / 1_000_000)} MB: import it in parts.`);
}

/** What spreadsheets in French save is UTF-8 with a mark, or windows-1252 without one. */
function decode(bytes: Buffer, name: string, dialect: Dialect): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    if (dialect === "fr") return new TextDecoder("windows-1252").decode(bytes);
    throw refuse(`${name} is not UTF-8: save it as UTF-8, or say --dialect fr for a file of a French spreadsheet.`);
  }
}

interface CsvRecord {
  readonly record: readonly string[];
  /** Lines of the file up to this record's end. */
  readonly info: { readonly lines: number };
}

function csvLines(text: string, name: string, dialect: Dialect): ImportLine[] {
  const records = parsed(text, name, dialect);
  const [header, ...rows] = records;
  if (header === undefined) throw refuse(`${name} is empty: its first line must name the columns.`);
  const titles = header.record.map((title) => title.trim());
  checkColumns(
    titles.filter((title) => title !== ""),
    `${name}:1`,
  );
  return rows.map(({ record, info }) => {
    // A record of several lines is told by its last: that is what the parser knows.
    if (record.length > titles.length)
      throw refuse(
        `${name}:${String(info.lines)} has ${String(record.length)} cells, and the first line names ${String(titles.length)} columns.`,
      );
    const cells = record.flatMap((cell, at) => {
      const [title = "", value] = [titles[at], cell.trim()];
      return title === "" || value === "" ? [] : [[title, value] as const];
    });
    return { line: info.lines, cells: new Map(cells) };
  });
}

function parsed(text: string, name: string, dialect: Dialect): CsvRecord[] {
  try {
    // csv-parse does not say in its types that `info` changes what it gives.
    return parse(text, {
      delimiter: dialect === "fr" ? ";" : ",",
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Its own message holds the cell.
    const line: unknown = error["lines"];
    throw refuse(
      `${name}:${typeof line === "number" ? String(line) : "?"} is not readable as CSV: a quote is not closed, or stands within a cell.`,
    );
  }
}

function jsonLines(text: string, name: string): ImportLine[] {
  return text.split(/\r\n|\n|\r/).flatMap((written, at) => {
    if (written.trim() === "") return [];
    const place = `${name}:${String(at + 1)}`;
    const value = objectOf(written);
    if (value === null) throw refuse(`${place} is no JSON object.`);
    checkColumns(Object.keys(value), place, []);
    const cells = Object.entries(value).flatMap(([title, cell]) => {
      const text = Array.isArray(cell) && cell.every((one) => typeof one === "string") ? cell.join(" ") : cell;
      if (text === null || text === "") return [];
      if (typeof text !== "string" && typeof text !== "number")
        throw refuse(`${place}: ${title} must be a text or a number (units and fields also a list of texts).`);
      return [[title, String(text)] as const];
    });
    return [{ line: at + 1, cells: new Map(cells) }];
  });
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** An unknown column is a fault: misspelt, it would be left out of the proof in silence. */
function checkColumns(titles: readonly string[], place: string, wanted: readonly string[] = needed): void {
  const unknown = titles.filter((title) => !columns.has(title));
  const twice = titles.filter((title, at) => titles.indexOf(title) !== at);
  const missing = wanted.filter((title) => !titles.includes(title));
  if (unknown.length > 0)
    throw refuse(
      `${place} has columns that mean nothing here: ${String(unknown.length)}. Known are: ${[...columns].join(", ")}.`,
    );
  if (twice.length > 0) throw refuse(`${place} has a column twice: ${twice.join(", ")}.`);
  if (missing.length > 0) throw refuse(`${place} lacks the columns ${missing.join(", ")}.`);
}
