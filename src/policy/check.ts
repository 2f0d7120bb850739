// Law 7: the ONE validator of policy files, in the command line, the editor, CI and the gateway.
import type { Catalogue } from "../catalogue/index.js";
import type { FileFault } from "../terms/index.js";
import { checkMembershipNames, checkRuleNames, type KnownNames } from "./check-names.js";
import {
  filtersPath,
  policyPathKind,
  modelPath,
  sortedPaths,
  tenantFolder,
  versionId,
  type VersionContent,
} from "./content.js";
import { readCsvLines, type CsvLine } from "./csv-lines.js";
import { FaultList } from "./faults.js";
import { readFilters, type NamedFilter } from "./filters-read.js";
import type { FilterName, RowFilter } from "./grant.js";
import { checkMeetingRules } from "./meeting-rules.js";
import { checkModel } from "./model.js";
import { readLine, type MembershipLine, type RuleLine } from "./read-rules.js";
import { groupMembers, openData, type RuleSet } from "./rules.js";

export interface PolicyNames {
  readonly catalogue: Catalogue;
  readonly purposes: ReadonlySet<string>;
  readonly applications: ReadonlySet<string>;
}

export interface CheckedPolicy {
  /** Null when there is a fault: then nothing of the content counts. */
  readonly rules: RuleSet | null;
  /** By file, line and column; warnings among them. */
  readonly faults: FileFault[];
}

/** Every fault and warning of a version's policy files at once. */
export function checkPolicy(content: VersionContent, names: PolicyNames): CheckedPolicy {
  const known = {
    catalogue: names.catalogue,
    purposes: new Set([...names.purposes, openData]),
    applications: new Set([...names.applications, openData]),
  };
  return checkAgainst(content, known);
}

/** Where no store says which applications there are; never what a version is applied by. */
export const checkPolicyAlone = (
  content: VersionContent,
  { catalogue, purposes }: Omit<PolicyNames, "applications">,
): CheckedPolicy =>
  checkAgainst(content, { catalogue, purposes: new Set([...purposes, openData]), applications: null });

/**
 * A version that was applied before: applications and purposes may have gone since, and their rules then match
 * nobody; everything that depends on the content alone is checked again.
 */
export const recheckPolicy = (content: VersionContent, catalogue: Catalogue): CheckedPolicy =>
  checkAgainst(content, { catalogue, purposes: null, applications: null });

/** What is wrong whatever names there are: for a version whose schema.graphql could not be read. */
export function checkShapes(content: VersionContent): FileFault[] {
  const faults = new FaultList();
  checkModel(content.files.get(modelPath)).forEach(faults.add);
  readFiles(content, faults);
  readFilterFile(content, null, faults);
  return faults.sorted();
}

/**
 * The lines whose shape is right, whatever else is wrong: for an editor, which explains a line while others are being
 * written. Nothing is ever decided by them.
 */
export function readableRules(content: VersionContent): Pick<RuleSet, "rules" | "memberships"> {
  const { rules, memberships } = readFiles(content, new FaultList());
  return { rules: rules.map(({ rule }) => rule), memberships: memberships.map(({ membership }) => membership) };
}

/** The filters that are right, whatever else is wrong: for an editor, as `readableRules`. */
export const readableFilters = (content: VersionContent, catalogue: Catalogue): RuleSet["filters"] =>
  rowFilters(readFilterFile(content, catalogue, new FaultList()));

function checkAgainst(content: VersionContent, names: KnownNames): CheckedPolicy {
  const faults = new FaultList();
  checkModel(content.files.get(modelPath)).forEach(faults.add);
  const { rules, memberships } = readFiles(content, faults);
  const groups = groupMembers(memberships.map(({ membership }) => membership));
  const used = rules.map(({ rule }) => rule.application);
  const denied = rules.filter(({ rule }) => rule.effect === "deny").map(({ rule }) => rule.application);
  const usedGroups = new Set(used.filter((name) => name.startsWith("group:")));
  const deniedGroups = new Set(denied.filter((name) => name.startsWith("group:")));
  for (const found of memberships) checkMembershipNames(found, usedGroups, deniedGroups, names, faults);
  const filters = readFilterFile(content, names.catalogue, faults);
  const groupNames = new Set(groups.keys());
  for (const found of rules) checkRuleNames(found, groupNames, filters, names, faults);
  warnOfUnused(filters, rules, faults);
  const allows = rules.filter(({ rule }) => rule.effect === "allow");
  checkMeetingRules(allows, groups, names.catalogue, faults);
  if (allows.length === 0 && !faults.faulty) faults.add(nothingOpened(content.tenant));
  if (faults.faulty) return { rules: null, faults: faults.sorted() };
  const set: RuleSet = {
    tenant: content.tenant,
    version: versionId(content),
    catalogue: names.catalogue,
    rules: rules.map(({ rule }) => rule),
    memberships: memberships.map(({ membership }) => membership),
    filters: rowFilters(filters),
  };
  return { rules: set, faults: faults.sorted() };
}

type Filters = ReadonlyMap<string, NamedFilter>;

/** @param catalogue null: not known, so that shapes alone are looked at */
function readFilterFile(content: VersionContent, catalogue: Catalogue | null, faults: FaultList): Filters {
  const path = filtersPath(content.tenant);
  const { named, faults: found } = readFilters(path, content.files.get(path) ?? "", catalogue);
  found.forEach(faults.add);
  return named;
}

function warnOfUnused(filters: Filters, rules: readonly RuleLine[], faults: FaultList): void {
  const used = new Set<string>(rules.map(({ rule }) => rule.rows));
  for (const [name, { at }] of filters) {
    const message = `no rule names the filter "${name}" in its rows column`;
    if (!used.has(name)) faults.add({ severity: "warning", code: "unused-filter", ...at, message });
  }
}

const rowFilters = (named: Filters): ReadonlyMap<FilterName, RowFilter> =>
  new Map([...named.values()].flatMap(({ filter }) => (filter === null ? [] : [[filter.name, filter] as const])));

interface FoundLines {
  readonly rules: RuleLine[];
  readonly memberships: MembershipLine[];
}

function readFiles(content: VersionContent, faults: FaultList): FoundLines {
  const found: FoundLines = { rules: [], memberships: [] };
  const firsts = new Map<string, CsvLine>();
  for (const path of sortedPaths(content.files.keys())) {
    const kind = policyPathKind(path, content.tenant);
    if (kind === "model" || kind === "tests" || kind === "filters") continue;
    if (kind === null) faults.add(notUnderstood(path, content.tenant));
    else readFile(path, content.files.get(path) ?? "", kind, firsts, found, faults);
  }
  return found;
}

/** @param firsts where each line was first met, by its cells */
function readFile(
  path: string,
  text: string,
  kind: "common" | "tenant",
  firsts: Map<string, CsvLine>,
  found: FoundLines,
  faults: FaultList,
): void {
  for (const line of readCsvLines(path, text, faults.add)) {
    const read = readLine(line, faults);
    if (read === null) continue;
    if (kind === "common" && !("rule" in read && read.rule.effect === "deny")) {
      const cell = "rule" in read ? read.cells.effect : line.cells[0];
      const message = "policies/common may only deny: rules and groups that open belong in the tenant's folder";
      if (cell !== undefined) faults.at(line, cell, "fault", "common-may-only-deny", message);
      continue;
    }
    const words = wordsOf(read);
    const first = firsts.get(words);
    if (first !== undefined) {
      const whole = { text: "", column: line.cells[0]?.column ?? 1, endColumn: line.end };
      faults.at(
        line,
        whole,
        "warning",
        "duplicate-line",
        `the same line as ${first.ref.file}:${first.ref.line}; delete one`,
      );
      continue;
    }
    firsts.set(words, line);
    if ("rule" in read) found.rules.push(read);
    else found.memberships.push(read);
  }
}

/** The same for lines that differ in spaces alone. */
function wordsOf(read: RuleLine | MembershipLine): string {
  if ("membership" in read) return `g,${read.membership.application},${read.membership.group}`;
  const { application, purpose, field, rows, mask, effect } = read.rule;
  return `p,${application},${purpose},${field},${rows},${mask},${effect}`;
}

function notUnderstood(file: string, tenant: string): FileFault {
  const own = tenantFolder(tenant);
  const message = `only policies/model.conf, policies/common/*.csv, ${own}*.csv and ${own}filters.yaml are read; rename, move or delete this one`;
  return { severity: "fault", code: "file-not-understood", file, line: 1, column: 1, message };
}

function nothingOpened(tenant: string): FileFault {
  const file = `${tenantFolder(tenant)}*.csv`;
  const message = "no rule allows anything: nothing is shared";
  return { severity: "warning", code: "nothing-opened", file, line: 1, column: 1, message };
}
