// What the town's services keep about their users: school places, meal accounts, loans, aids.
import { type People, type Resident, townDay } from "./people.js";
import { type Chance, dayText } from "./random.js";
import { branches, schools, titles } from "./town.js";

type Cells = readonly (string | number | boolean | null)[];

const schoolYear = 2026;
const levels = ["PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"] as const;

const birthYear = ({ birthDay }: Resident): number => Number(dayText(birthDay).slice(0, 4));

/** id, resident, school, level, year: this school year's and the one before. Children enter PS in the year they turn 3. */
export function makeEnrolments(chance: Chance, { residents }: People): readonly Cells[] {
  const rows: Cells[] = [];
  for (const child of residents) {
    for (const year of [schoolYear - 1, schoolYear]) {
      const place = year - birthYear(child) - 3;
      const level = levels[place];
      // Some go to private schools, or to those of another town.
      if (level === undefined || (child.id * 7919) % 100 < 11) continue;
      const kind = place < 3 ? "maternelle" : "elementaire";
      const near = schools.filter((school) => school.kind === kind);
      const own = near.find((school) => school.district === child.district);
      const school = own === undefined || chance.in(0.06) ? chance.pick(near) : own;
      rows.push([500_001 + rows.length, child.id, school.uai, level, year]);
    }
  }
  return rows;
}

/** id, resident, balance, diet, status, opened, last movement. */
export function makeCanteenAccounts(chance: Chance, enrolments: readonly Cells[]): readonly Cells[] {
  const diets = [...Array.from({ length: 14 }, () => null), "sans porc", "végétarien", "sans gluten", "sans arachide"];
  const firstYear = new Map<number, { first: number; last: number }>();
  for (const [, resident, , , year] of enrolments) {
    const seen = firstYear.get(Number(resident));
    firstYear.set(Number(resident), { first: seen?.first ?? Number(year), last: Number(year) });
  }
  const rows: Cells[] = [];
  for (const [resident, { first, last }] of firstYear) {
    if (chance.in(0.27)) continue;
    const left = last < schoolYear;
    const status = left ? "clos" : chance.in(0.03) ? "suspendu" : "actif";
    const balance = left ? 0 : Math.round((chance.next() ** 2 * 180 - 25) * 100) / 100;
    const opened = `${first}-0${chance.between(6, 9)}-${String(chance.between(10, 28))}`;
    const moved = chance.in(0.05)
      ? null
      : `${dayText(townDay - chance.between(1, 60))}T12:${chance.between(10, 59)}:00.000Z`;
    rows.push([700_001 + rows.length, resident, balance, chance.pick(diets), status, opened, moved]);
  }
  return rows;
}

/** id, resident, branch, title, genre, borrowed, due, returned. */
export function makeLoans(chance: Chance, { residents }: People): readonly Cells[] {
  const readers = residents.filter(({ id, birthDay }) => (id * 48271) % 100 < 17 && townDay - birthDay > 5 * 365);
  return Array.from({ length: 20_000 }, (_, place) => {
    const borrowed = townDay - 700 + Math.floor((place * 695) / 20_000);
    const back = borrowed + chance.between(2, 40);
    const out = back > townDay || chance.in(0.01);
    const { title, genre } = chance.pick(titles, 1.3);
    const reader = chance.pick(readers, 1.6);
    const branch = branches[(reader.district + (chance.in(0.15) ? 1 : 0)) % branches.length] ?? branches[0];
    return [
      900_001 + place,
      reader.id,
      branch.code,
      title,
      genre,
      dayText(borrowed),
      dayText(borrowed + 28),
      out ? null : dayText(back),
    ];
  });
}

/** id, resident, kind, amount, granted. */
export function makeAids(chance: Chance, { households }: People): readonly Cells[] {
  const kinds = ["aide alimentaire", "aide à l'énergie", "aide au transport", "secours exceptionnel"];
  return households
    .filter(({ quotient }) => quotient !== null && quotient < 420)
    .slice(0, 1_800)
    .map(({ holder }, place) => [
      800_001 + place,
      holder,
      chance.pick(kinds),
      chance.between(40, 600),
      dayText(townDay - chance.between(10, 900)),
    ]);
}
