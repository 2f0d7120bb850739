// A line that is being written, as cells: more forgiving than the validator, which alone says what is wrong.
export interface LineCell {
  /** Trimmed. */
  readonly text: string;
  /** UTF-16 units from 0, of `text`; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface LineAt {
  /** `p` or `g`; anything else as it is written. */
  readonly section: string;
  readonly cells: readonly LineCell[];
  /** In which cell the position lies. */
  readonly index: number;
  /** That cell, stretched to the position where it lies in the spaces around. */
  readonly here: LineCell;
}

/** No rule is longer; the rest of such a line is not looked at. */
const longestLine = 2_000;

/** @param line without its end. Null: a comment, or too long */
export function cellsAt(line: string, character: number): LineAt | null {
  if (line.length > longestLine || line.trimStart().startsWith("#")) return null;
  const cells: LineCell[] = [];
  let [from, index] = [0, 0];
  for (const part of line.split(",")) {
    if (from <= character) index = cells.length;
    const text = part.trim();
    // Between spaces alone a cell begins where the next word would: behind the first of them.
    const start = from + (text === "" ? Math.min(1, part.length) : part.indexOf(text));
    cells.push({ text, start, end: start + text.length });
    from += part.length + 1;
  }
  const cell = cells[index];
  if (cell === undefined) return null;
  const here =
    cell.text === ""
      ? { text: "", start: character, end: character }
      : { ...cell, start: Math.min(cell.start, character), end: Math.max(cell.end, character) };
  return { section: cells[0]?.text ?? "", cells, index, here };
}

export const ruleColumns = ["section", "application", "purpose", "field", "rows", "mask", "effect"] as const;
const memberColumns = ["section", "application", "group"] as const;
export type Column = (typeof ruleColumns)[number] | "group";

/** What the cell is for; null: beyond the last column, or of no known line. */
export function columnOf({ section, index }: Pick<LineAt, "section" | "index">): Column | null {
  if (index === 0) return "section";
  const columns: readonly Column[] = section === "p" ? ruleColumns : section === "g" ? memberColumns : [];
  return columns[index] ?? null;
}

/** The text of a rule's column, empty where it is not written yet. */
export const cellText = ({ cells }: Pick<LineAt, "cells">, column: (typeof ruleColumns)[number]): string =>
  cells[ruleColumns.indexOf(column)]?.text ?? "";
