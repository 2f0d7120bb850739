// The rules of one version and one agreement → all its decisions. Laws 1 and 3: decided once, on coordinates, before any
// request; open only what a rule opens AND the approved snapshot lists.
import { createHash } from "node:crypto";
import type { Dataset } from "../catalogue/index.js";
import type { Coordinate } from "../terms/index.js";
import type { Decision, Grant, GrantSubject } from "./grant.js";
import { PolicyNotUnderstood, type Judge } from "./judge.js";
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
  return Object.freeze({
    agreement: subject.agreement,
    purpose: subject.purpose,
    policyVersion: rules.version,
    decisions,
    fingerprint: fingerprint(decisions),
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
  return Object.freeze({ coordinate, shared: true, rows: allow.rows, mask: allow.mask, rule: allow.ref });
}

/** SHA-256 over what decides an answer: coordinates shared, with their rows and masks. */
function fingerprint(decisions: ReadonlyMap<Coordinate, Decision>): string {
  const shared = [...decisions.values()]
    .filter((decision) => decision.shared)
    .map(({ coordinate, rows, mask }) => JSON.stringify([coordinate, rows, mask]))
    .sort();
  return createHash("sha256").update(shared.join("\n")).digest("hex");
}
