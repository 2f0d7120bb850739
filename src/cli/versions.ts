// Policy versions as commands need them: the one in force, one by the start of its name, the files of the town folder.
import { readCatalogue, type Catalogue } from "../catalogue/index.js";
import {
  checkVersion,
  loadPolicyVersion,
  readPolicyFolder,
  schemaName,
  type AppliedVersion,
  type PolicyVersion,
  type VersionContent,
} from "../policy/index.js";
import { hasFault, type FileFault, type PolicyVersionId } from "../terms/index.js";
import { refuse } from "./failure.js";
import { TownRefused } from "./open-town.js";
import type { Session } from "./session.js";

const sourceNames = ({ tenant }: Session): ReadonlySet<string> => new Set(tenant.sources.keys());

/** Null before the first one. @throws PolicyNotUnderstood */
export async function versionInForce(session: Session): Promise<PolicyVersion | null> {
  const stored = await session.town.policyStore.inForce(session.tenant.name);
  return stored === null ? null : loadPolicyVersion(stored.content, sourceNames(session));
}

export const noneInForce = (): Error =>
  refuse('No policy version is in force. Apply the town\'s files first: npx passerelle policy apply -m "why"');

/** The map of the town's data: that of the version in force, else the one in the town folder. @throws TownRefused */
export async function currentCatalogue(session: Session): Promise<Catalogue> {
  const inForce = await versionInForce(session);
  if (inForce !== null) return inForce.catalogue;
  const { content, faults } = await readTownFiles(session);
  if (content === null) throw new TownRefused(faults);
  const read = readCatalogue(content.schema, { file: schemaName, sources: sourceNames(session) });
  if (read.catalogue === null) throw new TownRefused(read.faults);
  return read.catalogue;
}

const readTownFiles = ({ context, town, tenant }: Session): ReturnType<typeof readPolicyFolder> =>
  readPolicyFolder(context.folder, tenant.name, tenant.schemaFile, town.settings.tenants.keys());

export interface CheckedFiles {
  /** Null as soon as there is one fault. */
  readonly content: VersionContent | null;
  /** Warnings among them. */
  readonly faults: readonly FileFault[];
}

/** Law 7: the gateway's own validator over the files as they lie in the town folder. */
export async function checkTownFiles(session: Session): Promise<CheckedFiles> {
  const read = await readTownFiles(session);
  if (read.content === null) return read;
  const all = [...read.faults, ...(await checkContent(session, read.content))];
  return { content: hasFault(all) ? null : read.content, faults: all };
}

/** Against the sources, purposes and applications that are known today. */
export async function checkContent(session: Session, content: VersionContent): Promise<readonly FileFault[]> {
  const { town, tenant } = session;
  const applications = await town.registry.listApplications(tenant.name);
  const { faults } = checkVersion(content, {
    sources: sourceNames(session),
    purposes: new Set<string>(tenant.purposes.keys()),
    applications: new Set(applications.map(({ name }) => name)),
  });
  return faults;
}

export interface FoundVersion {
  readonly id: PolicyVersionId;
  readonly content: VersionContent;
  /** Every applying of it, the newest first. */
  readonly applied: readonly AppliedVersion[];
  readonly inForce: boolean;
}

/** More than a town changes its rules in a hundred years. */
const wholeHistory = 1_000_000;

/** @param start the version's name or its first digits, 8 at least; the one in force where it is not given */
export async function findVersion({ town, tenant }: Session, start: string | undefined): Promise<FoundVersion> {
  if (start !== undefined && !/^[0-9a-f]{8,64}$/i.test(start))
    throw refuse("A policy version is named by its SHA-256, or by the first 8 or more of its hexadecimal digits.");
  const history = await town.policyStore.history(tenant.name, wholeHistory);
  const newest = history[0];
  if (newest === undefined) throw noneInForce();
  const wanted = start?.toLowerCase() ?? newest.id;
  const ids = [...new Set(history.map(({ id }) => id))].filter((id) => id.startsWith(wanted));
  const [id, another] = ids;
  if (id === undefined)
    throw refuse(`No policy version of ${tenant.name} begins with ${wanted}. See: npx passerelle policy history`);
  if (another !== undefined)
    throw refuse(`${ids.length} policy versions begin with ${wanted}: give more of its digits.`);
  const content = await town.policyStore.read(tenant.name, id);
  if (content === null) throw refuse(`The content of policy version ${id} is no longer stored.`);
  return { id, content, applied: history.filter((one) => one.id === id), inForce: id === newest.id };
}
