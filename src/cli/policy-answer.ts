// One field, one agreement: shared or not, and everything that stands in the way. What the rules decide is policy's
// answer, what was agreed is the gateway's; nothing is decided here a second time.
import type { Catalogue, Dataset, Member } from "../catalogue/index.js";
import { accessViewOf } from "../gateway/index.js";
import {
  explainField,
  PolicyNotUnderstood,
  unknownField,
  type FieldExplanation,
  type Mask,
  type RowRule,
  type RuleRef,
} from "../policy/index.js";
import { refuse } from "./failure.js";
import type { Asked } from "./policy-asked.js";
import type { Viewpoint } from "./policy-viewpoint.js";

/** Why nothing of a field leaves. Those of the agreement come after those of the rules; several can hold at once. */
export type Obstacle =
  | "dataset-not-shared"
  | "denied"
  | "no-rule"
  | "statistics-only"
  | "no-agreement"
  | "not-approved"
  | "not-in-agreement"
  | "rebound"
  | "suspended"
  | "not-yet"
  | "expired";

export interface FieldAnswer {
  readonly asked: Asked;
  readonly member: Member;
  readonly dataset: Dataset;
  readonly explanation: FieldExplanation;
  /** A request of the agreement at that moment gets it. */
  readonly shared: boolean;
  /** Rules and agreement open it so, in force or not; null: they do not. */
  readonly opened: { readonly rows: RowRule; readonly mask: Mask; readonly rule: RuleRef } | null;
  /** Empty exactly when it is shared. */
  readonly obstacles: readonly Obstacle[];
  /** Law 2: it may stand in `where` and `orderBy`, as far as its source can. */
  readonly filterable: boolean;
}

/** @throws CommandFailure for a field that schema.graphql of the version does not have; PolicyNotUnderstood */
export function answerField({ version }: Viewpoint, asked: Asked, coordinate: string): FieldAnswer {
  const explanation = explainField(version, asked.subject, coordinate);
  const member = version.catalogue.coordinates.get(coordinate);
  const dataset = version.catalogue.datasets.get(coordinate.split(".")[0] ?? "");
  if (explanation === null || member === undefined || dataset === undefined)
    throw unknown(coordinate, version.catalogue);
  const { decision } = explanation;
  const terms = [...ruleObstacles(explanation), ...agreementObstacles(asked, member)];
  // Were the two to differ, one of them would tell people what is not so.
  if (decision.shared !== (terms.length === 0))
    throw new PolicyNotUnderstood(`what stands in the way of ${coordinate} is not what the grant decides`);
  const { standing } = asked.signed ?? {};
  const obstacles = standing?.inForce === false ? [...terms, standing.why] : terms;
  const opened = decision.shared ? { rows: decision.rows, mask: decision.mask, rule: decision.rule } : null;
  const { basis = "open", units = [] } = asked.signed?.snapshot ?? {};
  const view = accessViewOf(version.grant(asked.subject), version.catalogue, { basis, units, citizen: true });
  const filterable = view.usable(member.coordinate);
  return { asked, member, dataset, explanation, shared: obstacles.length === 0, opened, obstacles, filterable };
}

/** @throws CommandFailure, with the nearest field */
export function checkField(coordinate: string, { version }: Viewpoint): void {
  if (!version.catalogue.coordinates.has(coordinate)) throw unknown(coordinate, version.catalogue);
}

function unknown(coordinate: string, catalogue: Catalogue): Error {
  const found = unknownField(coordinate, catalogue);
  if (found === null || !/^\w+\.\w+$/.test(coordinate))
    return refuse("Name one field, as Type.field: Resident.email. For all of them: npx passerelle policy grants.");
  const meant = found.suggestion === undefined ? "" : ` (did you mean "${found.suggestion}"?)`;
  return refuse(`schema.graphql of that version has no such field: ${found.message}${meant}.`);
}

function ruleObstacles({ decision, status, lines }: FieldExplanation): Obstacle[] {
  const obstacles: Obstacle[] = status === "SHARED" ? [] : ["dataset-not-shared"];
  if (decision.shared) return obstacles;
  if (lines.some(({ rule }) => rule.effect === "deny")) return [...obstacles, "denied"];
  // Lines that open one field agree on the mask, whether the agreement lists the field or not.
  if (lines.some(({ rule }) => rule.mask === "aggregate")) return [...obstacles, "statistics-only"];
  return lines.length === 0 ? [...obstacles, "no-rule"] : obstacles;
}

function agreementObstacles({ signed, draft, subject }: Asked, { coordinate }: Member): Obstacle[] {
  if (signed === null) return [draft === null ? "no-agreement" : "not-approved"];
  if (subject.fields.has(coordinate)) return [];
  return [signed.rebound.has(coordinate) ? "rebound" : "not-in-agreement"];
}
