// `location.lat`: where a value stands in a JSON body.
import { namesGeometry } from "../../terms/index.js";

/** Undefined where there is none. An object's own key that holds dots itself comes first. Null inside leads to null. */
export function atPath(json: unknown, path: string): unknown {
  if (!isObject(json)) return json === null ? null : undefined;
  if (Object.hasOwn(json, path)) return json[path];
  const dot = path.indexOf(".");
  if (dot < 0) return undefined;
  const [first, rest] = [path.slice(0, dot), path.slice(dot + 1)];
  return Object.hasOwn(json, first) ? atPath(json[first], rest) : undefined;
}

/** `atPath` of one path, for many objects that JSON was read into. */
export function pathReader(path: string): (json: Readonly<Record<string, unknown>>) => unknown {
  const dot = path.indexOf(".");
  const first = dot < 0 ? path : path.slice(0, dot);
  // Any other name that an object does not have itself it does not have at all.
  if (path in Object.prototype || first in Object.prototype) return (json) => atPath(json, path);
  if (dot < 0) return (json) => json[path];
  const below = pathReader(path.slice(dot + 1));
  return (json) => {
    const whole = json[path];
    if (whole !== undefined) return whole;
    const inner = json[first];
    return isObject(inner) ? below(inner) : inner === null ? null : undefined;
  };
}

export function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Deep enough for what people write, and an end for what they do not. */
const deepest = 5;
const mostColumns = 500;

/** Adds the paths of a row's values with JSON's name of their type. A type told twice is told of the first row that is not null. */
export function learnPaths(row: unknown, found: Map<string, string>, prefix = "", depth = 1): void {
  if (!isObject(row)) return;
  for (const [key, value] of Object.entries(row)) {
    const path = `${prefix}${key}`;
    if (isObject(value) && depth < deepest && !namesGeometry(value)) learnPaths(value, found, `${path}.`, depth + 1);
    else if (found.size < mostColumns || found.has(path)) {
      const known = found.get(path);
      if (known === undefined || known === "null") found.set(path, typeName(value));
    }
  }
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (isObject(value) && namesGeometry(value)) return "geometry";
  return Number.isInteger(value) ? "integer" : typeof value;
}
