// An XLSX file is a ZIP archive: few bytes can unpack to many, and one cell at the far end of a sheet to a table of
// billions. Both are found out here, before a reader is given the file.
import { inflateRawSync } from "node:zlib";
import type { FileLimits } from "./settings.js";
import { checkSize, faulty, tooLarge } from "./table.js";

const mostEntries = 1_000;

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;

const broken = () => faulty("xlsx", "not a whole XLSX file");

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly offset: number;
  readonly name: string;
}

/** @throws FaultyFile */
export function checkArchive(bytes: Buffer, { maxBytes, maxRows }: FileLimits): void {
  const { entries, start } = readDirectory(bytes);
  let left = maxBytes;
  // Readers of streams go by what stands before each entry, others by the directory: both must say the same.
  let at = 0;
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.offset !== at) throw broken();
    const data = dataOf(bytes, entry);
    at = data.end;
    const content = unpack(data.bytes, entry, left, maxBytes);
    left -= content.length;
    // Sheets may lie under any name.
    if (content.includes("sheetData")) checkSheet(content, maxRows);
  }
  if (at !== start) throw broken();
}

function readDirectory(bytes: Buffer): { readonly entries: readonly Entry[]; readonly start: number } {
  // The end record is 22 bytes and a comment of at most 65,535.
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 65_558 && bytes.readUInt32LE(end) !== endMark) end -= 1;
  if (end < 0 || bytes.readUInt32LE(end) !== endMark) throw broken();
  const count = bytes.readUInt16LE(end + 10);
  const start = bytes.readUInt32LE(end + 16);
  if (count > mostEntries) throw tooLarge(`more than ${mostEntries} parts in the file`);
  const entries: Entry[] = [];
  let at = start;
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== entryMark) throw broken();
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (at !== end) throw broken();
  return { entries, start };
}

function dataOf(bytes: Buffer, { offset, packed, name }: Entry): { readonly bytes: Buffer; readonly end: number } {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localMark) throw broken();
  const flags = bytes.readUInt16LE(offset + 6);
  const nameLength = bytes.readUInt16LE(offset + 26);
  const start = offset + 30 + nameLength + bytes.readUInt16LE(offset + 28);
  if (bytes.toString("utf8", offset + 30, offset + 30 + nameLength) !== name) throw broken();
  // Encrypted, or with its sizes behind the data where the sizes before it are nought.
  if ((flags & 1) !== 0) throw faulty("xlsx", "the file is protected by a password");
  const streamed = (flags & 8) !== 0;
  if (!streamed && bytes.readUInt32LE(offset + 18) !== packed) throw broken();
  return {
    bytes: bytes.subarray(start, start + packed),
    end: start + packed + (streamed ? descriptor(bytes, start + packed) : 0),
  };
}

/** What follows the data of an entry written in one go: a mark (or not), a checksum and two sizes. */
const descriptor = (bytes: Buffer, at: number): number =>
  at + 4 <= bytes.length && bytes.readUInt32LE(at) === 0x08074b50 ? 16 : 12;

function unpack(packed: Buffer, { method, unpacked }: Entry, left: number, maxBytes: number): Buffer {
  const much = () => tooLarge(`more than ${maxBytes} bytes unpacked: raise maxBytes of the source if that is right`);
  if (unpacked > left) throw much();
  if (method === 0) return packed;
  if (method !== 8) throw broken();
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, left) });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    throw code === "ERR_BUFFER_TOO_LARGE" ? much() : broken();
  }
}

/** Rows and columns as cells and rows say them of themselves; what lies between is filled by the reader. */
function checkSheet(xml: Buffer, maxRows: number): void {
  let [rows, columns] = [0, 0];
  for (const [, letters = "", digits = ""] of xml
    .toString("latin1")
    .matchAll(/[\s"']r\s*=\s*["']([A-Za-z]*)([^"']*)/g)) {
    const row = Number(digits);
    if (!Number.isSafeInteger(row) || row < 1) throw broken();
    [rows, columns] = [Math.max(rows, row), Math.max(columns, columnOf(letters))];
  }
  // One row more than there may be: it names the columns.
  checkSize(rows - 1, columns, maxRows, () => ({ line: 1, column: 1 }));
}

const columnOf = (letters: string): number =>
  letters.length > 3
    ? Infinity
    : [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
