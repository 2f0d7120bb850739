// What a cell of a file means under the type that the schema gives to its column. Strict: what is written otherwise is a
// fault to be told, never a guess.
import type { ScalarType, Value } from "../../terms/index.js";
import { isCanonical } from "../canonical-value.js";
import { jsonCell } from "../json-cell.js";
import type { Dialect } from "./settings.js";
import { notScalar, type RawCell, RawGeometry } from "./table.js";

/** How texts are read: those of CSV stand for every type, those of JSON and XLSX for texts, days and instants. */
export interface Reading extends Dialect {
  readonly everyType: boolean;
}

/** Undefined: none of that type. */
export function readCell(type: ScalarType, raw: RawCell, reading: Reading): Value | undefined {
  if (raw === null) return null;
  if (raw === notScalar) return undefined;
  if (raw instanceof RawGeometry) return type === "GeoJSON" ? jsonCell(type, raw.json) : undefined;
  if (raw instanceof Date) return readSpreadsheetDay(type, raw);
  if (typeof raw !== "string") return jsonCell(type, raw);
  if (type === "String") return raw.includes("\0") ? undefined : jsonCell(type, raw);
  // Spreadsheets quote every cell when told to; nothing is there all the same.
  if (raw === "" && reading.everyType) return null;
  if (type === "Date") return jsonCell(type, reading.french ? isoDay(raw) : raw);
  if (type === "DateTime") return jsonCell(type, raw);
  if (type === "GeoJSON") return jsonCell(type, raw);
  return reading.everyType ? readText(type, raw, reading) : undefined;
}

/** 14/07/2026 → 2026-07-14 */
const isoDay = (text: string): string => text.replace(/^(\d{2})\/(\d{2})\/(\d{4})$/, "$3-$2-$1");

/** A spreadsheet's days have no time zone: a day is one, an instant is not known. */
function readSpreadsheetDay(type: ScalarType, raw: Date): Value | undefined {
  if (type !== "Date" || Number.isNaN(raw.getTime()) || raw.getTime() % 86_400_000 !== 0) return undefined;
  return jsonCell(type, raw.toISOString().slice(0, 10));
}

// A number that begins with zeros is a code (a postcode, a telephone number), which would lose them.
const wholePattern = /^-?(0|[1-9]\d*)$/;
const groupedPattern = /^-?[1-9]\d{0,2}([ \u00a0\u202f]\d{3})+(?=[.,]|$)/;
const decimalPattern = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/;

function readText(type: ScalarType, text: string, { french, decimalComma }: Dialect): Value | undefined {
  if (type === "Boolean") return readTruth(text, french);
  const plain = french && groupedPattern.test(text) ? text.replace(/[ \u00a0\u202f]/g, "") : text;
  if (type !== "Float") return wholePattern.test(plain) ? canonical(type, Number(plain)) : undefined;
  if (decimalComma && plain.includes(".")) return undefined;
  const written = decimalComma ? plain.replace(",", ".") : plain;
  return decimalPattern.test(written) ? canonical(type, Number(written)) : undefined;
}

/** `+ 0` makes of minus zero the zero that it equals. */
function canonical(type: ScalarType, number: number): Value | undefined {
  const value = number + 0;
  return isCanonical(type, value) ? value : undefined;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
]);
const frenchTruths: ReadonlyMap<string, boolean> = new Map([
  ...truths,
  ["vrai", true],
  ["faux", false],
  ["oui", true],
  ["non", false],
]);

const readTruth = (text: string, french: boolean): boolean | undefined =>
  (french ? frenchTruths : truths).get(text.toLowerCase());

/** What should stand in the cell, for who mends the file. */
export function expected(type: ScalarType, { french, decimalComma, everyType }: Reading): string {
  switch (type) {
    case "String":
      return "a text";
    case "Int":
      return "a whole number of at most 32 bits, without leading zeros";
    case "SafeInt":
      return "a whole number up to 9007199254740991, without leading zeros";
    case "Float":
      return everyType ? `a number with a decimal ${decimalComma ? "comma" : "point"}` : "a number";
    case "Boolean":
      return everyType && french
        ? "vrai, faux, oui, non, true, false, 1 or 0"
        : everyType
          ? "true, false, 1 or 0"
          : "true or false";
    case "Date":
      return `a day written yyyy-mm-dd${french ? " or dd/mm/yyyy" : ""}`;
    case "DateTime":
      return "a moment with its offset, like 2026-11-22T09:00:00+01:00";
    case "GeoJSON":
      return "a geometry as GeoJSON writes it, longitude first, whose rings end where they begin";
  }
}
