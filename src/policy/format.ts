// Rule files laid out so that columns stand under each other. Cells, comments, blank lines and their order are what they
// were: a formatted file means exactly what it meant.
import type { FileFault } from "../terms/index.js";
import { longestLine, readCsvLines, trim, type CsvLine } from "./csv-lines.js";
import { FaultList } from "./faults.js";
import { readLine } from "./read-rules.js";

export interface FormattedFile {
  /** Null where a line is not understood: then the file must stay as it is. */
  readonly text: string | null;
  /** What is wrong with the lines' shapes; names are not looked up here. */
  readonly faults: readonly FileFault[];
}

/**
 * `p` lines are aligned with each other throughout the file, `g` lines likewise; lines end with LF, the last one too.
 * @param file its path, for the faults
 */
export function formatRules(file: string, text: string): FormattedFile {
  const faults = new FaultList();
  const lines = readCsvLines(file, text, faults.add);
  for (const line of lines) readLine(line, faults);
  if (faults.faulty) return { text: null, faults: faults.sorted() };
  const widths = { p: widthsOf(lines, "p"), g: widthsOf(lines, "g") };
  const rules = new Map(lines.map((line) => [line.ref.line, line]));
  const written = text.split("\n").map((raw, at) => {
    const line = rules.get(at + 1);
    if (line === undefined) return trim(raw.endsWith("\r") ? raw.slice(0, -1) : raw);
    return laidOut(line, line.cells[0]?.text === "g" ? widths.g : widths.p);
  });
  while (written.at(-1) === "") written.pop();
  return { text: written.map((line) => `${line}\n`).join(""), faults: [] };
}

/** The widest cell of each column. */
function widthsOf(lines: readonly CsvLine[], section: "p" | "g"): readonly number[] {
  const widths: number[] = [];
  for (const { cells } of lines) {
    if (cells[0]?.text !== section) continue;
    for (const [at, { text }] of cells.entries()) widths[at] = Math.max(widths[at] ?? 0, text.length);
  }
  return widths;
}

/** Never longer than a rule may be: a file that was understood stays one. */
function laidOut({ cells }: CsvLine, widths: readonly number[]): string {
  const texts = cells.map(({ text }) => text);
  const aligned = texts.map((text, at) => (at === texts.length - 1 ? text : `${text},`.padEnd((widths[at] ?? 0) + 2)));
  const ways = [aligned.join(""), texts.join(", "), texts.join(",")];
  return ways.find((way) => way.length <= longestLine) ?? texts.join(",");
}
