// Why a field is shared with an application, or why not: the grant's own decision, and every line that has a say in it.
import type { DatasetStatus } from "../catalogue/index.js";
import type { Coordinate } from "../terms/index.js";
import type { Decision, GrantSubject, RuleRef } from "./grant.js";
import { fieldGroupLines } from "./explain-group-lines.js";
import { PolicyNotUnderstood } from "./judge.js";
import { groupMembers, matchedCoordinates, matchesApplication, matchesPurpose, type Rule } from "./rules.js";
import type { PolicyVersion } from "./version.js";

/** A grant holds the fields of SHARED datasets alone: of the others no rule decides anything. */
export type ExplainedDecision =
  | Decision
  | {
      readonly coordinate: Coordinate;
      readonly shared: false;
      readonly reason: "dataset-not-shared";
      readonly rule: null;
    };

export type RefusalReason = Extract<ExplainedDecision, { shared: false }>["reason"];

/** A line that matches the application, the purpose and the field. */
export interface MatchingLine {
  readonly rule: Rule;
  /**
   * decides: the line that the decision names (for a field that the agreement does not list, the one that opens it);
   * agrees: another of the same effect; overruled: an allow where a deny matches.
   */
  readonly role: "decides" | "agrees" | "overruled";
  /** `g, parkeasy, group:mobility`: how the application comes to it; null where the line names it, or everyone. */
  readonly membership: RuleRef | null;
  /** The field's line in schema.graphql with `@group`: how the field comes to it; null where the line names it. */
  readonly fieldGroup: RuleRef | null;
}

export interface FieldExplanation {
  readonly decision: ExplainedDecision;
  readonly status: DatasetStatus;
  /** Every line that matches, the one that decides first, then in the order of files and lines. */
  readonly lines: readonly MatchingLine[];
}

/** The whole grant: one decision for each field and link of schema.graphql, in its order. */
export const explainDecisions = (version: PolicyVersion, subject: GrantSubject): ExplainedDecision[] =>
  [...version.catalogue.coordinates.values()].map(({ coordinate }) => decisionOn(version, subject, coordinate));

/** The grant's own; what it does not hold belongs to a dataset that is not SHARED. */
function decisionOn(version: PolicyVersion, subject: GrantSubject, coordinate: Coordinate): ExplainedDecision {
  const held = version.grant(subject).decisions.get(coordinate);
  return held ?? { coordinate, shared: false, reason: "dataset-not-shared", rule: null };
}

/**
 * Null for a coordinate that the version's schema.graphql does not have. The decision is the compiled grant's; the lines
 * are what rules.ts matches, as the grant was made from them.
 * @throws PolicyNotUnderstood as `PolicyVersion.grant` does, or when decision and lines do not fit each other
 */
export function explainField(
  version: PolicyVersion,
  subject: GrantSubject,
  coordinate: string,
): FieldExplanation | null {
  const member = version.catalogue.coordinates.get(coordinate);
  const dataset = version.catalogue.datasets.get(coordinate.split(".")[0] ?? "");
  if (member === undefined || dataset === undefined) return null;
  const decision = decisionOn(version, subject, member.coordinate);
  const rules = matchingRules(version, subject, member.coordinate);
  const named = rules.find(({ effect }) => effect === "deny") ?? rules[0] ?? null;
  const decided = dataset.status === "SHARED";
  if (decided && !isSameLine(named?.ref ?? null, decision.rule))
    throw new PolicyNotUnderstood(`the lines that match ${coordinate} do not lead to its decision`);
  const lines = rules.map((rule): MatchingLine => {
    const role = decided && rule === named ? "decides" : rule.effect === named?.effect ? "agrees" : "overruled";
    return { rule, role, ...waysTo(rule, version, subject, member.coordinate) };
  });
  // `sort` keeps the order of files and lines among equals.
  const sorted = lines.sort((a, b) => Number(b.role === "decides") - Number(a.role === "decides"));
  return { decision, status: dataset.status, lines: sorted };
}

/** Every rule that matches, in the order of files and lines. */
export function matchingRules(
  { rules }: PolicyVersion,
  { application, purpose }: Pick<GrantSubject, "application" | "purpose">,
  coordinate: Coordinate,
): Rule[] {
  const groups = groupMembers(rules.memberships);
  return rules.rules.filter(
    (rule) =>
      matchesApplication(rule.application, application, groups) &&
      matchesPurpose(rule.purpose, purpose) &&
      matchedCoordinates(rule.field, rules.catalogue).includes(coordinate),
  );
}

const isSameLine = (a: RuleRef | null, b: RuleRef | null): boolean => a?.file === b?.file && a?.line === b?.line;

function waysTo(
  rule: Rule,
  version: PolicyVersion,
  subject: GrantSubject,
  coordinate: Coordinate,
): Pick<MatchingLine, "membership" | "fieldGroup"> {
  const membership = rule.application.startsWith("group:")
    ? version.rules.memberships.find(
        ({ application, group }) => application === subject.application && group === rule.application,
      )
    : undefined;
  const fieldGroup = rule.field.startsWith("@")
    ? fieldGroupLines(version).get(`${coordinate} ${rule.field.slice(1)}`)
    : undefined;
  return { membership: membership?.ref ?? null, fieldGroup: fieldGroup ?? null };
}
