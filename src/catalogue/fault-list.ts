import type { ASTNode } from "graphql";
import { hasFault, type FileFault } from "../terms/index.js";

interface Span {
  readonly line: number;
  readonly column: number;
  readonly endColumn?: number;
}

/** Gathers every fault of one SDL file, each at the node it is about. */
export class FaultList {
  readonly #faults: FileFault[] = [];
  constructor(private readonly file: string) {}

  add(node: ASTNode, code: string, message: string, suggestion?: string): void {
    this.addAt(spanOf(node), code, message, suggestion);
  }

  warn(node: ASTNode, code: string, message: string): void {
    this.#faults.push({ severity: "warning", code, file: this.file, ...spanOf(node), message });
  }

  addAt(span: Span, code: string, message: string, suggestion?: string): void {
    const meant = suggestion === undefined ? {} : { suggestion };
    this.#faults.push({ severity: "fault", code, file: this.file, ...span, message, ...meant });
  }

  get refused(): boolean {
    return hasFault(this.#faults);
  }

  /** In the order of the file. */
  sorted(): readonly FileFault[] {
    return this.#faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }
}

export function spanOf(node: ASTNode): Span {
  const { startToken: start, endToken: end } = node.loc ?? {};
  if (start === undefined || end === undefined) return { line: 1, column: 1 };
  const { line, column } = start;
  // A token's length is counted by its place in the file: an escaped text is longer than its value.
  return end.line === line ? { line, column, endColumn: end.column + (end.end - end.start) } : { line, column };
}
