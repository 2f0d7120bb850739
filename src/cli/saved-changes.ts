// Development: what a saved file changes, in the few lines that a terminal has beside the gateway's own.
import type { TenantSettings } from "../config.js";
import { loadPolicyVersion, versionId, type VersionContent } from "../policy/index.js";
import type { Town } from "./open-town.js";
import { balance, changeLines } from "./policy-plan-lines.js";
import { changesNothing, compareVersions } from "./version-changes.js";

const mostLines = 8;

/** A line each; none where nothing was in force, or where what was in force cannot be read and all is new. */
export async function savedChanges(
  { policyStore, registry }: Pick<Town, "policyStore" | "registry">,
  tenant: TenantSettings,
  content: VersionContent,
): Promise<readonly string[]> {
  const sources = new Set(tenant.sources.keys());
  const stored = await policyStore.inForce(tenant.name).catch(() => null);
  if (stored === null) return [];
  const agreements = await registry.listAgreements(tenant.name);
  const after = loadPolicyVersion(content, sources);
  const changes = compareVersions(agreements, loadedOrNull(stored.content, sources), after);
  if (changesNothing(changes)) return [`${tenant.name}: nothing that anybody may read changes`];
  const whole = `npx passerelle policy diff ${stored.id.slice(0, 12)} ${versionId(content).slice(0, 12)}`;
  const lines = changeLines(changes, mostLines).map(({ text }) => `  ${text}`);
  return [`${tenant.name}: ${balance(changes)} (all of it: ${whole})`, ...lines];
}

function loadedOrNull(...args: Parameters<typeof loadPolicyVersion>): ReturnType<typeof loadPolicyVersion> | null {
  try {
    return loadPolicyVersion(...args);
  } catch {
    return null;
  }
}
