// Who decides for a person on a day. Pure; people are names that only compare.
import { ConsentError } from "./consent-error.js";

/** The person concerned, or the name of one guardian: anything that is the same for the same human. */
export type Decider = "self" | `guardian ${string}`;

/** One record that somebody is guardian of the person. Days `YYYY-MM-DD`, both included. */
export interface Guardianship {
  readonly guardian: Decider;
  readonly from: string;
  readonly until: string;
  /** The days the ward turns 15 and 18; null where nobody knows. */
  readonly fifteen: string | null;
  readonly eighteen: string | null;
  /** The day staff ended it, from which on it counts no more. */
  readonly ended: string | null;
}

/**
 * Of age, and from 15 for information-society services, a person decides alone (RGPD art. 8(1), loi 78-17 art. 45); below
 * 15 for these together with a guardian; else below 18 a guardian decides (Code civil, art. 388-1-1).
 */
export type Mode = "self" | "joint" | "guardians";

export const activeOn = (record: Guardianship, day: string): boolean =>
  record.from <= day && day <= record.until && (record.ended === null || day < record.ended);

/** The latest day that any record knows: of two that differ, the one that protects longer. */
const latest = (days: readonly (string | null)[]): string | null =>
  days.reduce((found, day) => (day !== null && (found === null || day > found) ? day : found), null);

/** Birthdays are believed also of guardianships that have ended: the child is no older for it. */
export function modeOn(day: string, records: readonly Guardianship[], informationSociety: boolean): Mode {
  const eighteen = latest(records.map((record) => record.eighteen));
  const minor = eighteen === null ? records.some((record) => activeOn(record, day)) : day < eighteen;
  if (!minor) return "self";
  if (!informationSociety) return "guardians";
  const fifteen = latest(records.map((record) => record.fifteen));
  return fifteen !== null && day >= fifteen ? "self" : "joint";
}

export function mayDecide(
  who: Decider,
  day: string,
  records: readonly Guardianship[],
  informationSociety: boolean,
): boolean {
  const mode = modeOn(day, records, informationSociety);
  if (who === "self") return mode !== "guardians";
  return mode !== "self" && records.some((record) => record.guardian === who && activeOn(record, day));
}

/** @throws ConsentError when this person cannot decide on that day */
export function checkDecider(
  who: Decider,
  day: string,
  records: readonly Guardianship[],
  informationSociety: boolean,
): void {
  if (mayDecide(who, day, records, informationSociety)) return;
  if (who === "self")
    throw new ConsentError("too-young", "Below 18 a guardian decides for the person: the guardian has to sign in.");
  const known = records.some((record) => record.guardian === who);
  if (known && modeOn(day, records, informationSociety) === "self")
    throw new ConsentError(
      "decides-alone",
      "The person is old enough to decide alone: they have to sign in themselves.",
    );
  throw new ConsentError(
    "not-a-guardian",
    "Who decides is not recorded as a guardian of this person today. The town's steward can record it.",
  );
}
