// Bit i of a number stands for unit i of what an agreement asks.
import type { ConsentUnit, Coordinate } from "../terms/index.js";

/** Bases under which people are asked at all. Under every other one nobody is, and nobody's word counts. */
const askingBases = ["consent", "public-task"] as const;
export type AskingBasis = (typeof askingBases)[number];

export const asksPeople = (basis: string): basis is AskingBasis => (askingBases as readonly string[]).includes(basis);

/** All units: those of somebody who has decided nothing, where nobody need be asked first. */
const allUnits = (units: readonly ConsentUnit[]): number => 2 ** units.length - 1;

/** The bits of somebody who has decided nothing: consent is asked first, an objection comes after. */
export const usualUnits = (basis: AskingBasis, units: readonly ConsentUnit[]): number =>
  basis === "consent" ? 0 : allUnits(units);

/**
 * @param fields under consent those that are open, under a public task those that are shut
 * A unit is open iff all its coordinates were decided on, shut by an objection to any: it is one cell or none.
 */
export function openUnits(
  basis: AskingBasis,
  units: readonly ConsentUnit[],
  fields: readonly (Coordinate | "*")[],
): number {
  const decided = new Set<string>(fields);
  let bits = 0;
  units.forEach((unit, i) => {
    const open =
      basis === "consent"
        ? unit.fields.length > 0 && unit.fields.every((field) => decided.has(field))
        : !decided.has("*") && !unit.fields.some((field) => decided.has(field));
    if (open) bits |= 1 << i;
  });
  return bits;
}
