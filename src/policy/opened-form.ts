import type { Decision, Mask, RowRule } from "./grant.js";

/** In what form a decision opens its field, statistics included; null: it does not. */
export function openedForm(decision: Decision): { readonly rows: RowRule; readonly mask: Mask } | null {
  if (decision.shared) return { rows: decision.rows, mask: decision.mask };
  return decision.reason === "statistics-only" ? { rows: decision.rows, mask: "aggregate" } : null;
}
