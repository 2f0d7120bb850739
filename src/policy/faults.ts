// Where the validator's faults gather: bounded, in the order of files and lines.
import type { FileFault } from "../terms/index.js";
import type { Cell, CsvLine } from "./csv-lines.js";

export type Severity = FileFault["severity"];

/** More would not be read by anybody; what is cut is said to be cut (law 13). */
const mostFaults = 500;

export class FaultList {
  readonly #faults: FileFault[] = [];
  readonly #meant = new Map<FileFault, () => string | undefined>();
  #faulty = false;

  readonly add = (fault: FileFault): void => {
    this.#faulty ||= fault.severity === "fault";
    this.#faults.push(fault);
  };

  /**
   * A fault at one cell of a line.
   * @param suggestion a function is only called where the fault is listed: looking for what was meant among ten
   * thousand names takes longer than all the rest
   */
  at(
    line: CsvLine,
    cell: Cell,
    severity: Severity,
    code: string,
    message: string,
    suggestion?: string | (() => string | undefined),
  ): void {
    const { file, line: number } = line.ref;
    const { column, endColumn } = cell;
    const fault = { severity, code, file, line: number, column, endColumn, message };
    if (typeof suggestion === "function") this.#meant.set(fault, suggestion);
    this.add(typeof suggestion === "string" ? { ...fault, suggestion } : fault);
  }

  get faulty(): boolean {
    return this.#faulty;
  }

  #withMeant(fault: FileFault): FileFault {
    const suggestion = this.#meant.get(fault)?.();
    return suggestion === undefined ? fault : { ...fault, suggestion };
  }

  /** By file, line and column. */
  sorted(): FileFault[] {
    const all = this.#faults.sort(byPosition);
    const kept = all.slice(0, mostFaults).map((fault) => this.#withMeant(fault));
    const next = all[mostFaults];
    if (next === undefined) return kept;
    const message = `${all.length - mostFaults} more faults and warnings are not listed`;
    const { file, line, column } = next;
    return [
      ...kept,
      { severity: this.#faulty ? "fault" : "warning", code: "more-faults", file, line, column, message },
    ];
  }
}

function byPosition(a: FileFault, b: FileFault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
