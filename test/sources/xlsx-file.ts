// XLSX files written by hand: the least that is one, and archives that lie.
import { crc32, deflateRawSync } from "node:zlib";

export interface Part {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What the archive says of its size, where that is a lie. */
  readonly says?: number;
}

function header(mark: number, { length, packed, crc, unpacked }: Sizes, name: Buffer, fixed: number): Buffer {
  const bytes = Buffer.alloc(fixed);
  const at = fixed === 30 ? 4 : 6;
  bytes.writeUInt32LE(mark, 0);
  bytes.writeUInt16LE(20, 4);
  bytes.writeUInt16LE(20, at);
  bytes.writeUInt16LE(0, at + 2);
  bytes.writeUInt16LE(8, at + 4);
  bytes.writeUInt32LE(crc, at + 10);
  bytes.writeUInt32LE(packed, at + 14);
  bytes.writeUInt32LE(unpacked, at + 18);
  bytes.writeUInt16LE(name.length, at + 22);
  if (fixed === 46) bytes.writeUInt32LE(length, 42);
  return Buffer.concat([bytes, name]);
}

interface Sizes {
  readonly length: number;
  readonly packed: number;
  readonly crc: number;
  readonly unpacked: number;
}

export function archive(parts: readonly Part[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let length = 0;
  for (const part of parts) {
    const content = Buffer.from(part.content as string);
    const packed = deflateRawSync(content);
    const sizes = { length, packed: packed.length, crc: crc32(content), unpacked: part.says ?? content.length };
    const name = Buffer.from(part.name);
    const local = Buffer.concat([header(0x04034b50, sizes, name, 30), packed]);
    files.push(local);
    directory.push(header(0x02014b50, sizes, name, 46));
    length += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(length, 16);
  return Buffer.concat([...files, entries, end]);
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export type SheetCell = string | number | boolean | { readonly day: number } | { readonly error: string } | null;

function cell(value: SheetCell, at: string): string {
  if (value === null) return "";
  if (typeof value === "string") return `<c r="${at}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
  if (typeof value === "number") return `<c r="${at}"><v>${value}</v></c>`;
  if (typeof value === "boolean") return `<c r="${at}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if ("error" in value) return `<c r="${at}" t="e"><v>${value.error}</v></c>`;
  return `<c r="${at}" s="1"><v>${value.day}</v></c>`;
}

const sheetXml = (rows: readonly (readonly SheetCell[])[]) =>
  `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows
    .map((row, r) => `<row r="${r + 1}">${row.map((value, c) => cell(value, `${String.fromCharCode(65 + c)}${r + 1}`)).join("")}</row>`)
    .join("")}</sheetData></worksheet>`; // prettier-ignore

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** `xml` of a sheet in place of what its rows would give. */
export function workbook(
  sheets: Readonly<Record<string, readonly (readonly SheetCell[])[] | string>>,
): readonly Part[] {
  const names = Object.keys(sheets);
  const list = names.map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`);
  const links = names.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`); // prettier-ignore
  const package_ = "http://schemas.openxmlformats.org/package/2006";
  return [
    { name: "[Content_Types].xml", content: `<Types xmlns="${package_}/content-types"/>` },
    { name: "xl/workbook.xml", content: `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${list.join("")}</sheets></workbook>` },
    { name: "xl/_rels/workbook.xml.rels", content: `<Relationships xmlns="${package_}/relationships">${links.join("")}</Relationships>` },
    { name: "xl/styles.xml", content: `<styleSheet xmlns="${main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>` },
    ...Object.values(sheets).map((rows, i) => ({
      name: `xl/worksheets/sheet${i + 1}.xml`,
      content: typeof rows === "string" ? rows : sheetXml(rows),
    })),
  ]; // prettier-ignore
}

export const xlsxFile = (sheets: Parameters<typeof workbook>[0]): Buffer => archive(workbook(sheets));
