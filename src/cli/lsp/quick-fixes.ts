// "Did you mean": the validator's suggestion, written by the editor.
import { CodeActionKind, type CodeAction, type Diagnostic, type Range } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { FileFault } from "../../terms/index.js";
import { cellsAt } from "./cells.js";

/** A fault as it was told to the editor. */
export interface Told {
  readonly diagnostic: Diagnostic;
  readonly fault: FileFault;
}

export function quickFixes(document: TextDocument, asked: Range, told: readonly Told[]): CodeAction[] {
  return told.flatMap(({ diagnostic, fault }): CodeAction[] => {
    const { suggestion } = fault;
    if (suggestion === undefined || fault.endColumn === undefined || !meet(diagnostic.range, asked)) return [];
    const range = replaced(document, diagnostic.range, fault);
    const written = document.getText(range);
    // A name in schema.graphql stands in quotes, and the place of the fault holds them.
    const quote = /^(["'])[^"']*\1$/.exec(written)?.[1] ?? "";
    const newText = `${quote}${suggestion}${quote}`;
    return [
      {
        title: `Replace by ${suggestion}`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: true,
        edit: { changes: { [document.uri]: [{ range, newText }] } },
      },
    ];
  });
}

/** Of a letter that only looks right the validator marks the letter, and suggests the whole cell. */
function replaced(document: TextDocument, range: Range, fault: FileFault): Range {
  if (fault.code !== "foreign-character") return range;
  const { line, character } = range.start;
  const cell = cellsAt(lineOf(document, line), character);
  if (cell === null) return range;
  return { start: { line, character: cell.here.start }, end: { line, character: cell.here.end } };
}

/** A line's text without its end. */
export const lineOf = (document: TextDocument, line: number): string =>
  document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }).replace(/[\r\n]+$/, "");

const meet = (a: Range, b: Range): boolean => !before(a.end, b.start) && !before(b.end, a.start);
const before = (a: Range["start"], b: Range["start"]): boolean =>
  a.line < b.line || (a.line === b.line && a.character < b.character);
