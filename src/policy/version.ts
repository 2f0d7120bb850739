// A policy version ready to decide: built anew, checked, and only then swapped in by whoever holds it.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { readCatalogue, type Catalogue } from "../catalogue/index.js";
import { formatFault, hasFault, type FileFault, type PolicyVersionId } from "../terms/index.js";
import {
  checkPolicy,
  checkPolicyAlone,
  checkShapes,
  recheckPolicy,
  type CheckedPolicy,
  type PolicyNames,
} from "./check.js";
import { compileGrant } from "./compile-grant.js";
import type { VersionContent } from "./content.js";
import type { Grant, GrantSubject } from "./grant.js";
import { createJudge, PolicyNotUnderstood } from "./judge.js";
import type { RuleSet } from "./rules.js";

export interface PolicyVersion {
  readonly id: PolicyVersionId;
  readonly content: VersionContent;
  readonly catalogue: Catalogue;
  readonly rules: RuleSet;
  /**
   * Compiled once per agreement and snapshot, then remembered.
   * @throws PolicyNotUnderstood when Casbin and the compiled rules differ: nothing may be shared
   */
  grant(subject: GrantSubject): Grant;
}

/** What gateway.yaml and identity know of a tenant. */
export interface TownNames {
  readonly sources: ReadonlySet<string>;
  readonly purposes: ReadonlySet<string>;
  readonly applications: ReadonlySet<string>;
}

/** Names in `faults` of schema.graphql, wherever the file itself lies. */
export const schemaName = "schema.graphql";

/** Every fault of schema.graphql and of the rule files at once: what is asked before a version is applied. */
export function checkVersion(content: VersionContent, names: TownNames): CheckedPolicy {
  const read = readCatalogue(content.schema, { file: schemaName, sources: names.sources });
  const { catalogue } = read;
  // Without a catalogue no name can be looked up, but what is wrong in a line's shape can be said already.
  if (catalogue === null) return { rules: null, faults: [...checkShapes(content), ...read.faults] };
  const known: PolicyNames = { catalogue, purposes: names.purposes, applications: names.applications };
  const checked = checkPolicy(content, known);
  return { rules: checked.rules, faults: [...checked.faults, ...read.faults] };
}

/**
 * The same where no store says which applications there are: a misspelt application stays unseen, so nothing may be
 * applied by this alone.
 */
export function checkVersionAlone(content: VersionContent, names: Omit<TownNames, "applications">): CheckedPolicy {
  const { catalogue, faults } = readCatalogue(content.schema, { file: schemaName, sources: names.sources });
  if (catalogue === null) return { rules: null, faults: [...checkShapes(content), ...faults] };
  const checked = checkPolicyAlone(content, { catalogue, purposes: names.purposes });
  return { rules: checked.rules, faults: [...checked.faults, ...faults] };
}

/** Faults that refuse a version which was to be loaded. */
export class PolicyVersionRefused extends PolicyNotUnderstood {
  constructor(readonly faults: readonly FileFault[]) {
    const first = faults.find((fault) => fault.severity === "fault");
    super(first === undefined ? "the policy version is not understood" : formatFault(first));
  }
}

/** Grants remembered per version; an agreement beyond them is compiled again. */
const mostGrants = 500;

/**
 * A version that was checked when it was applied; what its content alone decides is checked again.
 * @param sources names of the tenant's sources in gateway.yaml
 * @throws PolicyVersionRefused, PolicyNotUnderstood: then nothing is shared by it (law 1)
 */
export function loadPolicyVersion(content: VersionContent, sources: ReadonlySet<string>): PolicyVersion {
  const { catalogue, faults } = readCatalogue(content.schema, { file: schemaName, sources });
  if (catalogue === null || hasFault(faults)) throw new PolicyVersionRefused(faults);
  const checked = recheckPolicy(content, catalogue);
  const { rules } = checked;
  if (rules === null) throw new PolicyVersionRefused(checked.faults);
  const judge = createJudge(rules.memberships, catalogue.groups);
  // One version's own cache: a key holds the agreement, the version is the cache itself (law 12).
  const grants = new LRUCache<string, Grant>({ max: mostGrants });
  return Object.freeze({
    id: rules.version,
    content,
    catalogue,
    rules,
    grant(subject: GrantSubject): Grant {
      const key = subjectKey(subject);
      const known = grants.get(key);
      if (known !== undefined) return known;
      const grant = compileGrant(rules, judge, subject);
      grants.set(key, grant);
      return grant;
    },
  });
}

function subjectKey(subject: GrantSubject): string {
  const { agreement, application, purpose, fields } = subject;
  const key = JSON.stringify([agreement, application, purpose, [...fields].sort()]);
  return createHash("sha256").update(key).digest("base64url");
}
