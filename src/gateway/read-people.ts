// What people have decided, read once for a request, and only where its plan reaches rows that it decides about.
import type { HeldUnits, PeopleSet } from "../consent/index.js";
import type { Value } from "../terms/index.js";
import type { AccessView } from "./access-view.js";
import type { Plan } from "./plan.js";

/** The store did not say what people have decided: nothing may leave (law 1). */
export class PeopleNotRead extends Error {
  override readonly name = "PeopleNotRead";
}

/** Null where nobody has to be asked. @throws PeopleNotRead, also later from the set itself */
export function peopleFor(
  plan: Plan,
  view: Pick<AccessView, "conditions">,
  read: () => PeopleSet | null | Promise<PeopleSet | null>,
): PeopleSet | null | Promise<PeopleSet | null> {
  if (!plan.batches.some(({ dataset }) => view.conditions(dataset.name)?.asksPeople === true)) return null;
  const people = read();
  return people instanceof Promise ? orNotRead(people).then(toldApart) : toldApart(people);
}

const told = new WeakMap<PeopleSet, PeopleSet>();

/** The same for one set, however often it comes: what is found of it is kept beside it. */
function toldApart(people: PeopleSet | null): PeopleSet | null {
  if (people === null) return null;
  const known = told.get(people) ?? new ToldApart(people);
  told.set(people, known);
  return known;
}

/** What the store does not say of people is another matter than what a source does not say. */
class ToldApart implements PeopleSet {
  readonly usual: number;
  constructor(readonly people: PeopleSet) {
    this.usual = people.usual;
  }

  held(scheme: string): HeldUnits | null {
    return this.people.held(scheme);
  }

  openUnits(scheme: string, keys: readonly Value[]): Promise<readonly number[]> {
    return orNotRead(this.people.openUnits(scheme, keys));
  }

  unusual(scheme: string, units: number, max: number): readonly NonNullable<Value>[] | null {
    return this.people.unusual(scheme, units, max);
  }
}

const orNotRead = <T>(reading: Promise<T>): Promise<T> =>
  reading.catch((cause: unknown) => {
    throw new PeopleNotRead("what people have decided was not read", { cause });
  });
