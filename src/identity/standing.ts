// Whether an agreement is in force today, where "today" is the town's.
import { dayIn } from "../terms/index.js";
import type { Agreement, Standing } from "./agreement.js";

/** Suspension first: it is somebody's decision, and holds whatever the dates say. Both days of the dates count. */
export function standingOf(
  agreement: Pick<Agreement, "snapshot" | "suspendedAt">,
  timeZone: string,
  now: Date,
): Standing {
  const { from, until } = agreement.snapshot;
  if (agreement.suspendedAt !== null) {
    return { inForce: false, why: "suspended", date: dayIn(timeZone, new Date(agreement.suspendedAt)) };
  }
  const today = dayIn(timeZone, now);
  if (today < from) return { inForce: false, why: "not-yet", date: from };
  if (today > until) return { inForce: false, why: "expired", date: until };
  return { inForce: true };
}
