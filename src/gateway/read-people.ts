// What people have decided, read once for a request, and only where its plan reaches rows that it decides about.
import type { PeopleSet } from "../consent/index.js";
import type { AccessView } from "./access-view.js";
import type { Plan } from "./plan.js";

/** The store did not say what people have decided: nothing may leave (law 1). */
export class PeopleNotRead extends Error {
  override readonly name = "PeopleNotRead";
}

/** Null where nobody has to be asked. @throws PeopleNotRead, also later from the set itself */
export async function peopleFor(
  plan: Plan,
  view: Pick<AccessView, "conditions">,
  read: () => Promise<PeopleSet | null>,
): Promise<PeopleSet | null> {
  if (!plan.batches.some(({ dataset }) => view.conditions(dataset.name)?.asksPeople === true)) return null;
  const people = await orNotRead(read());
  if (people === null) return null;
  return {
    usual: people.usual,
    openUnits: (scheme, keys) => orNotRead(people.openUnits(scheme, keys)),
    unusual: (scheme, units, max) => people.unusual(scheme, units, max),
  };
}

const orNotRead = <T>(reading: Promise<T>): Promise<T> =>
  reading.catch((cause: unknown) => {
    throw new PeopleNotRead("what people have decided was not read", { cause });
  });
