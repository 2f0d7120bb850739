// PostgreSQL's text output → our canonical values. The session prints dates as ISO and instants in UTC.
import type { ScalarType, Value } from "../../terms/index.js";
import { isCanonical } from "../canonical-value.js";
import { jsonCell } from "../json-cell.js";

const instantPattern = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?:\+00)?$/;
const wholePattern = /^-?\d+(\.0+)?$/;

/** `2026-11-22 09:00:00.123456+00` → `2026-11-22T09:00:00.123Z`: cut to the millisecond, never rounded. */
function readInstant(text: string): string | null {
  const parts = instantPattern.exec(text);
  if (parts === null) return null;
  const [, day = "", time = "", fraction = ""] = parts;
  return `${day}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}Z`;
}

function read(type: ScalarType, text: string): unknown {
  switch (type) {
    case "Int":
    case "SafeInt":
      // There are two zeros in JavaScript, which are written otherwise.
      return wholePattern.test(text) ? Number(text) + 0 : null;
    case "Float":
      // A bigint beyond 2^53 would become another number.
      return wholePattern.test(text) && !Number.isSafeInteger(Number(text)) ? null : Number(text) + 0;
    case "Boolean":
      return text === "t" ? true : text === "f" ? false : null;
    case "DateTime":
      return readInstant(text);
    default:
      return text;
  }
}

/**
 * The value of a cell, or undefined where the text is none of that type: `infinity`, a year beyond 9999, an integer
 * beyond the range.
 */
export function readValue(type: ScalarType, text: string | null): Value | undefined {
  if (text === null) return null;
  if (type === "GeoJSON") return jsonCell(type, text);
  const value = read(type, text);
  return isCanonical(type, value) ? value : undefined;
}
