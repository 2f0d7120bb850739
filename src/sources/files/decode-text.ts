// The bytes of a text file → its text.
import { isUtf8 } from "node:buffer";
import { faulty } from "./table.js";

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const newline = 0x0a;

/** Without a byte order mark. @throws FaultyFile where the bytes are not the text they should be */
export function decodeText(bytes: Buffer, encoding: "utf-8" | "latin1"): string {
  const marked = bytes.subarray(0, 3).equals(byteOrderMark);
  // What spreadsheets call Latin-1 is windows-1252: it has the euro sign.
  const text =
    encoding === "latin1" && !marked
      ? new TextDecoder("windows-1252").decode(bytes)
      : decodeUtf8(marked ? bytes.subarray(3) : bytes);
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const place = placeIn(text, nul);
    throw faulty("encoding", "a NUL character: the file is no text, or it is UTF-16 (save it as UTF-8)", place);
  }
  return text;
}

function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(newline, start);
    const part = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(part)) {
      const column = badCharacter(part);
      throw faulty("encoding", "not UTF-8: save the file as UTF-8, or set `encoding: latin1`", { line, column });
    }
    if (end < 0) return bytes.toString("utf8");
    start = end + 1;
  }
}

/** Column of the first character that is not UTF-8. */
function badCharacter(line: Buffer): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let column = 1;
  try {
    for (const byte of line) column += decoder.decode(Uint8Array.of(byte), { stream: true }).length;
  } catch {
    return column;
  }
  return column;
}

/** Line and column of a position in a text. */
export function placeIn(text: string, at: number): { readonly line: number; readonly column: number } {
  const breaks = [...text.slice(0, at).matchAll(/\r\n|\r|\n/g)];
  const last = breaks.at(-1);
  return { line: breaks.length + 1, column: at - (last === undefined ? 0 : last.index + last[0].length) + 1 };
}
