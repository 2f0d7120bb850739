// What a page calls the people it is about. Asked for when a page is made, and by pages alone: what is decided, stored and
// hashed is made of `Person`, which has no name (law 11).
import { SourceFailure } from "../../sources/index.js";
import type { Site } from "./site.js";
import type { ChildName, Person, PersonView } from "./view.js";

/** In their order. Without the names where the register does not give them: the page works without. */
export async function viewsOf(
  { services, tenant }: Site,
  persons: readonly Person[],
): Promise<readonly (Person & PersonView)[]> {
  const children = persons.filter(({ at }) => at !== 0);
  const wards = children.flatMap(({ keys: [key] }) => key ?? []);
  const names = await services.citizens.firstNames(tenant, wards).catch((error: unknown) => {
    if (!(error instanceof SourceFailure)) throw error;
    services.report(`${tenant}: the children of a citizen are shown without names: ${error.message}`);
    return [];
  });
  return persons.map((person) => ({ ...person, name: person.at === 0 ? null : nameOf(names, person.at - 1) }));
}

/** One of them, called as on the page of all: a name that two children share is shared there, too. */
export async function viewOf(site: Site, persons: readonly Person[], person: Person): Promise<PersonView> {
  const unnamed = { ...person, name: null };
  if (person.at === 0) return unnamed;
  return (await viewsOf(site, persons)).find(({ ref }) => ref === person.ref) ?? unnamed;
}

function nameOf(names: readonly (string | null)[], index: number): ChildName | null {
  const first = names[index] ?? null;
  if (first === null) return null;
  return { first, shared: names.some((other, at) => at !== index && other !== null && isAlike(first, other)) };
}

/** As an eye takes them: without case and accents. */
const alike = new Intl.Collator("fr", { sensitivity: "base" });
const isAlike = (one: string, other: string): boolean => alike.compare(one, other) === 0;
