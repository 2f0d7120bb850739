// What a line was written for, and which line would open a field: for a person to read, and to paste.
import type { Coordinate } from "../terms/index.js";
import { policyPathKind, sortedPaths, tenantFolder } from "./content.js";
import type { GrantSubject, RuleRef } from "./grant.js";
import { matchesPurpose } from "./rules.js";
import type { PolicyVersion } from "./version.js";

/** A line that is not there, and the file it belongs in. */
export interface NeededLine {
  /** `policies/rivemont/canteen.csv` */
  readonly file: string;
  /** The file is not there yet. */
  readonly isNew: boolean;
  /** `p, cantine-plus, school-meals, Resident.email, all, -, allow` */
  readonly text: string;
}

/**
 * The narrowest line that opens one field to one application for one purpose, for all rows and unmasked, in the file
 * where most of the application's own rules stand. It opens nothing where a deny matches, or no agreement lists it.
 */
export function neededLine(
  version: PolicyVersion,
  { application, purpose }: Pick<GrantSubject, "application" | "purpose">,
  coordinate: Coordinate,
): NeededLine {
  const text = `p, ${application}, ${purpose}, ${coordinate}, all, -, allow`;
  const { tenant, rules } = version.rules;
  const counts = new Map<string, number>();
  for (const rule of rules) {
    const { file } = rule.ref;
    if (rule.application !== application || policyPathKind(file, tenant) !== "tenant") continue;
    // A file of this purpose before any number of lines for others.
    const weight = matchesPurpose(rule.purpose, purpose) ? 1_000_000 : 1;
    counts.set(file, (counts.get(file) ?? 0) + weight);
  }
  const [first] = sortedPaths(counts.keys()).sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  if (first !== undefined) return { file: first, isNew: false, text };
  const file = `${tenantFolder(tenant)}${application}.csv`;
  return { file, isNew: !version.content.files.has(file), text };
}

/**
 * The comment that a line stands under, without its `#`: the one just above it or above the lines it stands among, else
 * the one at the head of its file. Null where there is none.
 */
export function commentOn(version: PolicyVersion, { file, line }: RuleRef): string | null {
  const lines = (version.content.files.get(file) ?? "").split(/\r?\n/).map((text) => text.trim());
  const isComment = (at: number): boolean => lines[at]?.startsWith("#") === true;
  const isEmpty = (at: number): boolean => (lines[at] ?? "") === "";
  let above = line - 2;
  while (above >= 0 && !isComment(above) && !isEmpty(above)) above -= 1;
  if (above >= 0 && isComment(above)) {
    let start = above;
    while (isComment(start - 1)) start -= 1;
    return plain(lines.slice(start, above + 1));
  }
  let end = 0;
  while (isComment(end)) end += 1;
  return end === 0 ? null : plain(lines.slice(0, end));
}

const plain = (comments: readonly string[]): string =>
  comments
    .map((text) => text.replace(/^#+\s*/, ""))
    .filter((text) => text !== "")
    .join(" ");
