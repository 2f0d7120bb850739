// A file as read, before anything is known of its columns' types.

/** Where a person finds it in the file: from 1; in XLSX the row and the column of the sheet. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A list, an object, a formula that failed: no scalar can be read from it. */
export const notScalar = Symbol("not a scalar");

/** What calls itself a geometry of GeoJSON; whether it is one is seen when it is asked for. */
export class RawGeometry {
  constructor(readonly json: unknown) {}
}

/** CSV gives texts and null alone (null: nothing between two delimiters; `""` is the empty text). */
export type RawCell = string | number | boolean | null | Date | RawGeometry | typeof notScalar;

export interface Table {
  /** Each has a cell for every row. */
  readonly columns: ReadonlyMap<string, readonly RawCell[]>;
  readonly rowCount: number;
  /** Of a cell. It may read the file's text once more: for faults only. */
  place(row: number, column: string): Place;
}

export interface Fault extends Place {
  /** Stable, kebab-case. */
  readonly code: string;
  /** One sentence, without anything that stands in the file. */
  readonly message: string;
}

/** A file that cannot be taken as it is. */
export class FaultyFile extends Error {
  override readonly name = "FaultyFile";
  constructor(
    /** At least one, and at most `mostFaults`. */
    readonly faults: readonly Fault[],
    readonly reason: "faulty" | "too-large" = "faulty",
  ) {
    super(faults[0]?.code ?? "faulty");
  }
}

/** More do not help who mends the file, and would fill the terminal. */
export const mostFaults = 20;

/** Widest table: a file of few bytes can otherwise open into one of many cells. */
const mostColumns = 1_000;
const mostCells = 10_000_000;

export const faulty = (code: string, message: string, place: Place = { line: 1, column: 1 }): FaultyFile =>
  new FaultyFile([{ ...place, code, message }]);

export const tooLarge = (message: string, place: Place = { line: 1, column: 1 }): FaultyFile =>
  new FaultyFile([{ ...place, code: "too-large", message }], "too-large");

/** @throws FaultyFile */
export function checkSize(rows: number, columns: number, maxRows: number, placeOf: () => Place): void {
  const most =
    rows > maxRows
      ? `${maxRows} rows: raise maxRows of the source if that is right`
      : columns > mostColumns
        ? `${mostColumns} columns`
        : rows * columns > mostCells
          ? `${mostCells} cells`
          : null;
  if (most !== null) throw tooLarge(`more than ${most}`, placeOf());
}

/** Lets other requests have the processor; reading a large file takes a while. @throws the signal's reason when it is aborted */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
