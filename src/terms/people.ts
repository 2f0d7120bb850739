// People that rows are about, as the rooms hand them to each other. A key stands for a real person: it lives in memory
// for the time of a request or of a set, and never in our tables, logs or errors (law 11).
import type { Coordinate, SubjectToken, TenantName } from "./names.js";
import type { Value } from "./values.js";

/** A person in one of the town's registers (`@subject(scheme:)`), by the key that the services know them by. */
export interface SubjectKey {
  readonly scheme: string;
  readonly key: NonNullable<Value>;
}

/** A signed-in person, found in the town's registers by verified claims. */
export interface Citizen {
  readonly self: readonly SubjectKey[];
  /** The children they are guardian of today. */
  readonly wards: readonly SubjectKey[];
}

/**
 * What people decide on at once: part of an agreement's fields, fixed when a version of it is drafted. A group edited
 * later changes no unit.
 */
export interface ConsentUnit {
  /** `@contact`, `CanteenAccount`, or `*` where the agreement is decided on as a whole. */
  readonly name: string;
  /** Sorted, distinct. */
  readonly fields: readonly Coordinate[];
}

/** Bit i of a number stands for unit i, so there are at most so many in one agreement. */
export const maxConsentUnits = 30;

/**
 * Tokens as they were sealed, all in one piece of memory: a page names a thousand people, and a string for each would be
 * most of what an entry takes while it waits to be written. ASCII; token `i` is the bytes from `from(i)` to `to(i)`.
 */
export interface SealedTokens {
  readonly count: number;
  /** Readable up to the next multiple of four behind each token. */
  readonly view: DataView;
  /** A multiple of four. */
  from(i: number): number;
  to(i: number): number;
  strings(): string[];
}

/** Keys ↔ the tokens that stand for them in our tables. Only who holds the tenants' secrets can make or open one. */
export interface SubjectTokens {
  /** Under the current secret; in the order of `keys`. */
  seal(tenant: TenantName, scheme: string, keys: readonly NonNullable<Value>[]): SubjectToken[];
  /** Of one person under every live secret: what is looked up. The current one comes first. */
  ofAllSecrets(tenant: TenantName, scheme: string, key: NonNullable<Value>): SubjectToken[];
  /** Null for what no live secret has made for this tenant and scheme; in the order of `tokens`. */
  open(tenant: TenantName, scheme: string, tokens: readonly SubjectToken[]): (NonNullable<Value> | null)[];
}
