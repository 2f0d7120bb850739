// Under which version, and at which moment, a question about the rules is asked.
import { loadPolicyVersion, type AppliedVersion, type PolicyVersion } from "../policy/index.js";
import { refuse } from "./failure.js";
import { localTime, parseMoment } from "./moments.js";
import { TownRefused } from "./open-town.js";
import type { Session } from "./session.js";
import { checkTownFiles, noneInForce } from "./versions.js";

export interface ViewOptions {
  readonly at?: string;
  readonly files?: true;
}

export interface Viewpoint {
  readonly version: PolicyVersion;
  /** The applying by which it was in force at that moment; null: the files of the town folder. */
  readonly applied: AppliedVersion | null;
  /** All applyings up to that moment, the newest first. */
  readonly history: readonly AppliedVersion[];
  readonly at: Date;
  /** A moment was named. */
  readonly named: boolean;
}

/** Said wherever a moment is named. */
export const endedSuspensions =
  "A suspension that has ended since is not seen here; the log tells of it: npx passerelle log --outcome staff";

/** More than a town changes its rules in a hundred years. */
const wholeHistory = 1_000_000;

/** @throws CommandFailure where nothing was in force, TownRefused for files with faults, PolicyNotUnderstood */
export async function viewpoint(session: Session, { at: asked, files }: ViewOptions): Promise<Viewpoint> {
  const { context, town, tenant } = session;
  if (asked !== undefined && files === true)
    throw refuse("--at asks what was in force, --files what the files say: give one of them.");
  const at = asked === undefined ? context.now() : momentOf(session, asked);
  const all = await town.policyStore.history(tenant.name, wholeHistory);
  // Now is what the store says, whatever the clock of who applied it.
  const history = asked === undefined ? all : all.filter(({ appliedAt }) => appliedAt.getTime() <= at.getTime());
  const named = asked !== undefined;
  if (files === true) return { version: await versionOfFiles(session), applied: null, history, at, named };
  const [applied] = history;
  if (applied === undefined) throw noneYet(session, all.at(-1), at);
  const content = await town.policyStore.read(tenant.name, applied.id);
  if (content === null) throw refuse(`The content of policy version ${applied.id} is no longer stored.`);
  const sources = new Set([...sourcesOf(session), ...(applied === all[0] ? [] : sourcesThen(content.schema))]);
  return { version: loadPolicyVersion(content, sources), applied, history, at, named };
}

/** Services that have gone since: what was shared of them can still be asked. */
const sourcesThen = (schema: string): string[] =>
  [...schema.matchAll(/\bsource:\s*"([^"]*)"/g)].map(([, name = ""]) => name);

const sourcesOf = ({ tenant }: Session): ReadonlySet<string> => new Set(tenant.sources.keys());

async function versionOfFiles(session: Session): Promise<PolicyVersion> {
  const { content, faults } = await checkTownFiles(session);
  if (content === null) throw new TownRefused(faults.filter(({ severity }) => severity === "fault"));
  return loadPolicyVersion(content, sourcesOf(session));
}

function momentOf({ context, tenant }: Session, text: string): Date {
  const moment = parseMoment(text, { now: context.now(), timeZone: tenant.timeZone, edge: "end" });
  if (moment === null)
    throw refuse("--at takes a moment: 2026-11-01 (the end of that day), 2026-11-01T08:30 or 7d (seven days ago).");
  return new Date(moment);
}

function noneYet({ tenant }: Session, oldest: AppliedVersion | undefined, at: Date): Error {
  if (oldest === undefined) return noneInForce();
  const { timeZone } = tenant;
  return refuse(
    `No policy version was in force at ${localTime(at, timeZone)}: nothing was shared. ` +
      `The first one came at ${localTime(oldest.appliedAt, timeZone)}.`,
  );
}
