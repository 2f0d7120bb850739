// Bytes of a file → table, by what the file is.
import { decodeText } from "./decode-text.js";
import { readCsv } from "./read-csv.js";
import { readGeoJson, readJsonLines } from "./read-json.js";
import { readXlsx } from "./read-xlsx.js";
import type { FileForm } from "./settings.js";
import type { Table } from "./table.js";

/** @throws FaultyFile, or the signal's reason */
export async function readTable(bytes: Buffer, form: FileForm, signal: AbortSignal): Promise<Table> {
  switch (form.format) {
    case "csv":
      return readCsv(decodeText(bytes, form.encoding), form, signal);
    case "jsonl":
      return readJsonLines(decodeText(bytes, "utf-8"), form, signal);
    case "geojson":
      return readGeoJson(decodeText(bytes, "utf-8"), form, signal);
    case "xlsx":
      return readXlsx(bytes, form, signal);
  }
}
