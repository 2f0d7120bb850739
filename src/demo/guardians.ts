// Who is guardian of whom (responsables légaux), as the family service keeps it. Made from the households alone, so that
// nothing else of the town changes with it.
import { type People, type Resident, townDay } from "./people.js";
import { dayText } from "./random.js";

type Cells = readonly (string | number | null)[];

/** Parents who live apart, told here since people sign in as them: child → the parent elsewhere. */
const apart: ReadonlyMap<number, number> = new Map([[100_067, 100_061]]);

/** id, guardian, child, since, until (null: until the child is grown). Children who have grown up stay in it, as in life. */
export function makeGuardianships({ residents }: People): readonly Cells[] {
  const households = Map.groupBy(residents, ({ household }) => household);
  const rows: Cells[] = [];
  const add = (guardian: number, child: Resident, until: string | null): void =>
    void rows.push([600_001 + rows.length, guardian, child.id, dayText(child.birthDay), until]);
  const elsewhere = [...households.values()].flatMap((members) => (members.length === 1 ? members : []));
  const free = elsewhere.filter(({ id, birthDay }) => isOfAge(birthDay) && ![...apart.values()].includes(id));
  for (const members of households.values()) {
    const adults = members.filter(({ child }) => !child);
    for (const child of members.filter((member) => member.child)) {
      // Of a few one parent has lost it, by a judge's decision.
      const lost = (place: number): string | null =>
        place > 0 && child.id % 89 === 0 ? dayText(townDay - 60 - (child.id % 400)) : null;
      for (const [place, adult] of adults.entries()) add(adult.id, child, lost(place));
      const other = apart.get(child.id) ?? (adults.length === 1 && child.id % 3 === 0 ? free.pop()?.id : undefined);
      if (other !== undefined) add(other, child, null);
    }
  }
  return rows;
}

const isOfAge = (birthDay: number): boolean => townDay - birthDay > 27 * 366 && townDay - birthDay < 55 * 366;
