// Two allows that meet on one field for one application and purpose must agree on rows and mask: there is no
// precedence to learn. They meet by patterns and `g` alone, whatever agreements exist.
import type { Catalogue } from "../catalogue/index.js";
import type { FaultList } from "./faults.js";
import type { RuleLine } from "./read-rules.js";
import { matchedCoordinates, type Rule } from "./rules.js";

type Groups = ReadonlyMap<string, ReadonlySet<string>>;

/** One fault for each line that meets an earlier one otherwise. */
export function checkMeetingRules(
  allows: readonly RuleLine[],
  groups: Groups,
  catalogue: Catalogue,
  faults: FaultList,
): void {
  const reported = new Set<RuleLine>();
  for (const [coordinate, found] of byCoordinate(allows, catalogue)) {
    const distinct = distinctAudiences(found);
    if (new Set(distinct.map(({ rule }) => `${rule.rows} ${rule.mask}`)).size < 2) continue;
    for (const [index, later] of distinct.entries()) {
      if (reported.has(later)) continue;
      const earlier = distinct
        .slice(0, index)
        .find((other) => differs(other.rule, later.rule) && meet(other.rule, later.rule, groups));
      if (earlier === undefined) continue;
      reported.add(later);
      reportMeeting(earlier, later, coordinate, faults);
    }
  }
}

function byCoordinate(allows: readonly RuleLine[], catalogue: Catalogue): Map<string, RuleLine[]> {
  const found = new Map<string, RuleLine[]>();
  for (const allow of allows) {
    for (const coordinate of matchedCoordinates(allow.rule.field, catalogue)) {
      const lines = found.get(coordinate);
      if (lines === undefined) found.set(coordinate, [allow]);
      else lines.push(allow);
    }
  }
  return found;
}

/** The first of those that say the same to the same: the others meet what it meets. */
function distinctAudiences(lines: readonly RuleLine[]): RuleLine[] {
  const seen = new Map<string, RuleLine>();
  for (const found of lines) {
    const { application, purpose, rows, mask } = found.rule;
    const audience = [application, purpose, rows, mask].join(" ");
    if (!seen.has(audience)) seen.set(audience, found);
  }
  return [...seen.values()];
}

const differs = (a: Rule, b: Rule): boolean => a.rows !== b.rows || a.mask !== b.mask;

/** Whether one application and purpose could be matched by both. */
function meet(a: Rule, b: Rule, groups: Groups): boolean {
  const purposes = a.purpose === b.purpose || a.purpose === "*" || b.purpose === "*";
  return purposes && applicationsMeet(a.application, b.application, groups);
}

function applicationsMeet(a: string, b: string, groups: Groups): boolean {
  if (a === b || a === "*" || b === "*") return true;
  const inA = groups.get(a);
  const inB = groups.get(b);
  if (inA?.has(b) === true || inB?.has(a) === true) return true;
  return inA !== undefined && inB !== undefined && [...inA].some((name) => inB.has(name));
}

function reportMeeting(earlier: RuleLine, later: RuleLine, coordinate: string, faults: FaultList): void {
  const column = earlier.rule.rows !== later.rule.rows ? later.cells.rows : later.cells.mask;
  const { file, line } = earlier.line.ref;
  const says = `rows \`${earlier.rule.rows}\` and mask \`${earlier.rule.mask}\``;
  const own = `rows \`${later.rule.rows}\` and mask \`${later.rule.mask}\``;
  const message = `this line opens ${coordinate} with ${own}, but ${file}:${line} opens it to the same application and purpose with ${says}; make them equal or delete one`;
  faults.at(later.line, column, "fault", "rules-meet", message);
}
