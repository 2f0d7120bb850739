// What a version changes, in words for people who decide whether they want it.
import type { DecisionChange, Direction } from "./compare.js";
import type { SchemaChange } from "./compare-schema.js";
import type { Decision, RowFilter } from "./grant.js";
import { openedForm } from "./opened-form.js";

/** Whose change it is. */
export interface ChangeOf {
  readonly application: string;
  readonly purpose: string;
  /** `on consent`: the agreement's basis in words. */
  readonly basis: string;
  /** The agreement lists the field, but schema.graphql binds it to something else than was approved. */
  readonly rebound: boolean;
}

/** `opening`, `narrowing`, or both. */
export const directionWords = (directions: readonly Direction[]): string => directions.join(" and ");

/** `cantine-plus gains Resident.birthDate (year) for school-meals, on consent: policies/rivemont/canteen.csv:6` */
export function changeWords({ kind, coordinate, before, after, filters }: DecisionChange, of: ChangeOf): string {
  const { application, purpose, basis } = of;
  const rows = filterWords(filters);
  if (kind === "gains")
    return `${application} gains ${coordinate}${formed(after)} for ${purpose}, ${basis}: ${lineOf(after)}${rows}`;
  if (kind === "loses")
    return `${application} loses ${coordinate}${formed(before)} for ${purpose}: ${whyNot(after, of)}`;
  const [was, is] = [form(before), form(after)];
  const what = was === is ? `${is}, of other rows than before,` : `${is} instead of ${was}`;
  return `${application} gets ${coordinate} ${what} for ${purpose}, ${basis}: ${lineOf(after)}${rows}`;
}

/** `whole`, `as year`, `own rows only, as year`. */
export function form(decision: Decision | null): string {
  const opened = decision === null ? null : openedForm(decision);
  if (opened === null) return "nothing";
  const mask = opened.mask === "-" ? "whole" : opened.mask === "aggregate" ? "in statistics only" : `as ${opened.mask}`;
  return rowsOf(opened) === "" ? mask : `${rowsOf(opened)}, ${mask}`;
}

/** ` (year)`; nothing where it is whole, for all rows. */
function formed(decision: Decision | null): string {
  const opened = decision === null ? null : openedForm(decision);
  if (opened === null) return "";
  const parts = [rowsOf(opened), opened.mask === "-" ? "" : opened.mask].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

const rowsOf = ({ rows }: { readonly rows: string }): string => (rows === "all" ? "" : `${rows} rows only`);

/** What the filter says, and what one of the same name said before. */
function filterWords({
  before,
  after,
}: {
  readonly before: RowFilter | null;
  readonly after: RowFilter | null;
}): string {
  if (after === null) return "";
  const said = before?.name === after.name && before.ref.text !== after.ref.text ? `; before, ${before.ref.text}` : "";
  return `; ${after.ref.text} (${after.ref.file}:${after.ref.line})${said}`;
}

/** `policies/rivemont/canteen.csv:6` */
export const lineOf = (decision: Decision | null): string =>
  decision?.rule ? `${decision.rule.file}:${decision.rule.line}` : "no rule";

function whyNot(after: Decision | null, { rebound }: ChangeOf): string {
  if (after === null) return "schema.graphql does not share it any more";
  if (after.shared) return "";
  if (after.reason === "denied") return `denied by ${lineOf(after)}`;
  if (after.reason === "no-rule") return "no rule opens it any more";
  if (rebound) return "schema.graphql binds it to other data than was approved; a DPO must approve it again";
  return "the agreement does not list it";
}

/** `Aid is SHARED now (QUALIFIED before)` */
export function schemaWords(change: SchemaChange): string {
  switch (change.kind) {
    case "status":
      if (change.before === null) return `dataset ${change.dataset} is new, ${change.after ?? ""}`;
      if (change.after === null) return `dataset ${change.dataset} is dropped, ${change.before} before`;
      return `dataset ${change.dataset} is ${change.after} now, ${change.before} before`;
    case "open":
      return `dataset ${change.dataset} is ${change.after ? "open data now" : "no open data any more"}`;
    case "field":
      return `field ${change.coordinate} is ${change.after === "added" ? "new" : "dropped"}`;
    case "guardians":
      return change.after
        ? `field ${change.coordinate} is not for guardians any more`
        : `field ${change.coordinate} is open to guardians too, where rows are \`own\``;
    case "rebound":
      return `field ${change.coordinate} stands for other data than before`;
  }
}
