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
    this.#faults.push({ severity: "warning", code, file: this.file, ...spanOf(node), message: sentence(message) });
  }

  addAt(span: Span, code: string, message: string, suggestion?: string): void {
    const meant = suggestion === undefined ? {} : { suggestion };
    this.#faults.push({ severity: "fault", code, file: this.file, ...span, message: sentence(message), ...meant });
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
  if (node.loc === undefined) return { line: 1, column: 1 };
  const { startToken, start, end, source } = node.loc;
  const { line, column } = startToken;
  // Counted in the text as written: an escape is longer than what it stands for, and a block text has several lines.
  const oneLine = !/[\r\n]/.test(source.body.slice(start, end));
  return oneLine ? { line, column, endColumn: column + (end - start) } : { line, column };
}

/** A fault is one line of a terminal, whatever the file holds. */
const sentence = (message: string): string => {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const plain = message.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
  return plain.length > 400 ? `${plain.slice(0, 400)}…` : plain;
};
