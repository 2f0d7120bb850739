// PostgreSQL's answer, as bytes → our canonical values, without a text or a regular expression for what needs none. What
// is not of the plainest form goes through `read-value.ts`, which says what each text means; both are held equal by a test.
import { isUtf8 } from "node:buffer";
import type { ScalarType, Value } from "../../terms/index.js";
import { readValue } from "./read-value.js";

const mostDigits = 15;

/** NaN: not a plain whole number of at most 15 digits. */
function whole(latin: string, start: number, end: number): number {
  const negative = latin.charCodeAt(start) === 0x2d;
  let at = negative ? start + 1 : start;
  if (at >= end || end - at > mostDigits) return Number.NaN;
  let sum = 0;
  for (; at < end; at++) {
    const digit = latin.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    sum = sum * 10 + digit;
  }
  // There are two zeros in JavaScript.
  return negative && sum !== 0 ? -sum : sum;
}

/** -1: not two digits. */
function twoDigits(latin: string, at: number): number {
  const tens = latin.charCodeAt(at) - 0x30;
  const ones = latin.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** Days that every month has, of years that need no thought: the others are left to the full check. */
function isPlainDate(latin: string, at: number): boolean {
  const century = twoDigits(latin, at);
  const year = twoDigits(latin, at + 2);
  const month = twoDigits(latin, at + 5);
  const day = twoDigits(latin, at + 8);
  if (century < 1 || year < 0 || latin.charCodeAt(at + 4) !== 0x2d || latin.charCodeAt(at + 7) !== 0x2d) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= 28;
}

/** `2026-11-22 09:00:00.123456+00`, the fraction and the offset as they may be. Null: not of that form. */
function plainInstant(latin: string, start: number, end: number): string | null {
  let stop = end;
  if (latin.charCodeAt(end - 3) === 0x2b && latin.charCodeAt(end - 2) === 0x30 && latin.charCodeAt(end - 1) === 0x30)
    stop -= 3;
  if (stop - start < 19 || !isPlainDate(latin, start) || latin.charCodeAt(start + 10) !== 0x20) return null;
  const [hour, minute, second] = [
    twoDigits(latin, start + 11),
    twoDigits(latin, start + 14),
    twoDigits(latin, start + 17),
  ];
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
  if (latin.charCodeAt(start + 13) !== 0x3a || latin.charCodeAt(start + 16) !== 0x3a) return null;
  const digits = stop - start - 20;
  if (stop - start > 19 && (latin.charCodeAt(start + 19) !== 0x2e || digits < 1 || digits > 6)) return null;
  for (let at = start + 20; at < stop; at++) {
    const digit = latin.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return null;
  }
  const fraction = digits < 1 ? "000" : digits === 1 ? "00" : digits === 2 ? "0" : "";
  const kept = digits < 1 ? "" : latin.slice(start + 20, start + 20 + Math.min(3, digits));
  return `${latin.slice(start, start + 10)}T${latin.slice(start + 11, start + 19)}.${kept}${fraction}Z`;
}

/**
 * Null: it is not UTF-8, as of a database without an encoding (SQL_ASCII). What stands for such bytes would make one text of
 * different ones, and so one person of two.
 */
function text(bytes: Buffer, latin: string, start: number, end: number): string | null {
  for (let at = start; at < end; at++) if (latin.charCodeAt(at) > 0x7f) return decoded(bytes.subarray(start, end));
  return latin.slice(start, end);
}

function decoded(bytes: Buffer): string | null {
  const read = bytes.toString("utf8");
  return read.includes("\uFFFD") && !isUtf8(bytes) ? null : read;
}

/**
 * The cell between two places, or undefined where it is none of that type.
 * @param latin The bytes with one character for each: quicker to look at.
 */
export function readCell(
  type: ScalarType,
  bytes: Buffer,
  latin: string,
  start: number,
  end: number,
): Value | undefined {
  switch (type) {
    case "String":
      return text(bytes, latin, start, end) ?? undefined;
    case "Int": {
      const value = whole(latin, start, end);
      if (value === (value | 0)) return value;
      break;
    }
    case "SafeInt":
    case "Float": {
      const value = whole(latin, start, end);
      if (!Number.isNaN(value)) return value;
      break;
    }
    case "Boolean": {
      const code = end - start === 1 ? latin.charCodeAt(start) : 0;
      return code === 0x74 ? true : code === 0x66 ? false : undefined;
    }
    case "Date":
      if (end - start === 10 && isPlainDate(latin, start)) return latin.slice(start, end);
      break;
    case "DateTime": {
      const value = plainInstant(latin, start, end);
      if (value !== null) return value;
      break;
    }
    case "GeoJSON":
      break;
  }
  const read = text(bytes, latin, start, end);
  return read === null ? undefined : readValue(type, read);
}
