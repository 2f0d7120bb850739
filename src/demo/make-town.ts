// Everything made up about Rivemont's people, in one order: what is drawn first changes all that is drawn after it.
import { makePeople, townSeed } from "./people.js";
import { Chance } from "./random.js";
import { makeAids, makeCanteenAccounts, makeEnrolments, makeLoans } from "./services.js";

export function makeTown() {
  const chance = new Chance(townSeed);
  const people = makePeople(chance);
  const enrolments = makeEnrolments(chance, people);
  const aids = makeAids(chance, people);
  const canteenAccounts = makeCanteenAccounts(chance, enrolments);
  return { people, enrolments, aids, canteenAccounts, loans: makeLoans(chance, people) };
}
