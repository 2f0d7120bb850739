// Whose rows may leave under one agreement, as the gateway asks it: by the keys that rows carry.
import type { AgreementId, ConsentUnit, TenantName, Value } from "../terms/index.js";

/** What of an agreement decides about its people; the gateway fills it from the approved snapshot. */
export interface AskedAgreement {
  readonly tenant: TenantName;
  readonly id: AgreementId;
  /** Of the town's bases: `consent` shuts what nobody opened, `public-task` opens what nobody objected to. */
  readonly basis: string;
  /** `termsOf`: purpose, recipient and basis as they were agreed. What was decided under others does not count. */
  readonly terms: string;
  readonly units: readonly ConsentUnit[];
}

/** People of one scheme, at hand in memory. */
export interface HeldUnits {
  /** The units that are open for this key. @throws TypeError of a boolean, which is nobody's key */
  of(key: Value): number;
}

/**
 * One agreement's people at one consent revision or a newer one. Bit i of a number is unit i (`AskedAgreement.units`).
 * A null key is nobody: nobody has consented, nobody objects.
 */
export interface PeopleSet {
  /** The bits of somebody who has decided nothing: none under consent, all under a public task. */
  readonly usual: number;
  /** Null: they are not held, and `openUnits` has to be waited for. The same answer for as long as the set is used. */
  held(scheme: string): HeldUnits | null;
  /** The units that are open for each key, in the order of `keys`. At most one indexed statement. @throws as the store does */
  openUnits(scheme: string, keys: readonly Value[]): Promise<readonly number[]>;
  /**
   * Keys of the scheme whose `units` bits are not the usual ones: under consent everybody for whom one of these units is
   * open, under a public task everybody for whom one is shut. Sorted; null: more than `max`, or not known without reading
   * them all.
   */
  unusual(scheme: string, units: number, max: number): readonly NonNullable<Value>[] | null;
}

export interface ConsentReader {
  /**
   * @param revision the tenant's consent revision READ AFTER the request arrived (law 6): what is held of an older one is
   * brought up to date first.
   * @returns null where the basis asks nobody (legal obligation, vital interest, contract, open)
   * @throws as the store does: the caller refuses
   */
  people(agreement: AskedAgreement, revision: number): Promise<PeopleSet | null>;
  /**
   * The same where nothing has to be read for it; undefined: it has to be waited for. As long as nobody decides (and a day
   * lasts) it is the very same set, so that what was found of it can be kept beside it.
   */
  peopleNow(agreement: AskedAgreement, revision: number): PeopleSet | null | undefined;
}
