// What a cell must look like, by its scalar type (src/terms/values.ts). Everything that a source returns goes through here.
import { geometryText, readGeometry, type ScalarType, type Value } from "../terms/index.js";

type Check = (value: unknown) => boolean;

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const dateTimePattern = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** A day of the Gregorian calendar, years 0001 to 9999 (there is no year 0 in SQL). */
function isDate(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const parts = datePattern.exec(value);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function isDateTime(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const parts = dateTimePattern.exec(value);
  return parts !== null && isDate(parts[1]);
}

/** Geometries are equal where their texts are. */
function isGeometryText(value: unknown): boolean {
  if (typeof value !== "string" || !value.startsWith("{")) return false;
  try {
    const geometry = readGeometry(JSON.parse(value));
    return geometry !== null && geometryText(geometry) === value;
  } catch {
    return false;
  }
}

const checks: Readonly<Record<ScalarType, Check>> = {
  String: (value) => typeof value === "string",
  Int: (value) => Number.isInteger(value) && value === (Number(value) | 0),
  SafeInt: (value) => Number.isSafeInteger(value),
  Float: (value) => Number.isFinite(value),
  Boolean: (value) => typeof value === "boolean",
  Date: isDate,
  DateTime: isDateTime,
  GeoJSON: isGeometryText,
};

/** Whether `value`, not null, has the one form that its type allows. */
export const isCanonical = (type: ScalarType, value: unknown): value is NonNullable<Value> => checks[type](value);

/** For checking many cells of one column: null or canonical. */
export function cellCheck(type: ScalarType): Check {
  const check = checks[type];
  return (value) => value === null || check(value);
}
