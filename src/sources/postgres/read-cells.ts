// PostgreSQL's answer, as bytes → our canonical values, without a text or a regular expression for what needs none. What
// is not of the plainest form goes through `read-value.ts`, which says what each text means; both are held equal by a test.
import { isUtf8 } from "node:buffer";
import type { ScalarType, Value } from "../../terms/index.js";
import type { Column } from "../source.js";
import { readValue } from "./read-value.js";

/** Whole messages of PostgreSQL, in one piece. */
export class Piece {
  readonly view: DataView;
  #latin: string | null = null;

  constructor(readonly bytes: Buffer) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** One character for each byte: texts are cut from it, once one is needed. */
  get latin(): string {
    return (this.#latin ??= this.bytes.toString("latin1"));
  }
}

const mostDigits = 15;

/** NaN: not a plain whole number of at most 15 digits. */
function whole(view: DataView, start: number, end: number): number {
  const negative = end > start && view.getUint8(start) === 0x2d;
  let at = negative ? start + 1 : start;
  if (at >= end || end - at > mostDigits) return Number.NaN;
  let sum = 0;
  for (; at < end; at++) {
    const digit = view.getUint8(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    sum = sum * 10 + digit;
  }
  // There are two zeros in JavaScript.
  return negative && sum !== 0 ? -sum : sum;
}

/** -1: not two digits. */
function twoDigits(view: DataView, at: number): number {
  const tens = view.getUint8(at) - 0x30;
  const ones = view.getUint8(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** Of years that need no thought, less the 29th of February: that is left to the full check. Ten bytes. */
function isPlainDate(view: DataView, at: number): boolean {
  const century = twoDigits(view, at);
  const year = twoDigits(view, at + 2);
  const month = twoDigits(view, at + 5);
  const day = twoDigits(view, at + 8);
  if (century < 1 || year < 0 || view.getUint8(at + 4) !== 0x2d || view.getUint8(at + 7) !== 0x2d) return false;
  if (month < 1 || month > 12 || day < 1) return false;
  // To July the odd months have a 31st, from August the even ones.
  return day <= (month === 2 ? 28 : 30) || (day === 31 && ((month + (month >> 3)) & 1) === 1);
}

/** `2026-11-22 09:00:00.123456+00`, the fraction and the offset as they may be. */
function isPlainInstant(view: DataView, start: number, end: number): boolean {
  if (end - start < 19 || !isPlainDate(view, start) || view.getUint8(start + 10) !== 0x20) return false;
  const hour = twoDigits(view, start + 11);
  const minute = twoDigits(view, start + 14);
  const second = twoDigits(view, start + 17);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  if (view.getUint8(start + 13) !== 0x3a || view.getUint8(start + 16) !== 0x3a) return false;
  const stop = hasOffset(view, end) ? end - 3 : end;
  const digits = stop - start - 20;
  if (digits === -1) return true;
  if (digits < 1 || digits > 6 || view.getUint8(start + 19) !== 0x2e) return false;
  for (let at = start + 20; at < stop; at++) {
    const digit = view.getUint8(at) - 0x30;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

/** `+00` */
const hasOffset = (view: DataView, end: number): boolean =>
  view.getUint8(end - 3) === 0x2b && view.getUint8(end - 2) === 0x30 && view.getUint8(end - 1) === 0x30;

/** Of one that is plain. */
function instant({ view, latin }: Piece, start: number, end: number): string {
  const stop = hasOffset(view, end) ? end - 3 : end;
  const fraction = latin.slice(Math.min(start + 20, stop), Math.min(start + 23, stop)).padEnd(3, "0");
  return `${latin.slice(start, start + 10)}T${latin.slice(start + 11, start + 19)}.${fraction}Z`;
}

/**
 * Null: it is not UTF-8, as of a database without an encoding (SQL_ASCII). What stands for such bytes would make one text of
 * different ones, and so one person of two.
 */
function text(piece: Piece, start: number, end: number): string | null {
  const { view } = piece;
  for (let at = start; at < end; at++) if (view.getUint8(at) > 0x7f) return decoded(piece.bytes.subarray(start, end));
  return piece.latin.slice(start, end);
}

function decoded(bytes: Buffer): string | null {
  const read = bytes.toString("utf8");
  return read.includes("\uFFFD") && !isUtf8(bytes) ? null : read;
}

/** UTF-8 of one or two bytes a character, without what JSON escapes: it stands in JSON as it is. */
function isPlainText(view: DataView, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = view.getUint8(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c) return false;
    if (code < 0x80) continue;
    // Of two bytes, none of which one would do; then the one that goes on.
    if (code < 0xc2 || code > 0xdf || (at += 1) >= end || (view.getUint8(at) & 0xc0) !== 0x80) return false;
  }
  return true;
}

/** Whether the cell may stay in place: it is of its type, and of the form that is written as it stands (`cells-in-place.ts`). */
export function mayStay(type: ScalarType, view: DataView, start: number, end: number): boolean {
  if (type === "String") return isPlainText(view, start, end);
  if (type === "Date") return end - start === 10 && isPlainDate(view, start);
  return type === "DateTime" && isPlainInstant(view, start, end);
}

/** The cell between two places, or undefined where it is none of that type. */
export function readCell(type: ScalarType, piece: Piece, start: number, end: number): Value | undefined {
  const { view } = piece;
  switch (type) {
    case "String":
      return text(piece, start, end) ?? undefined;
    case "Int": {
      const value = whole(view, start, end);
      if (value === (value | 0)) return value;
      break;
    }
    case "SafeInt":
    case "Float": {
      const value = whole(view, start, end);
      if (!Number.isNaN(value)) return value;
      break;
    }
    case "Boolean": {
      const code = end - start === 1 ? view.getUint8(start) : 0;
      return code === 0x74 ? true : code === 0x66 ? false : undefined;
    }
    case "Date":
      if (end - start === 10 && isPlainDate(view, start)) return piece.latin.slice(start, end);
      break;
    case "DateTime":
      if (isPlainInstant(view, start, end)) return instant(piece, start, end);
      break;
    case "GeoJSON":
      break;
  }
  const read = text(piece, start, end);
  return read === null ? undefined : readValue(type, read);
}

/**
 * The cell as it stands in a row: the place of its length where it may stay, else its value; undefined where it is none of
 * its column's type. @param base of places in the piece (`CellsInPlace.hold`); -1: no cell stays in it
 */
export function cellOf(
  column: Column | undefined,
  piece: Piece,
  base: number,
  from: number,
  to: number,
): Value | undefined {
  const type = column?.type ?? "String";
  if (base >= 0 && column?.passes === true && mayStay(type, piece.view, from, to)) return base + from - 4;
  return readCell(type, piece, from, to);
}
