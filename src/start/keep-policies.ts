// The files under `policies/` and the version in force: what the store has applied decides, a saved file only proposes.
import { userInfo } from "node:os";
import { checkVersion, readPolicyFolder, versionId, watchPolicies, type TownNames } from "../policy/index.js";
import type { PolicyStore, PolicyWatch, VersionContent } from "../policy/index.js";
import { formatFault, hasFault, type FileFault, type PolicyVersionId, type TenantName } from "../terms/index.js";

export interface PolicyFilesOptions {
  readonly folder: string;
  readonly tenant: TenantName;
  /** Every tenant of the town: each has a folder under policies/. */
  readonly tenants: readonly TenantName[];
  readonly schemaFile: string;
  readonly store: PolicyStore;
  /** Read anew each time: an application may have been created since. */
  readonly names: () => Promise<TownNames>;
  readonly report: (line: string) => void;
  /** What a version would change for whom; a line each, a few at most. Empty: nothing was in force. */
  readonly changes: (content: VersionContent) => Promise<readonly string[]>;
  /** What people should know of the version that was just put in force; a line each. */
  readonly review: (version: PolicyVersionId) => Promise<readonly string[]>;
  /** The files were checked: with these faults they are not applied. */
  readonly checked: (faults: readonly FileFault[]) => void;
}

export type Applied =
  | { readonly applied: true; readonly version: PolicyVersionId; readonly changed: boolean }
  | { readonly applied: false; readonly faults: readonly FileFault[] };

/** Checks the files and puts them in force. With a fault nothing changes: the last good version stays (law 7). */
export async function applyFiles(options: PolicyFilesOptions, message: string): Promise<Applied> {
  const { folder, tenant, tenants, schemaFile, store } = options;
  const read = await readPolicyFolder(folder, tenant, schemaFile, tenants);
  if (read.content === null) {
    options.checked(read.faults);
    return { applied: false, faults: read.faults };
  }
  const { faults } = checkVersion(read.content, await options.names());
  options.checked(faults);
  if (hasFault(faults)) return { applied: false, faults };
  for (const warning of faults) options.report(formatFault(warning));
  // Its name is enough: content that was altered in the store keeps nobody from putting a good version in its place.
  const inForce = (await store.revision(tenant)).policyVersion;
  const version = versionId(read.content);
  if (inForce === version) return { applied: true, version, changed: false };
  // What would change is said before it counts; with a save in an editor there is nobody to ask.
  for (const line of await options.changes(read.content)) options.report(line);
  await store.apply(read.content, userInfo().username, message);
  // It is in force by now, whatever becomes of what is said about it.
  const review = await options.review(version).catch(() => [`${tenant}: the agreements could not be looked at`]);
  for (const line of review) options.report(line);
  return { applied: true, version, changed: true };
}

/** Development: every saved change is checked, said, and applied when it is without fault. One at a time, none lost. */
export function keepApplied(options: PolicyFilesOptions): PolicyWatch {
  const { report, tenant } = options;
  let running: Promise<void> = Promise.resolve();
  let faulty = false;
  const apply = async (): Promise<void> => {
    try {
      const result = await applyFiles(options, "saved file");
      const mended = faulty;
      faulty = !result.applied;
      if (!result.applied) {
        for (const fault of result.faults) report(formatFault(fault));
        const inForce = (await options.store.revision(tenant)).policyVersion;
        report(
          inForce === null
            ? `${tenant}: not applied; nothing is in force, so nothing is shared`
            : `${tenant}: not applied; version ${shortId(inForce)} stays in force`,
        );
      } else if (result.changed) report(`${tenant}: version ${shortId(result.version)} in force`);
      else if (mended)
        report(`${tenant}: the files are without fault again; version ${shortId(result.version)} is in force`);
    } catch (error) {
      report(`${tenant}: the files could not be applied (${error instanceof Error ? error.message : "unknown"})`);
    }
  };
  return watchPolicies(
    options.folder,
    tenant,
    options.schemaFile,
    () => void (running = running.then(apply)),
    (error) => report(`${tenant}: files are not watched any more (${error.message}); restart to apply changes`),
  );
}

/** As people say it: the first 12 of 64 digits. */
export const shortId = (version: PolicyVersionId): string => version.slice(0, 12);
