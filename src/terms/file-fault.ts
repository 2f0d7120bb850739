import { distance } from "fastest-levenshtein";

/** A mistake in a file that people edit. A `fault` refuses the file; a `warning` does not. */
export interface FileFault {
  readonly severity: "fault" | "warning";
  /** Stable, kebab-case: `unknown-field`. */
  readonly code: string;
  /** Path from the town folder, with `/`. */
  readonly file: string;
  /** 1-based; columns count UTF-16 units, as editors do. */
  readonly line: number;
  readonly column: number;
  /** Exclusive end on the same line, when known. */
  readonly endColumn?: number;
  /** One sentence, no value of a person in it. */
  readonly message: string;
  /** What was probably meant: the replacement text alone. */
  readonly suggestion?: string;
}

/** `policies/rivemont/canteen.csv:3:15 fault: unknown field "Resident.emial" (did you mean "Resident.email"?)` */
export function formatFault(fault: FileFault): string {
  const meant = fault.suggestion === undefined ? "" : ` (did you mean "${fault.suggestion}"?)`;
  return `${fault.file}:${fault.line}:${fault.column} ${fault.severity}: ${fault.message}${meant}`;
}

export const hasFault = (faults: readonly FileFault[]): boolean => faults.some((fault) => fault.severity === "fault");

/** The nearest of `known`, if near enough to be a slip of the hand; else undefined. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}
