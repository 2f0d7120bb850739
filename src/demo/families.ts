// What Rivemont's families have answered to Repas Malin, made up like them.
import { makeGuardianships } from "./guardians.js";
import { makeTown } from "./make-town.js";
import type { Resident } from "./people.js";
import { dayText } from "./random.js";
import { residentsWhoSignIn } from "./sign-in-people.js";

/** `none`: refused; `part`: everything but the ways to reach them. */
export type FamilyAnswer = "all" | "part" | "none";

/** Of one resident, by number. */
export interface DemoAnswer {
  readonly person: number;
  /** Who decided for a child; null: the person alone. */
  readonly guardian: number | null;
  readonly answer: FamilyAnswer;
}

/** As the family service's register has it. */
export interface DemoGuardian {
  readonly guardian: number;
  readonly ward: number;
  /** Days `YYYY-MM-DD`. */
  readonly wardBorn: string;
  readonly since: string;
}

export interface DemoFamilies {
  readonly guardians: readonly DemoGuardian[];
  readonly answers: readonly DemoAnswer[];
}

/** Families whose children eat at the canteen. Those of the people who can sign in have not answered yet. */
export function demoFamilies(): DemoFamilies {
  const { people, canteenAccounts } = makeTown();
  const eaters = new Set(canteenAccounts.map(([, resident]) => resident));
  const holders = new Map(people.households.map(({ id, holder }) => [id, holder]));
  const since = new Map(
    makeGuardianships(people).flatMap(([, guardian, child, from, until]) =>
      until === null ? [[`${String(guardian)} ${String(child)}`, String(from)] as const] : [],
    ),
  );
  const guardians: DemoGuardian[] = [];
  const answers: DemoAnswer[] = [];
  for (const [household, members] of Map.groupBy(people.residents, (resident) => resident.household)) {
    const holder = holders.get(household);
    const answer = answerOf(household, members);
    const children = members.filter(({ id }) => eaters.has(id) && since.has(`${String(holder)} ${String(id)}`));
    if (holder === undefined || answer === null || children.length === 0) continue;
    answers.push({ person: holder, guardian: null, answer });
    for (const { id: ward, birthDay } of children) {
      const from = since.get(`${String(holder)} ${String(ward)}`) ?? "";
      guardians.push({ guardian: holder, ward, wardBorn: dayText(birthDay), since: from });
      answers.push({ person: ward, guardian: holder, answer });
    }
  }
  return { guardians, answers };
}

/** 60 of 100 families to everything, 15 to a part, 10 to nothing; the others have not answered. */
function answerOf(household: number, members: readonly Resident[]): FamilyAnswer | null {
  if (members.some(({ id }) => residentsWhoSignIn.has(id))) return null;
  const place = (household * 7_919) % 100;
  if (place >= 85) return null;
  return place < 60 ? "all" : place < 75 ? "part" : "none";
}
