// How a rule on the names of columns is written. Names come as words joined by "_", without accents, in small letters.
import type { ScalarType } from "../../terms/index.js";

export interface Rule {
  readonly names: RegExp;
  /** Looks alike, and is not. */
  readonly not?: RegExp;
  /** A name of DPV-PD (catalogue/personal-categories.ts). */
  readonly category: string;
  /** Completes "looks like …". */
  readonly why: string;
  /** Scalars that can hold such a thing; any unless given. */
  readonly of?: readonly ScalarType[];
}

/** Between word boundaries; `_?` also takes words written as one. */
export const named = (alternatives: string): RegExp => new RegExp(`(^|_)(${alternatives.replaceAll(/\s+/g, "")})(_|$)`);

export const texts: readonly ScalarType[] = ["String"];
export const codes: readonly ScalarType[] = ["String", "Int", "SafeInt"];
export const amounts: readonly ScalarType[] = ["String", "Int", "SafeInt", "Float"];
