// Casbin is the judge of every decision. It is asked when a grant is compiled, never while a request waits on it.
import { Enforcer, newModelFromString, type Model } from "casbin";
import { modelText } from "./model.js";
import type { Membership, Rule } from "./rules.js";

/** Casbin's answer, and the rule it gives as its reason: a deny that matched, else an allow, else none. */
export interface Verdict {
  readonly allowed: boolean;
  readonly because: Rule | null;
}

export interface Judge {
  /** Casbin's `enforce` over the given rules; the more rules, the slower (about 2 µs each). */
  decide(rules: readonly Rule[], application: string, purpose: string, coordinate: string): Verdict;
}

/** Policy that Casbin and we do not read alike: nothing may be shared by it. */
export class PolicyNotUnderstood extends Error {
  override readonly name = "PolicyNotUnderstood";
}

/**
 * @param groups field groups, `contact` → its coordinates: from @group in schema.graphql, fed to `g2` here alone
 * @throws PolicyNotUnderstood when Casbin did not take every link
 */
export function createJudge(memberships: readonly Membership[], groups: ReadonlyMap<string, readonly string[]>): Judge {
  const model = newModelFromString(modelText);
  for (const { application, group } of memberships) addLink(model, "g", application, group);
  for (const [group, coordinates] of groups) {
    for (const coordinate of coordinates) addLink(model, "g2", coordinate, `@${group}`);
  }
  const enforcer = new Enforcer();
  enforcer.setModel(model);
  const policy = model.model.get("p")?.get("p");
  if (policy === undefined) throw new PolicyNotUnderstood("model.conf defines no p");
  let loaded: readonly Rule[] | null = null;
  let ruleOf = new Map<readonly string[], Rule>();
  return {
    decide(rules, application, purpose, coordinate) {
      if (loaded !== rules) {
        ruleOf = new Map(rules.map((rule) => [casbinLine(rule), rule]));
        policy.policy = [...ruleOf.keys()].map((line) => line as string[]);
        loaded = rules;
      }
      const [allowed, line] = enforcer.enforceExSync(application, purpose, coordinate);
      return { allowed, because: ruleOf.get(line) ?? null };
    },
  };
}

const casbinLine = (rule: Rule): string[] => [
  rule.application,
  rule.purpose,
  rule.field,
  rule.rows,
  rule.mask,
  rule.effect,
];

/** `addLink` is declared async but links before it returns; that it did is checked, for a lost link loses a deny. */
function addLink(model: Model, section: "g" | "g2", name: string, group: string): void {
  const roles = model.model.get("g")?.get(section)?.rm;
  void roles?.addLink(name, group);
  if (roles?.syncedHasLink?.(name, group) !== true) {
    throw new PolicyNotUnderstood(`Casbin did not take the link ${section}, ${name}, ${group}`);
  }
}
