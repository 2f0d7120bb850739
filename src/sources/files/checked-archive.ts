// An XLSX file is a ZIP archive: few bytes can unpack to many, and one cell at the far end of a sheet to a table of
// billions. Both are found out here, before a reader is given the file.
import { crc32, inflateRawSync } from "node:zlib";
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
  readonly offset: number;
  readonly name: string;
}

/**
 * The same parts in an archive of our own making: a reader that goes by what stands before each part, and not by the
 * directory, finds in it what was checked and nothing else.
 * @throws FaultyFile
 */
export function checkedArchive(bytes: Buffer, { maxBytes, maxRows }: FileLimits): Buffer {
  let left = maxBytes;
  const parts = readDirectory(bytes).map(({ name, method, ...entry }) => {
    const content = unpack(dataOf(bytes, entry), method, left, maxBytes);
    left -= content.length;
    // Sheets may lie under any name.
    return { name, content: content.includes("sheetData") ? checkedSheet(content, maxRows) : content };
  });
  return pack(parts);
}

function readDirectory(bytes: Buffer): readonly Entry[] {
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
      offset: bytes.readUInt32LE(at + 42),
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (at !== end) throw broken();
  return entries;
}

function dataOf(bytes: Buffer, { offset, packed }: Pick<Entry, "offset" | "packed">): Buffer {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localMark) throw broken();
  if ((bytes.readUInt16LE(offset + 6) & 1) !== 0) throw faulty("xlsx", "the file is protected by a password");
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  return bytes.subarray(start, start + packed);
}

function unpack(packed: Buffer, method: number, left: number, maxBytes: number): Buffer {
  const much = () => tooLarge(`more than ${maxBytes} bytes unpacked: raise maxBytes of the source if that is right`);
  if (method === 0 && packed.length > left) throw much();
  if (method === 0) return packed;
  if (method !== 8) throw broken();
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, left) });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    throw code === "ERR_BUFFER_TOO_LARGE" ? much() : broken();
  }
}

const addresses = /[\s"']r\s*=\s*["']([A-Za-z]*)([^"']*)/g;
const failedCell = /(<(?:[\w.-]+:)?c(?=\s)[^<>]*[\s"']t\s*=\s*["'])e(?=["'])/g;

/** Rows and columns as cells and rows say them of themselves; what lies between is filled by the reader. */
function checkedSheet(content: Buffer, maxRows: number): Buffer {
  const xml = content.toString("latin1");
  let [rows, columns] = [0, 0];
  for (const [, letters = "", digits = ""] of xml.matchAll(addresses)) {
    const row = Number(digits);
    if (!Number.isSafeInteger(row) || row < 1) throw broken();
    [rows, columns] = [Math.max(rows, row), Math.max(columns, columnOf(letters))];
  }
  // One row more than there may be: it names the columns.
  checkSize(rows - 1, columns, maxRows, () => ({ line: 1, column: 1 }));
  // The reader takes cells in which a formula failed for empty ones; as texts it gives them back.
  return Buffer.from(xml.replace(failedCell, "$1str"), "latin1");
}

const columnOf = (letters: string): number =>
  letters.length > 3
    ? Infinity
    : [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

/** Without compression. */
function pack(parts: readonly { readonly name: string; readonly content: Buffer }[]): Buffer {
  const [files, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const sizes = Buffer.alloc(22);
    sizes.writeUInt16LE(20, 0);
    sizes.writeUInt16LE(namesAreUtf8, 2);
    sizes.writeUInt32LE(crc32(part.content), 10);
    sizes.writeUInt32LE(part.content.length, 14);
    sizes.writeUInt32LE(part.content.length, 18);
    const tail = Buffer.alloc(18);
    tail.writeUInt32LE(offset, 14);
    const lengths = Buffer.of(name.length & 0xff, name.length >> 8, 0, 0);
    const local = Buffer.concat([mark(localMark), sizes, lengths, name, part.content]);
    files.push(local);
    directory.push(mark(entryMark), Buffer.of(20, 0), sizes, lengths.subarray(0, 2), tail, name);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, entries, mark(endMark), end]);
}

const namesAreUtf8 = 0x0800;

function mark(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
