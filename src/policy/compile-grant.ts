// The rules of one version and one agreement → all its decisions. Laws 1 and 3: decided once, on coordinates, before any
// request; open only what a rule opens AND the approved snapshot lists.
import { createHash } from "node:crypto";
import type { Dataset } from "../catalogue/index.js";
import type { Coordinate } from "../terms/index.js";
import type { Decision, FilterName, Grant, GrantSubject, RowFilter } from "./grant.js";
import { PolicyNotUnderstood, type Judge } from "./judge.js";
import { openedForm } from "./opened-form.js";
import { rulesFor } from "./rules-by-application.js";
import { matchedCoordinates, type AllowRule, type Rule, type RuleSet } from "./rules.js";

/**
 * One decision for each coordinate of the SHARED datasets. The rule named is the first that denies, in the order of
 * files and lines, else the first that allows.
 * @throws PolicyNotUnderstood when Casbin and our own reading of the rules differ: then nothing is shared
 */
export function compileGrant(rules: RuleSet, judge: Judge, subject: GrantSubject): Grant {
  const concerned = rulesFor(rules, subject.application, subject.purpose);
  const matching = rulesByCoordinate(concerned, rules);
  const decisions = new Map<Coordinate, Decision>();
  for (const dataset of rules.catalogue.datasets.values()) {
    if (dataset.status !== "SHARED") continue;
    const mayMatch = concerned.filter((rule) => mayConcern(rule, dataset));
    for (const { coordinate } of dataset.members.values()) {
      const ruling = ruleOn(matching.get(coordinate) ?? [], coordinate);
      const verdict = judge.decide(mayMatch, subject.application, subject.purpose, coordinate);
      if (verdict.allowed !== ruling.allowed || verdict.because !== ruling.because) {
        throw new PolicyNotUnderstood(`Casbin and the compiled rules differ on ${coordinate}`);
      }
      decisions.set(coordinate, decide(coordinate, ruling, subject));
    }
  }
  const filters = filtersOf(decisions, rules);
  return Object.freeze({
    agreement: subject.agreement,
    purpose: subject.purpose,
    policyVersion: rules.version,
    decisions,
    filters,
    fingerprint: fingerprint(decisions, filters),
  });
}

/** What Casbin is asked about one dataset: rules that name other datasets cannot match and would only cost time. */
function mayConcern(rule: Rule, dataset: Dataset): boolean {
  return rule.field === "*" || rule.field.startsWith("@") || rule.field.startsWith(`${dataset.name}.`);
}

function rulesByCoordinate(concerned: readonly Rule[], rules: RuleSet): Map<Coordinate, Rule[]> {
  const found = new Map<Coordinate, Rule[]>();
  for (const rule of concerned) {
    for (const coordinate of matchedCoordinates(rule.field, rules.catalogue)) {
      const matching = found.get(coordinate);
      if (matching === undefined) found.set(coordinate, [rule]);
      else matching.push(rule);
    }
  }
  return found;
}

interface Ruling {
  readonly allowed: boolean;
  readonly deny: Rule | null;
  readonly allow: AllowRule | null;
  /** The rule that Casbin gives as its reason: the first deny, else the LAST allow. */
  readonly because: Rule | null;
}

function ruleOn(matching: readonly Rule[], coordinate: Coordinate): Ruling {
  const deny = matching.find((found) => found.effect === "deny") ?? null;
  const allows = matching.filter((found) => found.effect === "allow");
  const allow = allows[0] ?? null;
  // The validator refuses such rules; were one to come through, no precedence would be right.
  if (allows.some((other) => other.mask !== allow?.mask || other.rows !== allow.rows)) {
    throw new PolicyNotUnderstood(`rules that meet on ${coordinate} differ`);
  }
  return { allowed: deny === null && allow !== null, deny, allow, because: deny ?? allows.at(-1) ?? null };
}

function decide(coordinate: Coordinate, { deny, allow }: Ruling, subject: GrantSubject): Decision {
  if (deny !== null) return Object.freeze({ coordinate, shared: false, reason: "denied", rule: deny.ref });
  if (allow === null) return Object.freeze({ coordinate, shared: false, reason: "no-rule", rule: null });
  if (!subject.fields.has(coordinate)) {
    return Object.freeze({ coordinate, shared: false, reason: "not-in-agreement", rule: allow.ref });
  }
  const { rows, mask, ref } = allow;
  // Law 15: what is open to statistics alone is open to nothing that asks for a value, and makes no row visible.
  if (mask === "aggregate")
    return Object.freeze({ coordinate, shared: false, reason: "statistics-only", rows, rule: ref });
  return Object.freeze({ coordinate, shared: true, rows, mask, rule: ref });
}

function filtersOf(decisions: ReadonlyMap<Coordinate, Decision>, rules: RuleSet): ReadonlyMap<FilterName, RowFilter> {
  const found = new Map<FilterName, RowFilter>();
  for (const decision of decisions.values()) {
    const opened = openedForm(decision);
    if (opened === null || opened.rows === "all" || opened.rows === "own") continue;
    const filter = rules.filters.get(opened.rows);
    // The validator refuses such rules: without the condition every row would be open.
    if (filter === undefined || !decision.coordinate.startsWith(`${filter.dataset}.`))
      throw new PolicyNotUnderstood(`no filter \`${opened.rows}\` is for ${decision.coordinate}`);
    found.set(opened.rows, filter);
  }
  return found;
}

/** SHA-256 over what decides an answer: coordinates opened, with their rows and masks, and what the filters say. */
function fingerprint(decisions: Grant["decisions"], filters: Grant["filters"]): string {
  const opened = [...decisions.values()].flatMap((decision) => {
    const form = openedForm(decision);
    return form === null ? [] : [JSON.stringify([decision.coordinate, form.rows, form.mask])];
  });
  const conditions = [...filters.values()].map(({ name, dataset, where }) => JSON.stringify([name, dataset, where]));
  return createHash("sha256")
    .update([...opened.sort(), ...conditions.sort()].join("\n"))
    .digest("hex");
}
