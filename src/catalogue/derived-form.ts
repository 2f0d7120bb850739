// In which form a derived field is made: `@derived(as:)`.
import { nearest } from "../terms/index.js";
import type { DerivedForm } from "./catalogue.js";
import type { Directive } from "./directives.js";
import type { FaultList } from "./fault-list.js";

const forms = ["age-band:5", "age-band:10", "pseudonym"] as const;
const mostYears = 100;

/** Null, with a fault, where it is no form. */
export function readForm(directive: Directive, faults: FaultList): DerivedForm | null {
  const as = directive.text("as");
  if (as === null) return null;
  if (as.text === "pseudonym") return { kind: "pseudonym" };
  const years = /^age-band:([1-9]\d{0,2})$/.exec(as.text)?.[1];
  if (years !== undefined && Number(years) <= mostYears) return { kind: "age-band", years: Number(years) };
  const message = `a derived field is made as "age-band:n" (n years, 1 to ${mostYears}) or "pseudonym"`;
  faults.add(as.node, "unknown-form", message, nearest(as.text, forms));
  return null;
}
