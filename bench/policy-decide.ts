// What a version costs in one process: to check, to load, to compile, to decide; beside node-casbin on the same rules.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { newEnforcer, newModelFromString, StringAdapter, type Enforcer } from "casbin";
import { readCatalogue } from "../src/catalogue/index.js";
import {
  checkVersion,
  loadPolicyVersion,
  modelText,
  type Grant,
  type GrantSubject,
  type PolicyVersion,
  type VersionContent,
} from "../src/policy/index.js";
import {
  agreementRef,
  type ApplicationName,
  type Coordinate,
  type PurposeName,
  type TenantName,
} from "../src/terms/index.js";
import { median, percentile } from "./figures.js";
import {
  contentOf,
  generatedPurposes,
  generatedSource,
  type GeneratedAgreement,
  type GeneratedPolicy,
} from "./policy-rules.js";

export interface DecideFigures {
  readonly rules: number;
  readonly memberships: number;
  readonly fields: number;
  /** Milliseconds; what is done before a version is applied. */
  readonly checkMs: number;
  /** Milliseconds; what a gateway does with a version that was applied. */
  readonly loadMs: number;
  /** Megabytes of heap that a loaded version holds, and all the grants that it remembers. */
  readonly versionMb: number;
  readonly grantsMb: number;
  /** Milliseconds to compile one agreement at first use. */
  readonly compile: {
    readonly first: number;
    readonly median: number;
    readonly p99: number;
    readonly heaviest: number;
  };
  readonly compiled: number;
  /** Nanoseconds of one decision from a compiled grant. */
  readonly decisionNs: number;
  /** Nanoseconds of one `enforceSync` of node-casbin over all the rules. */
  readonly enforceNs: number;
  /** Decisions that were compared with `enforceSync`. */
  readonly compared: number;
}

const tenant = "rivemont" as TenantName;
const sources: ReadonlySet<string> = new Set([generatedSource]);

export async function measureDecisions(
  policy: GeneratedPolicy,
  report: (line: string) => void,
): Promise<DecideFigures> {
  const content = contentOf(policy, tenant);
  const names = { sources, purposes: generatedPurposes, applications: new Set(policy.applications) };
  const checkMs = median([1, 2, 3].map(() => timed(() => requireClean(content, names)).ms));
  report(`checked in ${checkMs.toFixed(0)} ms`);
  const before = heapMegabytes();
  const loads = [1, 2, 3].map(() => timed(() => loadPolicyVersion(content, sources)));
  const version = loads.at(-1)?.value;
  if (version === undefined) throw new Error("no version was loaded");
  const loadMs = median(loads.splice(0).map(({ ms }) => ms));
  const versionMb = heapMegabytes() - before;
  report(`loaded in ${loadMs.toFixed(0)} ms`);
  const { compile, compiled, grantsMb } = measureCompiling(version, policy);
  report(`an agreement compiled in ${compile.median.toFixed(2)} ms`);
  const decisionNs = measureDecision(version, policy.agreements.slice(1, 51));
  const { enforceNs, compared } = await measureCasbin(content, version, policy, report);
  return {
    rules: version.rules.rules.length,
    memberships: version.rules.memberships.length,
    fields: version.catalogue.coordinates.size,
    ...{ checkMs, loadMs, versionMb, grantsMb, compile, compiled, decisionNs, enforceNs, compared },
  };
}

function requireClean(content: VersionContent, names: Parameters<typeof checkVersion>[1]): void {
  const { rules, faults } = checkVersion(content, names);
  const fault = faults.find(({ severity }) => severity === "fault");
  if (rules === null) throw new Error(`the generated rules are refused: ${fault?.message ?? "unknown"}`);
}

const subjectOf = ({ application, purpose, fields }: GeneratedAgreement): GrantSubject => ({
  agreement: agreementRef(application, purpose),
  application: application as ApplicationName,
  purpose: purpose as PurposeName,
  fields: fields as ReadonlySet<Coordinate>,
});

/** More than a version remembers would be compiled again and again: as many as it remembers, then what they hold. */
function measureCompiling(
  version: PolicyVersion,
  policy: GeneratedPolicy,
): Pick<DecideFigures, "compile" | "compiled" | "grantsMb"> {
  const kept = 500;
  const chosen = Array.from({ length: kept }, (_, at) => policy.agreements[1 + at * 17]).filter(
    (one) => one !== undefined,
  );
  const before = heapMegabytes();
  const times = chosen.map((agreement) => timed(() => version.grant(subjectOf(agreement))).ms);
  const grantsMb = heapMegabytes() - before;
  const heaviest = timed(() => version.grant(subjectOf(policy.heaviest))).ms;
  const [first = 0, ...rest] = times;
  return {
    compile: { first, median: median(rest), p99: percentile(rest, 0.99), heaviest },
    compiled: chosen.length,
    grantsMb,
  };
}

/** Every field of many grants in turn, as the plan of a request asks. */
function measureDecision(version: PolicyVersion, agreements: readonly GeneratedAgreement[]): number {
  const grants = agreements.map((agreement) => version.grant(subjectOf(agreement)));
  const coordinates = [...version.catalogue.coordinates.values()].map(({ coordinate }) => coordinate);
  const all = (): number => grants.reduce((open, grant) => open + countShared(grant, coordinates), 0);
  const decisions = grants.length * coordinates.length;
  all();
  return median(Array.from({ length: 21 }, () => (timed(all).ms * 1e6) / decisions));
}

function countShared(grant: Grant, coordinates: readonly Coordinate[]): number {
  let shared = 0;
  for (const coordinate of coordinates) if (grant.decisions.get(coordinate)?.shared === true) shared += 1;
  return shared;
}

/** Casbin by its own reader over the whole text, as any tool of Casbin's would load it. Every answer is compared. */
async function measureCasbin(
  content: VersionContent,
  version: PolicyVersion,
  policy: GeneratedPolicy,
  report: (line: string) => void,
): Promise<{ enforceNs: number; compared: number }> {
  const casbin = await casbinOf(content);
  const agreements = [policy.heaviest, ...policy.agreements.filter((_, at) => at % 2003 === 5)];
  const every = [...version.catalogue.coordinates.values()].map(({ coordinate }) => coordinate);
  const coordinates = every.filter((_, at) => at % 101 === 3);
  const times: number[] = [];
  for (const agreement of agreements) {
    const grant = version.grant(subjectOf(agreement));
    for (const coordinate of coordinates) {
      const { ms, value } = timed(() => casbin.enforceSync(agreement.application, agreement.purpose, coordinate));
      times.push(ms * 1e6);
      const decision = grant.decisions.get(coordinate);
      const opened = decision?.shared === true || decision?.reason === "not-in-agreement";
      if (opened !== value) throw new Error(`Casbin and the grant differ on ${coordinate} for ${grant.agreement}`);
    }
  }
  report(`enforceSync took ${(median(times) / 1e6).toFixed(0)} ms, ${times.length} answers were equal`);
  return { enforceNs: median(times), compared: times.length };
}

async function casbinOf(content: VersionContent): Promise<Enforcer> {
  const texts = [...content.files].filter(([path]) => path.endsWith(".csv")).map(([, text]) => text);
  const enforcer = await newEnforcer(newModelFromString(modelText), new StringAdapter(texts.join("\n")));
  const { catalogue } = readCatalogue(content.schema, { file: "schema.graphql", sources });
  for (const [group, coordinates] of catalogue?.groups ?? [])
    for (const coordinate of coordinates) await enforcer.addNamedGroupingPolicy("g2", coordinate, `@${group}`);
  return enforcer;
}

function timed<T>(work: () => T): { ms: number; value: T } {
  const began = performance.now();
  const value = work();
  return { ms: performance.now() - began, value };
}

/** After the garbage is gone. */
function heapMegabytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
