// Who the people of one request are: what its rows are judged by.
import type { PeopleSet } from "../consent/index.js";
import type { Citizen, Value } from "../terms/index.js";

/** Whose rows may leave, as far as this request knows. */
export interface RowPeople {
  /** Null where nobody is asked; an atom of consent or objection is shut then. */
  readonly people: PeopleSet | null;
  readonly citizen: Citizen | null;
}

/** The keys, in the atom's register, of whose rows are the citizen's own. */
export function ownKeys(
  { scheme, wards }: { readonly scheme: string; readonly wards: boolean },
  citizen: Citizen | null,
): ReadonlySet<NonNullable<Value>> {
  const people = citizen === null ? [] : wards ? [...citizen.self, ...citizen.wards] : citizen.self;
  return new Set(people.filter((person) => person.scheme === scheme).map(({ key }) => key));
}
