// Rivemont's households and residents, all made up.
import { familyNames, givenNamesF, givenNamesM, streets } from "./names.js";
import { type Chance, dayNumber, dayText } from "./random.js";
import { districts } from "./town.js";

/** The day on which the made-up town stands still: ages are counted from it. */
export const townDay = dayNumber("2026-09-01");
/** Of everything that is made up about the town: people come first. */
export const townSeed = 20_260_901;
const peopleWanted = 38_000;
const firstResident = 100_001;
const firstHousehold = 20_001;

export interface Resident {
  readonly id: number;
  readonly familyName: string;
  readonly givenName: string;
  readonly birthDay: number;
  readonly email: string | null;
  readonly phone: string | null;
  readonly socialNumber: string;
  readonly address: string;
  readonly district: number;
  readonly household: number;
  /** A child of the household, maybe grown by now. */
  readonly child: boolean;
  /** RFC 3339 */
  readonly changedAt: string;
}

export interface Household {
  readonly id: number;
  readonly quotient: number | null;
  readonly size: number;
  readonly district: number;
  readonly holder: number;
}

export interface People {
  readonly residents: readonly Resident[];
  readonly households: readonly Household[];
}

const districtsByWeight = districts.flatMap(({ id, weight }) => Array.from({ length: weight }, () => id));

export function makePeople(chance: Chance): People {
  const residents: Resident[] = [];
  const households: Household[] = [];
  while (residents.length < peopleWanted) {
    const id = firstHousehold + households.length;
    const members = makeHousehold(chance, id, firstResident + residents.length);
    const [holder] = members;
    if (holder === undefined) continue;
    residents.push(...members);
    households.push({
      id,
      quotient: chance.in(0.18) ? null : Math.round(180 + 2_400 * chance.next() ** 2),
      size: members.length,
      district: holder.district,
      holder: holder.id,
    });
  }
  return { residents, households };
}

/** Adults first: the first is the holder of the family account. */
function makeHousehold(chance: Chance, household: number, firstId: number): Resident[] {
  const adults = chance.in(0.58) ? 2 : 1;
  const parents = chance.in(0.5);
  const children = parents ? chance.pick([1, 2, 2, 3, 1, 2, 3, 4, 5], 1.5) : 0;
  const age = parents ? chance.between(26, 52) : chance.between(19, 93);
  const familyName = chance.pick(familyNames, 1.4);
  const home = {
    household,
    district: chance.pick(districtsByWeight),
    address: `${chance.between(1, 180)}${chance.in(0.08) ? " bis" : ""} ${chance.pick(streets)}`,
  };
  return Array.from({ length: adults + children }, (_, place) => {
    const grown = place < adults;
    const years = grown ? Math.max(18, age + chance.between(-4, 4)) : chance.between(0, Math.min(18, age - 18));
    const name = grown && place > 0 && chance.in(0.45) ? chance.pick(familyNames, 1.4) : familyName;
    const born = townDay - Math.floor(years * 365.25) - chance.between(0, 364);
    return makeResident(chance, firstId + place, name, born, { ...home, child: !grown });
  });
}

function makeResident(
  chance: Chance,
  id: number,
  familyName: string,
  birthDay: number,
  home: Pick<Resident, "household" | "district" | "address" | "child">,
): Resident {
  const female = chance.in(0.51);
  const givenName = chance.pick(female ? givenNamesF : givenNamesM, 1.2);
  const grown = townDay - birthDay > 15 * 365;
  return {
    id,
    familyName,
    givenName,
    birthDay,
    email: grown && chance.in(0.82) ? `${plain(givenName)}.${plain(familyName)}.${id % 1_000}@courriel.example` : null,
    phone: grown && chance.in(0.9) ? fictionalPhone(chance) : null,
    socialNumber: impossibleSocialNumber(chance, female, birthDay),
    ...home,
    changedAt: `${dayText(townDay - chance.between(1, 1_400))}T${two(chance.between(7, 18))}:${two(chance.between(0, 59))}:${two(chance.between(0, 59))}.000Z`,
  };
}

const two = (number: number): string => String(number).padStart(2, "0");

/** `jean.luc` → letters alone, for addresses. */
export const plain = (name: string): string =>
  name
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z]/g, "");

/** 06 39 98 is one of the ranges that the regulator (Arcep) keeps for films and fiction. */
const fictionalPhone = (chance: Chance): string =>
  `06 39 98 ${two(chance.between(0, 99))} ${two(chance.between(0, 99))}`;

/**
 * The form of a French social security number, and never one: born abroad (99) in a country 000 that does not exist,
 * and with a control key that is always wrong (the right one is 97 minus the number modulo 97).
 */
function impossibleSocialNumber(chance: Chance, female: boolean, birthDay: number): string {
  const [year = "", month = ""] = dayText(birthDay).split("-");
  const number = `${female ? 2 : 1}${year.slice(2)}${month}99000${String(chance.between(1, 999)).padStart(3, "0")}`;
  const right = 97 - Number(BigInt(number) % 97n);
  return number + two((right % 97) + 1);
}
