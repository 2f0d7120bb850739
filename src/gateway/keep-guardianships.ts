// What the town's register says of guardians, kept in the record of consent: there staff can end it, and there decisions
// for a child are judged by it. The record then answers, so that what an application may read for a guardian and what that
// guardian may decide are never two things.
import type { ConsentRegister } from "../consent/index.js";
import { birthday, dayBefore, type SubjectKey, type TenantName } from "../terms/index.js";
import type { Kin } from "./guardianship.js";

export type GuardianshipRegister = Pick<ConsentRegister, "addGuardianship" | "wardsOf" | "guardiansOf">;

export interface FoundKin {
  readonly tenant: TenantName;
  readonly person: SubjectKey;
  /** What `found` are to the person. */
  readonly are: "wards" | "guardians";
  /** By the town's register today. */
  readonly found: readonly Kin[];
  /** The dataset that says so. */
  readonly dataset: string;
  /** `YYYY-MM-DD` where the town is. */
  readonly today: string;
  /** A child's date of birth; null: not known. */
  readonly bornOf: (child: SubjectKey) => Promise<string | null>;
}

/**
 * The record follows the register: what is new is added, what the register no longer says ends. What staff ended stays
 * ended.
 */
export async function keepFound(register: GuardianshipRegister, kin: FoundKin): Promise<void> {
  const { tenant, person, are, found, dataset, today, bornOf } = kin;
  const kept = (await keptKin(register, kin)).filter(({ source }) => source === "dataset");
  const pair = (other: SubjectKey) =>
    are === "wards" ? { guardian: person, ward: other } : { guardian: other, ward: person };
  for (const { scheme, key, born, from, until } of found) {
    const other = { scheme, key };
    const days = { from: from ?? born, until: earlier(until, dayBefore(birthday(born, 18))) };
    if (kept.some((each) => isSame(each, other) && each.from === days.from && each.until === days.until)) continue;
    await register.addGuardianship({ tenant, ...pair(other), wardBorn: born, ...days, source: "dataset", by: dataset });
  }
  for (const { scheme, key, from } of kept.filter((each) => !found.some((other) => isSame(each, other)))) {
    const both = pair({ scheme, key });
    const born = await bornOf(both.ward);
    const yesterday = dayBefore(today);
    const until = yesterday < from ? from : yesterday;
    const ended = { tenant, ...both, from, until, source: "dataset" as const, by: dataset };
    // With the birthday, or the child would count as grown from now on.
    await register.addGuardianship(born === null ? ended : { ...ended, wardBorn: born });
  }
}

export const keptKin = (
  register: GuardianshipRegister,
  { tenant, person, are, today }: Pick<FoundKin, "tenant" | "person" | "are" | "today">,
): ReturnType<GuardianshipRegister["wardsOf"]> =>
  are === "wards"
    ? register.wardsOf(tenant, person.scheme, person.key, today)
    : register.guardiansOf(tenant, person.scheme, person.key, today);

const earlier = (one: string | null, other: string): string => (one !== null && one < other ? one : other);
const isSame = (one: SubjectKey, other: SubjectKey): boolean => one.scheme === other.scheme && one.key === other.key;
