// Since when a line has been in force, and by whom.
import type { AppliedVersion, RuleRef } from "../policy/index.js";
import { localTime } from "./moments.js";
import type { Viewpoint } from "./policy-viewpoint.js";
import type { Session } from "./session.js";

/** Versions that are looked back through for the one that brought a line. */
const furthest = 200;

/** `in force since 2026-11-22 21:05:33, by camille: first rules` */
export async function lineSince(ref: RuleRef, view: Viewpoint, session: Session): Promise<string> {
  let found: AppliedVersion | null = null;
  let before = "";
  for (const [index, applied] of view.history.entries()) {
    if (index === furthest) before = "before ";
    if (index === furthest || !(await holds(applied, ref, session))) break;
    found = applied;
  }
  if (found === null) return "in the files alone, in no version that was in force";
  const { appliedAt, author, message } = found;
  return `in force since ${before}${localTime(appliedAt, session.tenant.timeZone)}, by ${author}: ${message}`;
}

/** A version whose content is not what it was tells nothing of a line. */
async function holds({ id }: AppliedVersion, ref: RuleRef, { town, tenant }: Session): Promise<boolean> {
  const content = await town.policyStore.read(tenant.name, id).catch(() => null);
  const lines = content?.files.get(ref.file)?.split(/\r?\n/) ?? [];
  return lines.some((line) => line.trim() === ref.text);
}
