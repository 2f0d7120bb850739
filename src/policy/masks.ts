// The masks that there are, and the types of value that each can stand on.
import type { Field, Link } from "../catalogue/index.js";
import type { Mask } from "./grant.js";

export const masks: readonly Mask[] = ["-", "year", "redact"];

/** Types of columns; null: whatever it is, links among them. */
export const maskTypes: Readonly<Record<Mask, readonly string[] | null>> = {
  "-": null,
  year: ["Date", "DateTime"],
  redact: ["String"],
};

export function maskFits(mask: Mask, member: Field | Link): boolean {
  const types = maskTypes[mask];
  return types === null || (member.kind === "field" && types.includes(member.column.type));
}
