// Every name of a rule against what is known. An unknown name in a deny is a fault, in an allow a warning: a misspelt
// deny must not open. Plus what a name stands for: masks that fit, personal fields that must be named one by one.
import type { FileFault } from "../terms/index.js";
import { scalarOf, type Catalogue, type Member } from "../catalogue/index.js";
import { meant } from "./did-you-mean.js";
import type { FaultList } from "./faults.js";
import type { NamedFilter } from "./filters-read.js";
import { maskFits, maskParts } from "./masks.js";
import type { MembershipLine, RuleLine } from "./read-rules.js";
import { matchedCoordinates } from "./rules.js";

/** What gateway.yaml and identity know; null: not asked again (a version that was checked when it was applied). */
export interface KnownNames {
  readonly catalogue: Catalogue;
  readonly purposes: ReadonlySet<string> | null;
  readonly applications: ReadonlySet<string> | null;
}

const severityIn = (effect: "allow" | "deny"): FileFault["severity"] => (effect === "deny" ? "fault" : "warning");

export function checkRuleNames(
  found: RuleLine,
  groups: ReadonlySet<string>,
  filters: ReadonlyMap<string, NamedFilter>,
  names: KnownNames,
  faults: FaultList,
): void {
  checkApplication(found, groups, names, faults);
  const { line, rule } = found;
  if (rule.purpose !== "*" && names.purposes !== null && !names.purposes.has(rule.purpose)) {
    const message = `unknown purpose "${rule.purpose}"; purposes are listed in gateway.yaml`;
    const known = names.purposes;
    const suggestion = (): string | undefined => meant(rule.purpose, known);
    faults.at(line, found.cells.purpose, severityIn(rule.effect), "unknown-purpose", message, suggestion);
  }
  const members = checkField(found, names.catalogue, faults);
  if (rule.effect === "allow") checkRows(found, members, filters, names.catalogue, faults);
}

function checkApplication(found: RuleLine, groups: ReadonlySet<string>, names: KnownNames, faults: FaultList): void {
  const { line, rule } = found;
  const severity = severityIn(rule.effect);
  if (rule.application.startsWith("group:")) {
    if (groups.has(rule.application)) return;
    const message = `unknown group "${rule.application}"; no line \`g, app, ${rule.application}\` puts an application in it`;
    const suggestion = (): string | undefined => meant(rule.application, groups);
    faults.at(line, found.cells.application, severity, "unknown-group", message, suggestion);
  } else if (rule.application !== "*" && names.applications !== null && !names.applications.has(rule.application)) {
    const message = `unknown application "${rule.application}"`;
    const known = names.applications;
    const suggestion = (): string | undefined => meant(rule.application, known);
    faults.at(line, found.cells.application, severity, "unknown-application", message, suggestion);
  }
}

/** @param deniedGroups groups that stand in a deny: a member's misspelt name would escape it. @param usedGroups in any rule. */
export function checkMembershipNames(
  found: MembershipLine,
  usedGroups: ReadonlySet<string>,
  deniedGroups: ReadonlySet<string>,
  names: KnownNames,
  faults: FaultList,
): void {
  const { line, membership } = found;
  const { application, group } = membership;
  if (names.applications !== null && !names.applications.has(application)) {
    const severity = deniedGroups.has(group) ? "fault" : "warning";
    const message = `unknown application "${application}"`;
    const known = names.applications;
    faults.at(line, found.cells.application, severity, "unknown-application", message, () => meant(application, known));
  }
  if (!usedGroups.has(group)) {
    const severity = meant(group, deniedGroups) === undefined ? "warning" : "fault";
    const message = `no rule names the group "${group}"`;
    faults.at(line, found.cells.group, severity, "unused-group", message, () => meant(group, usedGroups));
  }
}

/** @returns the members that it names; none where there is a fault */
function checkField(found: RuleLine, catalogue: Catalogue, faults: FaultList): readonly Member[] {
  const { line, rule } = found;
  if (rule.field === "*") return [];
  const unknown = unknownField(rule.field, catalogue);
  if (unknown !== null) {
    faults.at(line, found.cells.field, severityIn(rule.effect), unknown.code, unknown.message, unknown.suggestion);
    return [];
  }
  const members = matchedCoordinates(rule.field, catalogue).flatMap(
    (matched) => catalogue.coordinates.get(matched) ?? [],
  );
  checkStatus(found, members, catalogue, faults);
  if (rule.effect === "deny") return members;
  checkPatternOverPersonal(found, members, faults);
  checkMaskFits(found, members, faults);
  return members;
}

/** A rule for some rows only: there must be a way to tell them, or it would open nothing, or other rows than was meant. */
function checkRows(
  { line, rule, cells }: RuleLine,
  members: readonly Member[],
  filters: ReadonlyMap<string, NamedFilter>,
  catalogue: Catalogue,
  faults: FaultList,
): void {
  if (rule.rows === "all") return;
  if (rule.rows === "own") {
    const nobodys = members.find((member) => !isAboutSomebody(member, catalogue));
    if (nobodys === undefined) return;
    const message = `\`own\` opens the rows about the citizen who is signed in, and nothing says whom ${nobodys.coordinate} is about: write \`all\`, or add @subject in schema.graphql`;
    faults.at(line, cells.rows, "fault", "own-without-subject", message);
    return;
  }
  const filter = filters.get(rule.rows);
  if (filter === undefined) {
    const message = `unknown filter "${rule.rows}"; filters.yaml of the tenant has ${filters.size === 0 ? "none" : listed([...filters.keys()].slice(0, 10))}`;
    faults.at(line, cells.rows, "fault", "unknown-filter", message, () => meant(rule.rows, ["all", "own", ...filters.keys()])); // prettier-ignore
    return;
  }
  const dataset = filter.filter?.dataset;
  const foreign = members.find(({ coordinate }) => !coordinate.startsWith(`${dataset ?? ""}.`));
  if (dataset === undefined || foreign === undefined) return;
  const message = `the filter "${rule.rows}" is on ${dataset}, so it cannot say which rows of ${foreign.coordinate} are meant`;
  faults.at(line, cells.rows, "fault", "filter-of-another", message);
}

/** Whether anything says whom a row of it, or the cell, is about. */
export function isAboutSomebody(member: Member, catalogue: Catalogue): boolean {
  if (member.kind !== "link" && member.subjects.length > 0) return true;
  const dataset = member.coordinate.slice(0, member.coordinate.indexOf("."));
  return (catalogue.datasets.get(dataset)?.subjects.length ?? 0) > 0;
}

export interface UnknownField {
  readonly code: "unknown-field" | "unknown-dataset" | "unknown-field-group";
  readonly message: string;
  readonly suggestion: string | undefined;
}

export function unknownField(pattern: string, catalogue: Catalogue): UnknownField | null {
  if (catalogue.coordinates.has(pattern)) return null;
  if (pattern.startsWith("@")) {
    if (catalogue.groups.has(pattern.slice(1))) return null;
    const suggestion = meant(
      pattern,
      [...catalogue.groups.keys()].map((name) => `@${name}`),
    );
    return { code: "unknown-field-group", message: `unknown field group "${pattern}"`, suggestion };
  }
  const [datasetName = "", fieldName = ""] = pattern.split(".");
  const dataset = catalogue.datasets.get(datasetName);
  if (dataset === undefined) {
    const suggestion = meantDataset(datasetName, fieldName, catalogue);
    return { code: "unknown-dataset", message: `schema.graphql has no dataset "${datasetName}"`, suggestion };
  }
  if (fieldName === "*" || dataset.members.has(fieldName)) return null;
  if (fieldName === "id") {
    const message = "`id` comes with every object and needs no rule: delete this line";
    return { code: "unknown-field", message, suggestion: undefined };
  }
  const member = meant(fieldName, dataset.members.keys());
  const suggestion = member === undefined ? undefined : `${datasetName}.${member}`;
  return { code: "unknown-field", message: `unknown field "${pattern}"`, suggestion };
}

function meantDataset(datasetName: string, fieldName: string, catalogue: Catalogue): string | undefined {
  const dataset = catalogue.datasets.get(meant(datasetName, catalogue.datasets.keys()) ?? "");
  if (dataset === undefined) return undefined;
  if (fieldName === "*") return `${dataset.name}.*`;
  const member = dataset.members.has(fieldName) ? fieldName : meant(fieldName, dataset.members.keys());
  return member === undefined ? undefined : `${dataset.name}.${member}`;
}

function checkStatus(found: RuleLine, members: readonly Member[], catalogue: Catalogue, faults: FaultList): void {
  const owners = members.map((member) => member.coordinate.slice(0, member.coordinate.indexOf(".")));
  const closed = owners.find((owner) => catalogue.datasets.get(owner)?.status !== "SHARED");
  if (closed === undefined || owners.some((owner) => catalogue.datasets.get(owner)?.status === "SHARED")) return;
  const status = catalogue.datasets.get(closed)?.status ?? "not known";
  const message = `the dataset ${closed} is ${status}, not SHARED: this rule has no effect until it is`;
  faults.at(found.line, found.cells.field, "warning", "not-shared", message);
}

/** RGPD art. 5(1)(c): each personal field is a decision of its own; art. 9 for special categories. */
function checkPatternOverPersonal(found: RuleLine, members: readonly Member[], faults: FaultList): void {
  const { line, rule } = found;
  const isGroup = rule.field.startsWith("@");
  if (!isGroup && !rule.field.endsWith(".*")) return;
  const concerned = members.filter((member) => isPersonal(member, isGroup ? "special" : "any"));
  if (concerned.length === 0) return;
  const listed = concerned.slice(0, 5).map((member) => member.coordinate);
  const names = listed.join(", ") + (concerned.length > 5 ? `, and ${concerned.length - 5} more` : "");
  if (isGroup) {
    const message = `${rule.field} holds fields of a special category (${names}): name each one`;
    faults.at(line, found.cells.field, "fault", "group-over-special", message);
  } else {
    const message = `${rule.field} would open personal fields (${names}): name each personal field`;
    faults.at(line, found.cells.field, "fault", "wildcard-over-personal", message);
  }
}

export function isPersonal(member: Member, which: "special" | "any"): boolean {
  if (member.kind === "link") return false;
  if (which === "special") return member.personal?.special === true;
  return member.personal !== null || member.subjects.length > 0;
}

function checkMaskFits(found: RuleLine, members: readonly Member[], faults: FaultList): void {
  const { line, rule } = found;
  const misfit = members.find((member) => !maskFits(rule.mask, member));
  if (misfit === undefined) return;
  const { types } = maskParts(rule.mask).kind;
  const type = scalarOf(misfit);
  const message =
    type !== null && types?.includes(type) === true
      ? `the mask \`${rule.mask}\` changes no ${type}: ${misfit.coordinate} would leave as it is; write another number, or \`-\``
      : `the mask \`${rule.mask}\` is for ${types === null ? "" : listed(types)}; ${misfit.coordinate} is ${type === null ? "a link" : `of type ${type}`}`;
  faults.at(line, found.cells.mask, "fault", "mask-does-not-fit", message);
}

const listed = (types: readonly string[]): string =>
  types.length < 2 ? types.join() : `${types.slice(0, -1).join(", ")} and ${types.at(-1) ?? ""}`;
