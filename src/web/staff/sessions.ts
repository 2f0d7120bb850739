// Who of the town's people is signed in at the console.
import type { SignedIn } from "../../governance/index.js";
import { SealedSessions, type SessionKeys } from "../sealed-sessions.js";

/** Milliseconds. A DPO reads for a while between two clicks. */
const staffTimes = { idle: 45 * 60_000, whole: 10 * 3_600_000 } as const;

export interface StaffContent extends SignedIn {
  /** To sign out at the provider too; null: signed in by a link. */
  readonly idToken: string | null;
}

export type StaffSession = StaffContent & SessionKeys;
export type StaffSessions = SealedSessions<StaffContent>;

/** What a session of staff is sealed for. */
export const staffUse = "staff session";

export const staffSessions = (
  dataSource: ConstructorParameters<typeof SealedSessions>[0],
  now: () => Date,
): StaffSessions => new SealedSessions(dataSource, { table: "staff_session", times: staffTimes }, now);
