// XLSX → table. What the sheet says is read-excel-file's; how much it may unpack to is checked before.
import { checkedArchive } from "./checked-archive.js";
import type { FileForm } from "./settings.js";
import { breathe, checkSize, faulty, FaultyFile, notScalar, type RawCell, type Table } from "./table.js";

/** @throws FaultyFile. Lines and columns of its faults are rows and columns of the sheet. */
export async function readXlsx(bytes: Buffer, form: FileForm, signal: AbortSignal): Promise<Table> {
  const rows = await readRows(checkedArchive(bytes, form), form.sheet);
  await breathe(signal);
  const [header = [], ...body] = rows;
  const names = readHeader(header);
  // Rows of nothing stand between tables and below them, for the eye.
  const lines = body.flatMap((row, i) => (row.every((cell) => cell === null) ? [] : [i]));
  checkSize(lines.length, names.size, form.maxRows, () => ({ line: 1, column: 1 }));
  const columns = new Map<string, readonly RawCell[]>();
  for (const [name, at] of names) columns.set(name, lines.map((i) => body[i]?.[at] ?? null)); // prettier-ignore
  return {
    columns,
    rowCount: lines.length,
    place: (row, column) => ({ line: (lines[row] ?? 0) + 2, column: (names.get(column) ?? 0) + 1 }),
  };
}

async function readRows(bytes: Buffer, sheet: string | number): Promise<readonly (readonly RawCell[])[]> {
  // Loaded with the first sheet: most towns have none.
  const { InvalidSpreadsheetError, readSheet, SheetNotFoundError } = await import("read-excel-file/node");
  try {
    const rows: readonly (readonly unknown[])[] = await readSheet(bytes, sheet, { trim: false });
    return rows.map((row) => row.map(cellOf));
  } catch (error) {
    if (error instanceof FaultyFile) throw error;
    // The library's own messages hold what stands in the file.
    if (error instanceof SheetNotFoundError) throw faulty("sheet", "the sheet that `sheet` names is not there");
    const place = error instanceof InvalidSpreadsheetError ? placeIn(error.message) : undefined;
    throw faulty("xlsx", place ? "a cell that cannot be read" : "not readable as XLSX", place);
  }
}

function placeIn(message: string): { readonly line: number; readonly column: number } | undefined {
  const [, line, column] = /^<c\/> at row (\d{1,7}), col (\d{1,5}):/.exec(message) ?? [];
  return line === undefined ? undefined : { line: Number(line), column: Number(column) };
}

/** What formulas that fail give in place of a value. */
const failures: ReadonlySet<unknown> = new Set(
  "#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #SPILL! #CALC! #FIELD! #BLOCKED! #UNKNOWN! #GETTING_DATA".split(" "),
);

function cellOf(cell: unknown): RawCell {
  if (cell === undefined || cell === null) return null;
  if (failures.has(cell)) return notScalar;
  if (cell instanceof Date || typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean")
    return cell;
  throw faulty("xlsx", "not readable as XLSX");
}

function readHeader(header: readonly RawCell[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const [at, name] of header.entries()) {
    if (name === null) continue;
    const place = { line: 1, column: at + 1 };
    if (typeof name !== "string") throw faulty("header", "the first row must name the columns in texts", place);
    if (names.has(name)) throw faulty("header", "a column's name that stands there twice", place);
    names.set(name, at);
  }
  if (names.size === 0) throw faulty("header", "the sheet is empty: its first row must name the columns");
  return names;
}
