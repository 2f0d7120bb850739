// CSV → table. Tokens are csv-parse's; which places they have in the file is found again from it, for faults.
import { Readable } from "node:stream";
import { CsvError, parse, type InfoField, type Options } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import { placeIn } from "./decode-text.js";
import type { FileForm } from "./settings.js";
import {
  breathe,
  checkSize,
  type Fault,
  faulty,
  FaultyFile,
  mostFaults,
  type Place,
  type RawCell,
  type Table,
} from "./table.js";

type Cells = readonly (string | null)[];

/** Nothing between two delimiters is null; two quotes are the empty text. */
const cast = (cell: string, { quoting }: InfoField): string | null => (cell === "" && !quoting ? null : cell);

const optionsOf = (delimiter: string): Options => ({
  delimiter,
  record_delimiter: ["\r\n", "\n", "\r"],
  // Rows of another width are told one by one.
  relax_column_count: true,
  skip_empty_lines: true,
});

/** @throws FaultyFile */
export async function readCsv(text: string, form: FileForm, signal: AbortSignal): Promise<Table> {
  const bytes = Buffer.from(text, "utf8");
  const { records, starts } = await readRecords(bytes, form, signal);
  const [header, ...rows] = records;
  const places = new CellPlaces(bytes, starts, form.delimiter);
  if (header === undefined) throw faulty("header", "the file is empty: its first line must name the columns");
  const names = readHeader(header, places);
  const faults = rows.flatMap((row, i): Fault[] => {
    if (row.length === header.length) return [];
    const message = `${row.length} cells, but the first line names ${header.length} columns`;
    return [{ ...places.record(i + 1), code: "cells", message }];
  });
  if (faults.length > 0) throw new FaultyFile(faults.slice(0, mostFaults));
  const columns = new Map<string, readonly RawCell[]>();
  for (const [name, at] of names) {
    columns.set(
      name,
      rows.map((row) => row[at] ?? null),
    );
    await breathe(signal);
  }
  return { columns, rowCount: rows.length, place: (row, column) => places.cell(row + 1, names.get(column) ?? 0) };
}

/** Columns without a name are left out: exports often end every line with a delimiter. */
function readHeader(header: Cells, places: CellPlaces): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const [at, name] of header.entries()) {
    if (name === null || name === "") continue;
    if (names.has(name)) throw faulty("header", "a column's name that stands there twice", places.cell(0, at));
    names.set(name, at);
  }
  return names;
}

async function readRecords(bytes: Buffer, form: FileForm, signal: AbortSignal) {
  const records: Cells[] = [];
  /** Byte at which each record begins, or the empty lines before it. */
  const starts: number[] = [];
  let next = 0;
  const parser = parse({ ...optionsOf(form.delimiter), cast, info: true });
  try {
    for await (const { record, info } of Readable.from(chunks(bytes)).pipe(parser) as AsyncIterable<InfoRecord>) {
      starts.push(next);
      next = info.bytes;
      records.push(record);
      checkSize(records.length - 1, record.length, form.maxRows, () => ({ line: info.lines, column: 1 }));
      if (records.length % 2_000 === 0) await breathe(signal);
    }
  } catch (error) {
    // csv-parse's own message holds the cell.
    if (error instanceof CsvError) throw faulty("csv", wordingOf(error.code), placeOf(error, bytes, next));
    throw error;
  }
  return { records, starts };
}

interface InfoRecord {
  readonly record: Cells;
  /** `bytes`: up to the end of the record, its line break included. */
  readonly info: { readonly bytes: number; readonly lines: number };
}

function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

const wordings: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: "a quote inside a quoted cell must be written twice",
  INVALID_OPENING_QUOTE: "a quote inside a cell: quote the whole cell, and write the quote twice",
  CSV_QUOTE_NOT_CLOSED: "a quoted cell that is not closed",
};
const wordingOf = (code: string): string => wordings[code] ?? "not readable as CSV";

/** The cell at which csv-parse gave up: the one after the last that it finished. */
function placeOf(error: CsvError, bytes: Buffer, recordStart: number): Place {
  const finished: unknown = error["bytes"];
  const end = typeof finished === "number" ? finished : recordStart;
  // Past the delimiter, unless it is the first cell of its record.
  return placeIn(bytes.toString("utf8"), bytes.subarray(0, end > recordStart ? end + 1 : end).toString("utf8").length);
}

class CellPlaces {
  constructor(
    private readonly bytes: Buffer,
    private readonly starts: readonly number[],
    private readonly delimiter: string,
  ) {}

  record(index: number): Place {
    return this.at(this.starts[index] ?? 0, true);
  }

  /** The record is read once more, to learn where its cells end. */
  cell(index: number, column: number): Place {
    const start = this.starts[index] ?? 0;
    const record = this.bytes.subarray(start, this.starts[index + 1]);
    const ends: number[] = [];
    const note = (_: string, context: InfoField) => void ends.push(context.bytes);
    parseAtOnce(record, { ...optionsOf(this.delimiter), cast: note });
    const before = column === 0 ? undefined : ends[column - 1];
    if (before === undefined) return this.at(start, true);
    return this.at(start + before + Buffer.byteLength(this.delimiter), false);
  }

  private at(byte: number, skipEmptyLines: boolean): Place {
    const text = this.bytes.toString("utf8");
    let at = this.bytes.subarray(0, byte).toString("utf8").length;
    while (skipEmptyLines && (text[at] === "\n" || text[at] === "\r")) at += 1;
    return placeIn(text, at);
  }
}
