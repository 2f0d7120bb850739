// Rules as read, and what they match: our own reading, which Casbin's judgement must agree with.
import type { Catalogue } from "../catalogue/index.js";
import type { Coordinate, PolicyVersionId, TenantName } from "../terms/index.js";
import type { FilterName, Mask, RowFilter, RowRule, RuleRef } from "./grant.js";

/** The built-in agreement's application and purpose: always known. */
export const openData = "open-data";

interface RuleParts {
  readonly ref: RuleRef;
  /** `cantine-plus`, `group:mobility` or `*`. */
  readonly application: string;
  /** `school-meals` or `*`. */
  readonly purpose: string;
  /** `Resident.email`, `CarPark.*`, `@contact`; in a deny also `*`. */
  readonly field: string;
}

export interface AllowRule extends RuleParts {
  readonly effect: "allow";
  readonly rows: RowRule;
  readonly mask: Mask;
}

export interface DenyRule extends RuleParts {
  readonly effect: "deny";
  readonly rows: "-";
  readonly mask: "-";
}

export type Rule = AllowRule | DenyRule;

/** `g, parkeasy, group:mobility` */
export interface Membership {
  readonly ref: RuleRef;
  readonly application: string;
  readonly group: string;
}

/** The rules of one version, found without fault: common and the tenant's, in the order of files and lines. */
export interface RuleSet {
  readonly tenant: TenantName;
  readonly version: PolicyVersionId;
  readonly catalogue: Catalogue;
  readonly rules: readonly Rule[];
  readonly memberships: readonly Membership[];
  /** Those of the tenant's filters.yaml. */
  readonly filters: ReadonlyMap<FilterName, RowFilter>;
}

/** Applications by group: `group:mobility` → its members. */
export function groupMembers(memberships: readonly Membership[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { group, application } of memberships) {
    const members = groups.get(group) ?? new Set();
    groups.set(group, members.add(application));
  }
  return groups;
}

export function matchesApplication(
  pattern: string,
  application: string,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  return pattern === "*" || pattern === application || groups.get(pattern)?.has(application) === true;
}

export const matchesPurpose = (pattern: string, purpose: string): boolean => pattern === "*" || pattern === purpose;

/** The coordinates that a field pattern matches; what the catalogue does not know matches nothing. */
export function matchedCoordinates(pattern: string, catalogue: Catalogue): readonly Coordinate[] {
  const named = catalogue.coordinates.get(pattern);
  if (named !== undefined) return [named.coordinate];
  if (pattern === "*") return [...catalogue.coordinates.values()].map((member) => member.coordinate);
  if (pattern.startsWith("@")) return catalogue.groups.get(pattern.slice(1)) ?? [];
  if (pattern.endsWith(".*")) {
    const dataset = catalogue.datasets.get(pattern.slice(0, -2));
    return dataset === undefined ? [] : [...dataset.members.values()].map((member) => member.coordinate);
  }
  return [];
}
