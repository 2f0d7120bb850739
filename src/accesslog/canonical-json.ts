// RFC 8785 (JSON Canonicalization Scheme): one value, one sequence of bytes, so that a hash over it can be recomputed.
import canonicalize from "canonicalize";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * @returns the canonical text; its UTF-8 bytes are what is hashed.
 * @throws TypeError for what JSON cannot hold. The package drops `undefined` and calls `toJSON` as JSON.stringify does;
 * here both are faults, since the record would then silently say less than its caller meant.
 */
export function canonicalJson(value: Json): string {
  refuseWhatJsonCannotHold(value);
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return text;
}

function refuseWhatJsonCannotHold(value: unknown): void {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw new TypeError("a string with a lone surrogate has no UTF-8 form");
      return;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError("a number that is not finite has no JSON form");
      return;
    case "boolean":
      return;
    case "object":
      refuseInside(value);
      return;
    default:
      throw new TypeError(`a value of type ${typeof value} has no JSON form`);
  }
}

function refuseInside(value: object | null): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) refuseWhatJsonCannotHold(item);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError("only plain objects have a JSON form");
  if ("toJSON" in value && typeof value.toJSON === "function") throw new TypeError("toJSON is not followed");
  for (const [name, member] of Object.entries(value)) {
    refuseWhatJsonCannotHold(name);
    refuseWhatJsonCannotHold(member);
  }
}
