import type { Mask } from "../policy/index.js";
import type { Value } from "../terms/index.js";

/** What a redacted text becomes: the same for every text, so that it tells only that there is one. */
const REDACTED = "•••";

/**
 * Law 10: the one place through which a value passes on its way out. Masks keep the type; null stays null.
 * `year`: a Date or DateTime becomes the first day of its year (a DateTime at midnight UTC).
 * @throws Error for a mask that does not fit the value: the loader lets none through, so nothing leaves.
 */
export function mask(value: Value, by: Mask): Value {
  if (by === "-" || value === null) return value;
  if (typeof value !== "string") throw new Error(`mask ${by} does not fit this value`);
  switch (by) {
    case "redact":
      return REDACTED;
    case "year":
      if (!/^\d{4}-\d{2}-\d{2}/.test(value)) throw new Error("mask year does not fit this value");
      return value.length === 10 ? `${value.slice(0, 4)}-01-01` : `${value.slice(0, 4)}-01-01T00:00:00.000Z`;
  }
}
