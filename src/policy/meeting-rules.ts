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
  const audiences = new Audiences(groups);
  for (const [coordinate, patterns] of patternsByCoordinate(allows, catalogue)) {
    if (patterns.every(({ outcome }) => outcome !== null && outcome === patterns[0]?.outcome)) continue;
    const earlier = new EarlierLines(audiences);
    for (const later of inOrder(patterns)) {
      const met = earlier.add(later);
      if (met === null || reported.has(later.found)) continue;
      reported.add(later.found);
      reportMeeting(met.found, later.found, coordinate, faults);
    }
  }
}

/** A line and its place among all. */
interface Placed {
  readonly found: RuleLine;
  readonly place: number;
}

/** The lines with one pattern of fields. */
interface PatternLines {
  readonly lines: Placed[];
  /** Rows and mask of all of them; null where they differ. */
  outcome: string | null;
}

function patternsByCoordinate(allows: readonly RuleLine[], catalogue: Catalogue): Map<string, PatternLines[]> {
  const patterns = new Map<string, PatternLines>();
  for (const [place, found] of allows.entries()) {
    const { field, rows, mask } = found.rule;
    const outcome = `${rows} ${mask}`;
    const known = patterns.get(field);
    if (known === undefined) patterns.set(field, { lines: [{ found, place }], outcome });
    else {
      known.lines.push({ found, place });
      if (known.outcome !== outcome) known.outcome = null;
    }
  }
  const byCoordinate = new Map<string, PatternLines[]>();
  for (const [pattern, lines] of patterns) {
    for (const coordinate of matchedCoordinates(pattern, catalogue)) {
      const matching = byCoordinate.get(coordinate);
      if (matching === undefined) byCoordinate.set(coordinate, [lines]);
      else matching.push(lines);
    }
  }
  return byCoordinate;
}

function inOrder(patterns: readonly PatternLines[]): readonly Placed[] {
  const [only, ...others] = patterns;
  if (only !== undefined && others.length === 0) return only.lines;
  return patterns.flatMap(({ lines }) => lines).sort((a, b) => a.place - b.place);
}

/** The lines on one coordinate so far, by their application, so that a line looks at those alone that it can meet. */
class EarlierLines {
  readonly #byApplication = new Map<string, Placed[]>();
  readonly #audiences: Audiences;

  constructor(audiences: Audiences) {
    this.#audiences = audiences;
  }

  /** The first of those before it that it meets and differs from. */
  add(later: Placed): Placed | null {
    const { rule } = later.found;
    const own = this.#byApplication.get(rule.application) ?? [];
    // One that says the same to the same was here: what this one meets, that one met.
    if (own.some(({ found }) => found.rule.purpose === rule.purpose && !differs(found.rule, rule))) return null;
    let first: Placed | null = null;
    for (const lines of this.#meeting(rule.application)) {
      const met = lines.find(({ found }) => differs(found.rule, rule) && purposesMeet(found.rule, rule));
      if (met !== undefined && (first === null || met.place < first.place)) first = met;
    }
    own.push(later);
    this.#byApplication.set(rule.application, own);
    return first;
  }

  *#meeting(application: string): Iterable<readonly Placed[]> {
    const meeting = this.#audiences.meeting(application);
    if (meeting === "all") {
      yield* this.#byApplication.values();
      return;
    }
    // Whichever are fewer are gone through.
    if (meeting.size > this.#byApplication.size) {
      for (const [name, lines] of this.#byApplication) if (meeting.has(name)) yield lines;
      return;
    }
    for (const name of meeting) {
      const lines = this.#byApplication.get(name);
      if (lines !== undefined) yield lines;
    }
  }
}

/** What an application column can meet: itself, `*`, the groups an application is in; of a group also its members' others. */
class Audiences {
  readonly #groups: Groups;
  readonly #groupsOf = new Map<string, string[]>();
  readonly #known = new Map<string, ReadonlySet<string>>();

  constructor(groups: Groups) {
    this.#groups = groups;
    for (const [group, members] of groups) {
      for (const member of members) {
        const own = this.#groupsOf.get(member);
        if (own === undefined) this.#groupsOf.set(member, [group]);
        else own.push(group);
      }
    }
  }

  meeting(application: string): ReadonlySet<string> | "all" {
    if (application === "*") return "all";
    const known = this.#known.get(application);
    if (known !== undefined) return known;
    const meeting = new Set(["*", application, ...(this.#groupsOf.get(application) ?? [])]);
    for (const member of this.#groups.get(application) ?? []) {
      meeting.add(member);
      for (const group of this.#groupsOf.get(member) ?? []) meeting.add(group);
    }
    this.#known.set(application, meeting);
    return meeting;
  }
}

const differs = (a: Rule, b: Rule): boolean => a.rows !== b.rows || a.mask !== b.mask;

const purposesMeet = (a: Rule, b: Rule): boolean => a.purpose === b.purpose || a.purpose === "*" || b.purpose === "*";

function reportMeeting(earlier: RuleLine, later: RuleLine, coordinate: string, faults: FaultList): void {
  const column = earlier.rule.rows !== later.rule.rows ? later.cells.rows : later.cells.mask;
  const { file, line } = earlier.line.ref;
  const says = `rows \`${earlier.rule.rows}\` and mask \`${earlier.rule.mask}\``;
  const own = `rows \`${later.rule.rows}\` and mask \`${later.rule.mask}\``;
  const message = `this line opens ${coordinate} with ${own}, but ${file}:${line} opens it to the same application and purpose with ${says}; make them equal or delete one`;
  faults.at(later.line, column, "fault", "rules-meet", message);
}
