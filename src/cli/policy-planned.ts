// A change of policy as it was looked at: what is in force, what would be, and what of it anybody would notice.
import { createHash } from "node:crypto";
import {
  loadPolicyVersion,
  PolicyNotUnderstood,
  readTestFiles,
  RevisionMoved,
  runPolicyTests,
  type PolicyVersion,
  type VersionContent,
} from "../policy/index.js";
import { formatFault, type FileFault, type PolicyVersionId } from "../terms/index.js";
import { couldNot, refuse } from "./failure.js";
import { colourOf, countOf } from "./policy-faults.js";
import { countOfTests, tellReport } from "./policy-test.js";
import type { Session } from "./session.js";
import { compareVersions, type VersionChanges } from "./version-changes.js";
import { checkTownFiles } from "./versions.js";

export interface PolicyPlan {
  /** 16 hex digits of a SHA-256 over the tenant, what is in force, its revision and what would be. */
  readonly id: string;
  /** The tenant's revision that it was made under: it is applied under no other. */
  readonly revision: number;
  readonly inForce: PolicyVersionId | null;
  /** Why the version in force cannot be read: nothing is shared by it, so everything counts as gained. */
  readonly unreadable: string | null;
  /** What is in force, loaded; null where nothing is, or where it cannot be read. */
  readonly before: PolicyVersion | null;
  readonly version: PolicyVersion;
  readonly changes: VersionChanges;
}

/**
 * The revision is read first: what changes after it makes the plan one that is not applied any more.
 * @throws PolicyNotUnderstood, PolicyVersionRefused: the content no longer loads with today's sources
 */
export async function planOf({ town, tenant }: Session, content: VersionContent): Promise<PolicyPlan> {
  const sources = new Set(tenant.sources.keys());
  const { revision, policyVersion: inForce } = await town.policyStore.revision(tenant.name);
  const version = loadPolicyVersion(content, sources);
  const read = await readBefore();
  const agreements = await town.registry.listAgreements(tenant.name);
  const { before, unreadable, changes } = compared();
  const named = JSON.stringify([tenant.name, inForce, revision, version.id]);
  const id = createHash("sha256").update(named).digest("hex").slice(0, 16);
  return { id, revision, inForce, unreadable, before, version, changes };

  /** What is in force may load and yet not be understood for somebody: the way out of it must not depend on it. */
  function compared(): Pick<PolicyPlan, "before" | "unreadable" | "changes"> {
    try {
      return { ...read, changes: compareVersions(agreements, read.before, version) };
    } catch (error) {
      if (read.before === null || !(error instanceof PolicyNotUnderstood)) throw error;
      return { before: null, unreadable: error.message, changes: compareVersions(agreements, null, version) };
    }
  }

  async function readBefore(): Promise<Pick<PolicyPlan, "before" | "unreadable">> {
    if (inForce === null) return { before: null, unreadable: null };
    try {
      const stored = await town.policyStore.read(tenant.name, inForce);
      if (stored === null) return { before: null, unreadable: "its content is not stored" };
      return { before: loadPolicyVersion(stored, sources), unreadable: null };
    } catch (error) {
      if (error instanceof PolicyNotUnderstood) return { before: null, unreadable: error.message };
      throw error;
    }
  }
}

/** @throws CommandFailure when there is a fault in the files or a test of them fails, which are told */
export async function plannedFiles(session: Session): Promise<PolicyPlan> {
  const { terminal } = session;
  const { content, faults } = await checkTownFiles(session);
  for (const fault of faults) terminal.err(formatFault(fault), colourOf(fault));
  if (content === null) throw refuse(`${countOf(faults)}. Nothing was applied; what is in force stays in force.`);
  const plan = await planOf(session, content);
  await holdTests(session, plan.version);
  return plan;
}

/** `policies/<tenant>/tests/*.yaml` say what must not change by mistake: a plan that breaks one is none. */
async function holdTests({ context, tenant, terminal }: Session, version: PolicyVersion): Promise<void> {
  const found = await readTestFiles(context.folder, tenant.name);
  const purposes = new Set(tenant.purposes.keys());
  const report = runPolicyTests(version, found.files, { purposes, applications: null });
  const faults: readonly FileFault[] = [...found.faults, ...report.faults];
  if (report.passed && faults.length === 0) return;
  tellReport({ ...terminal, out: terminal.err }, { ...report, faults });
  throw refuse(countOfTests({ ...report, faults }));
}

/** Puts it in force as it was looked at, or not at all. @throws CommandFailure when something moved since */
export async function applyPlan(session: Session, plan: PolicyPlan, message: string): Promise<void> {
  const { context, terminal, town, tenant } = session;
  const { version, revision, inForce } = plan;
  try {
    await town.policyStore.apply(version.content, context.who, message, revision);
  } catch (error) {
    if (error instanceof RevisionMoved)
      throw refuse(
        "The version in force, an agreement or a key changed in the meantime. Nothing was applied. " +
          "Look again: npx passerelle policy plan",
      );
    throw error;
  }
  // The store decides what is in force, not what we meant to do.
  const now = (await town.policyStore.revision(tenant.name)).policyVersion;
  if (now !== version.id)
    throw couldNot(
      `Version ${version.id} was applied, but another one came after it. See: npx passerelle policy history`,
    );
  terminal.out(`version ${version.id} in force`, "bold");
  terminal.out("It counts at the next request, on every node.", "dim");
  if (inForce !== null && plan.unreadable === null)
    terminal.out(`The way back: npx passerelle policy rollback ${inForce.slice(0, 12)} -m "why"`, "dim");
}
