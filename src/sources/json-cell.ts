// What a JSON value of a service means as a cell, for the connectors whose services speak JSON.
import { geometryText, readGeometry, type ScalarType, type Value } from "../terms/index.js";
import { isCanonical } from "./canonical-value.js";

/** RFC 3339, section 5.6; a time without its offset is no instant. */
const instantPattern =
  /^(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** In UTC, cut to the millisecond, never rounded. */
function readInstant(text: string): string | null {
  const [, day, time = "", fraction = "", offset = ""] = instantPattern.exec(text) ?? [];
  // Date.parse takes the 30th of February for the 2nd of March.
  if (day === undefined || !isCanonical("Date", day)) return null;
  const at = Date.parse(`${day}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}${offset.toUpperCase()}`);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** An object; or, as tables hold one, its text. */
function readGeometryText(json: unknown): string | null {
  try {
    const geometry = readGeometry(typeof json === "string" ? JSON.parse(json) : json);
    return geometry && geometryText(geometry);
  } catch {
    return null;
  }
}

function read(type: ScalarType, json: unknown): unknown {
  if (type === "GeoJSON") return readGeometryText(json);
  // JSON has a minus zero, which equals zero and is written otherwise.
  if (typeof json === "number") return json + 0;
  if (typeof json !== "string") return json;
  // Services write whole numbers beyond 32 bits as texts, since not every client's numbers hold them.
  if (type === "SafeInt") return /^-?\d{1,16}$/.test(json) ? Number(json) + 0 : null;
  if (type === "DateTime") return readInstant(json);
  return json.isWellFormed() ? json : null;
}

/** A cell's value; undefined where `json` is none of that type. Absent is null. */
export function jsonCell(type: ScalarType, json: unknown): Value | undefined {
  if (json === null || json === undefined) return null;
  const value = read(type, json);
  return isCanonical(type, value) ? value : undefined;
}

/** `jsonCell` of one type, for many rows: the types that most cells have are read without looking the type up again. */
export function jsonCellOf(type: ScalarType): (json: unknown) => Value | undefined {
  switch (type) {
    case "String":
      return (json) => (typeof json === "string" && json.isWellFormed() ? json : noneOr(json));
    case "Int":
      return (json) => (typeof json === "number" && (json | 0) === json ? json + 0 : noneOr(json));
    case "Float":
      return (json) => (typeof json === "number" && Number.isFinite(json) ? json + 0 : noneOr(json));
    case "Boolean":
      return (json) => (typeof json === "boolean" ? json : noneOr(json));
    default:
      return (json) => jsonCell(type, json);
  }
}

const noneOr = (json: unknown): null | undefined => (json === null || json === undefined ? null : undefined);
