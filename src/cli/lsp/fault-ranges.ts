// Where a fault stands, as the protocol counts: lines and UTF-16 units from 0.
import type { Range } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { FileFault } from "../../terms/index.js";

/** Places of one text. Made once for all of its faults. */
export class FaultRanges {
  readonly #document: TextDocument;
  /** Offsets of the lines as the text's own reader counts them. */
  readonly #starts: readonly number[];

  /**
   * @param path a GraphQL document ends its lines at a lone CR too, as the protocol does; rule files and YAML do not
   */
  constructor(path: string, text: string) {
    this.#document = TextDocument.create("", "", 0, text);
    const ends = path.endsWith(".csv") || path.endsWith(".yaml") ? /\n/g : /\r\n|\r|\n/g;
    this.#starts = [0, ...[...text.matchAll(ends)].map((end) => end.index + end[0].length)];
  }

  /** Without an end of its own a fault is as long as the word that it begins at, and one character at least. */
  of({ line, column, endColumn }: Pick<FileFault, "line" | "column" | "endColumn">): Range {
    const text = this.#document.getText();
    const start = this.#offset(line, column);
    const end = endColumn === undefined ? start + wordAt(text, start) : this.#offset(line, endColumn);
    return { start: this.#document.positionAt(start), end: this.#document.positionAt(end) };
  }

  #offset(line: number, column: number): number {
    const start = this.#starts[Math.min(line, this.#starts.length) - 1] ?? 0;
    return Math.min(start + column - 1, this.#starts[line] ?? this.#document.getText().length);
  }
}

function wordAt(text: string, start: number): number {
  const word = /[^\s,]+/y;
  word.lastIndex = start;
  return word.exec(text)?.[0].length ?? 1;
}
