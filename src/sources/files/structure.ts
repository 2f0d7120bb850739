// What stands in a folder of files: the columns of each, with the narrowest type under which every cell reads. Of cells
// only that is kept; a file whose first line holds data in place of names gives no names.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ScalarType } from "../../terms/index.js";
import type { FetchBounds } from "../source.js";
import { SourceFailure } from "../source.js";
import type { Structure, StructureColumn, StructureTable } from "../structure.js";
import { type Disk, folderOnDisk, isFileName, NoFile } from "./disk.js";
import { readCell, type Reading } from "./read-cell.js";
import { readTable } from "./read-table.js";
import { fileForm, type FileForm, type FilesSettings } from "./settings.js";
import { FaultyFile, notScalar, type RawCell, type Table } from "./table.js";

const mostFiles = 200;
const deepestFolder = 3;

/** @throws SourceFailure when there is no such folder */
export async function filesStructure(
  settings: FilesSettings & { readonly name: string },
  { signal }: FetchBounds,
): Promise<Structure> {
  const folder = join(settings.townFolder, settings.folder);
  const notes: string[] = [];
  const listed = await filesBelow(folder, "", 1).catch(() => {
    throw new SourceFailure(settings.name, "unavailable", `no-folder`);
  });
  const names = [...new Set([...listed, ...Object.keys(settings.files ?? {})])].filter(isFileName).sort();
  const unknown = names.filter((name) => fileForm(name, settings) === null).length;
  if (unknown > 0) notes.push(`${unknown} files are neither CSV, GeoJSON, JSON Lines nor XLSX by their name.`);
  const known = names.filter((name) => fileForm(name, settings) !== null);
  if (known.length > mostFiles)
    notes.push(`${known.length - mostFiles} more files than the ${mostFiles} that are read.`);
  const disk = folderOnDisk(folder);
  const tables: StructureTable[] = [];
  for (const from of known.slice(0, mostFiles)) {
    const form = fileForm(from, settings);
    if (form === null) continue;
    const read = await tableIn(disk, `${settings.folder}/${from}`, from, form, signal);
    if (typeof read === "string") notes.push(read);
    else tables.push(read);
  }
  return { tables, notes };
}

async function filesBelow(folder: string, prefix: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const shown = entries.filter(({ name }) => !name.startsWith(".")).slice(0, mostFiles * 10);
  const files = shown.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => `${prefix}${name}`);
  const folders = depth < deepestFolder ? shown.filter((entry) => entry.isDirectory()) : [];
  const below = await Promise.all(folders.map(({ name }) => filesBelow(folder, `${prefix}${name}/`, depth + 1)));
  return [...files, ...below.flat()];
}

/** A sentence where it cannot be read: place and fault, without what stands there. */
async function tableIn(
  disk: Disk,
  file: string,
  from: string,
  form: FileForm,
  signal: AbortSignal,
): Promise<StructureTable | string> {
  try {
    const { bytes } = await disk.read(from, form.maxBytes, signal);
    if (bytes === null)
      return `${file}: more than ${form.maxBytes} bytes; raise maxBytes of the source if that is right.`;
    const table = await readTable(bytes, form, signal);
    if (form.format === "csv" && !hasHeader(table))
      return `${file}:1:1 the first line looks like data: it must name the columns, so it is not shown.`;
    const columns = columnsIn(table, form);
    return { from, description: null, columns, key: keyIn(table, columns), references: [], settings: null };
  } catch (error) {
    if (error instanceof NoFile) return `${file}: ${absences[error.absence]}`;
    if (!(error instanceof FaultyFile)) throw error;
    const [fault] = error.faults;
    return `${file}:${fault?.line ?? 1}:${fault?.column ?? 1} ${fault?.message ?? "it cannot be read"}`;
  }
}

const absences = {
  "no-folder": "there is no such folder.",
  "no-file": "there is no such file.",
  "outside-folder": "a link that leads out of the folder is not followed.",
  "not-a-file": "it is not a file.",
  "not-readable": "the gateway may not read it: give its user the right to.",
} as const;

/** Numbers, days and addresses are what cells hold, not what columns are called. */
const dataLike = /@|^[+-]?[\d\s.,:/-]*\d[\d\s.,:/-]*$|^(true|false|vrai|faux|oui|non)$/i;
const hasHeader = ({ columns }: Table): boolean => ![...columns.keys()].some((name) => dataLike.test(name));

/** Narrow before wide; 0 and 1 are numbers before they are truths. */
const candidates: readonly ScalarType[] = [
  "Int",
  "SafeInt",
  "Float",
  "Boolean",
  "Date",
  "DateTime",
  "GeoJSON",
  "String",
];

function columnsIn(table: Table, form: FileForm): readonly StructureColumn[] {
  const reading: Reading = { ...form.dialect, everyType: form.format === "csv" };
  return [...table.columns].map(([name, cells]): StructureColumn => {
    const present = cells.filter((cell) => cell !== null && cell !== "");
    const scalar = present.length === 0 ? "String" : scalarOf(present, reading);
    const nullable = present.length < cells.length ? true : null;
    return { name, type: typeOf(present, scalar), scalar, nullable, description: null };
  });
}

function scalarOf(cells: readonly RawCell[], reading: Reading): ScalarType | null {
  const fits = (scalar: ScalarType) => cells.every((cell) => readCell(scalar, cell, reading) !== undefined);
  return candidates.find(fits) ?? null;
}

function typeOf(cells: readonly RawCell[], scalar: ScalarType | null): string {
  if (cells.length === 0) return "empty";
  if (scalar === null) return cells.some((cell) => cell === notScalar) ? "list or object" : "several kinds";
  return words[scalar];
}

const words: Readonly<Record<ScalarType, string>> = {
  String: "text",
  Int: "whole number",
  SafeInt: "whole number",
  Float: "number",
  Boolean: "yes or no",
  Date: "day",
  DateTime: "moment",
  GeoJSON: "geometry",
};

/** No file names its key: the first column that has another value in every row. One row tells nothing. */
function keyIn(table: Table, columns: readonly StructureColumn[]): readonly string[] {
  if (table.rowCount < 2) return [];
  const found = columns.find(({ name, scalar, nullable }) => {
    const cells = table.columns.get(name) ?? [];
    const isKeyLike = scalar === "String" || scalar === "Int" || scalar === "SafeInt";
    return isKeyLike && nullable === null && new Set(cells).size === cells.length;
  });
  return found === undefined ? [] : [found.name];
}
