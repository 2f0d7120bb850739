// What people have decided, for the gateway.
import type { ConsentReader, PeopleSet } from "../consent/index.js";

/**
 * As long as nothing can be decided here: nobody has consented, so nothing on that basis leaves; nobody has objected.
 */
export const nobodyHasDecided: ConsentReader = {
  people: ({ basis, units }) =>
    Promise.resolve(basis === "consent" || basis === "public-task" ? nobody(basis, units.length) : null),
};

function nobody(basis: "consent" | "public-task", units: number): PeopleSet {
  const usual = basis === "consent" ? 0 : 2 ** units - 1;
  return { usual, openUnits: (_, keys) => Promise.resolve(keys.map(() => usual)), unusual: () => [] };
}
