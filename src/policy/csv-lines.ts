// A rule file's text → lines of cells with their columns. Strict where Casbin's own reader is silent (law 7): what it
// would skip, cut or read otherwise than it looks is a fault here.
import type { FileFault } from "../terms/index.js";
import type { RuleRef } from "./grant.js";

export interface Cell {
  readonly text: string;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** Exclusive. */
  readonly endColumn: number;
}

/** A line as read. What only a fault needs is made when it is looked at: of 100,000 lines few have one. */
export interface CsvLine {
  readonly ref: RuleRef;
  /** Made anew at each look. */
  readonly cells: readonly Cell[];
  /** Column just after the last character. */
  readonly end: number;
}

class LineAsRead implements CsvLine {
  readonly ref: RuleRef;
  readonly #raw: string;

  constructor(ref: RuleRef, raw: string) {
    this.ref = ref;
    this.#raw = raw;
  }

  get cells(): readonly Cell[] {
    return splitCells(this.#raw);
  }

  get end(): number {
    return this.#raw.trimEnd().length + 1;
  }
}

/** Nobody reads a longer rule; RuleRef.text goes into answers and entries. */
export const longestLine = 500;

/**
 * Comments are whole lines that begin with `#` (after spaces). Spaces and tabs around a cell mean nothing, and line
 * ends may be those of Windows (CRLF): Casbin's reader trims both, and git writes them on some machines.
 */
export function readCsvLines(file: string, text: string, report: (fault: FileFault) => void): CsvLine[] {
  const lines: CsvLine[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const fault = lineFault(line, index);
    if (fault !== null) {
      report({ severity: "fault", file, line: index + 1, ...fault });
      continue;
    }
    const trimmed = trim(line);
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const ref = { file, line: index + 1, text: trimmed };
    lines.push(new LineAsRead(ref, line));
  }
  return lines;
}

/** Cells of the line of a file, as `readCsvLines` splits it: for the position of a cell that is looked at later. */
export const cellsOfLine = (raw: string): readonly Cell[] => splitCells(raw.endsWith("\r") ? raw.slice(0, -1) : raw);

/** Spaces and tabs alone: what else `String.trim` takes for space is no space to us. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) start += 1;
  while (end > start && isSpace(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

const isSpace = (character: string | undefined): boolean => character === " " || character === "\t";

function splitCells(line: string): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  for (const part of line.split(",")) {
    const text = trim(part);
    const column = start + (text === "" ? 0 : part.indexOf(text)) + 1;
    cells.push({ text, column, endColumn: column + text.length });
    start += part.length + 1;
  }
  return cells;
}

type LineFault = Pick<FileFault, "code" | "column" | "message"> & { endColumn?: number; suggestion?: string };

/** What may stand on no line, comments among them: it makes a line look other than it is. */
const unseen =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

/** Spaces, tabs and the signs that rules use, in a length that a rule may have: nearly every line, seen in one look. */
const plainLine = new RegExp(`^[\\t !$-&(-:<-_a-~]{0,${longestLine}}$`);

/** What makes a text look other than it is: a byte order mark, and what cannot be seen. @param index of the line, from 0 */
export function hiddenFault(line: string, index: number): LineFault | null {
  if (index === 0 && line.startsWith("\uFEFF")) {
    return at(0, 1, "byte-order-mark", "the file begins with a byte order mark; save it as UTF-8 without BOM");
  }
  const hidden = line.search(unseen);
  if (hidden >= 0) {
    const code = line.charCodeAt(hidden).toString(16).toUpperCase().padStart(4, "0");
    return at(hidden, 1, "control-character", `a character that cannot be seen (U+${code}); delete it`);
  }
  return null;
}

function lineFault(line: string, index: number): LineFault | null {
  if (plainLine.test(line)) return null;
  const hidden = hiddenFault(line, index);
  if (hidden !== null) return hidden;
  return trim(line).startsWith("#") ? null : ruleLineFault(line);
}

function ruleLineFault(line: string): LineFault | null {
  const foreign = line.search(/[^\t -~]/);
  if (foreign >= 0) return foreignCharacter(line, foreign);
  const comment = line.indexOf("#");
  if (comment >= 0) {
    const rest = line.trimEnd().length - comment;
    return at(
      comment,
      rest,
      "trailing-comment",
      "a comment must be a line of its own; Casbin would read it as a value",
    );
  }
  const quote = line.search(/["'`]/);
  if (quote >= 0) return at(quote, 1, "quote", "values are written without quotes");
  const semicolon = line.indexOf(";");
  if (semicolon >= 0) {
    return { ...at(semicolon, 1, "wrong-separator", "columns are separated by `,`, not `;`"), suggestion: "," };
  }
  if (line.length > longestLine) {
    return at(longestLine, line.length - longestLine, "line-too-long", `a rule has at most ${longestLine} characters`);
  }
  return null;
}

/** Letters of other alphabets that look like a Latin one: the usual way for a name to be read as another. */
const looksLike: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: "a",
    в: "b",
    с: "c",
    е: "e",
    һ: "h",
    і: "i",
    ј: "j",
    ӏ: "l",
    о: "o",
    р: "p",
    ѕ: "s",
    х: "x",
    у: "y",
    ԁ: "d",
    А: "A",
    В: "B",
    С: "C",
    Е: "E",
    Н: "H",
    І: "I",
    Ј: "J",
    К: "K",
    М: "M",
    О: "O",
    Р: "P",
    Ѕ: "S",
    Т: "T",
    Х: "X",
    α: "a",
    ο: "o",
    ρ: "p",
    ν: "v",
    ι: "i",
    Α: "A",
    Β: "B",
    Ε: "E",
    Η: "H",
    Ι: "I",
    Κ: "K",
    Μ: "M",
    Ν: "N",
    Ο: "O",
    Ρ: "P",
    Τ: "T",
    Χ: "X",
    Ζ: "Z",
    ı: "i",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "٭": "*",
    "∗": "*",
  }),
);

function foreignCharacter(line: string, index: number): LineFault {
  const character = String.fromCodePoint(line.codePointAt(index) ?? 0);
  const start = line.lastIndexOf(",", index) + 1;
  const next = line.indexOf(",", index);
  const cell = line.slice(start, next < 0 ? line.length : next).trim();
  const plain = [...cell]
    .map((letter) => looksLike.get(letter) ?? letter.normalize("NFKD").replace(/\p{M}/gu, ""))
    .join("");
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const message = `the character U+${code} is not one of A-Z, a-z, 0-9 and the signs that rules use`;
  const fault = at(index, character.length, "foreign-character", message);
  return /^[!-~]+$/.test(plain) ? { ...fault, suggestion: plain } : fault;
}

const at = (index: number, length: number, code: string, message: string): LineFault => ({
  code,
  column: index + 1,
  endColumn: index + 1 + length,
  message,
});
