// One person under one agreement: the events, who decides for them, and what follows.
import type { EntityManager } from "../store/index.js";
import type { AgreementId } from "../terms/index.js";
import type { Asked } from "./asked.js";
import type { ConsentEvent } from "./consent-event.js";
import { fieldsOn, openSteps, shutSteps, type Decided, type Step } from "./effective-state.js";
import { guardianshipsOfWards } from "./stored-guardianship.js";
import { currentToken, type Person, type PersonNames } from "./person-names.js";
import { decidedOf, selectEvents } from "./stored-event.js";
import { openUnits } from "./unit-bits.js";
import type { Guardianship } from "./who-decides.js";

/** In `consent_current.terms`: an objection holds under all of them. */
export const objectionTerms = "objection";

/** By terms, and by `objectionTerms`. */
export type States = ReadonlyMap<string, readonly Step[]>;

export interface Dossier {
  readonly person: Person;
  readonly agreement: AgreementId;
  /** In their order. */
  readonly events: Decided[];
}

export interface File {
  readonly person: Person;
  readonly guardianships: Guardianship[];
  readonly dossiers: Map<AgreementId, Dossier>;
}

export function dossierOf(file: File, agreement: AgreementId): Dossier {
  const known = file.dossiers.get(agreement);
  if (known !== undefined) return known;
  const dossier: Dossier = { person: file.person, agreement, events: [] };
  file.dossiers.set(agreement, dossier);
  return dossier;
}

export const fileName = (person: Person): string => `${person.scheme} ${currentToken(person)}`;

/** Everything that was ever decided by or for these people. By `fileName`. */
export async function loadFiles(
  db: Pick<EntityManager, "query">,
  names: PersonNames,
  people: Iterable<Person>,
): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  for (const person of people) files.set(fileName(person), { person, guardianships: [], dossiers: new Map() });
  const byScheme = Map.groupBy(files.values(), ({ person }) => person.scheme);
  for (const [scheme, members] of byScheme) {
    const tokens = members.flatMap(({ person }) => person.tokens);
    const fileOf = (token: ConsentEvent["token"]): File | undefined =>
      files.get(fileName(names.ofToken(scheme, token)));
    for (const [ward, record] of await guardianshipsOfWards(db, names, scheme, tokens))
      fileOf(ward)?.guardianships.push(record);
    const events = await selectEvents(db, "e.tenant = $1 AND e.scheme = $2 AND e.token = ANY($3) ORDER BY e.number", [
      names.tenant,
      scheme,
      tokens,
    ]);
    for (const event of events) {
      const file = fileOf(event.token);
      if (file !== undefined) dossierOf(file, event.agreement).events.push(decidedOf(event, names));
    }
  }
  return files;
}

const consents = new Set(["given", "refused", "withdrawn"]);

/** What follows from the events, under each of the terms that anything was decided under. */
export function statesOf(
  today: string,
  events: readonly Decided[],
  { informationSociety }: Pick<Asked, "informationSociety">,
  guardianships: readonly Guardianship[],
): States {
  const circumstances = { guardianships, informationSociety };
  const states = new Map<string, readonly Step[]>();
  for (const { decision, terms } of events) {
    const name = consents.has(decision) ? terms : objectionTerms;
    if (states.has(name)) continue;
    states.set(
      name,
      name === objectionTerms ? shutSteps(events, circumstances) : openSteps(today, events, terms, circumstances),
    );
  }
  return states;
}

/** Names of what is open today of what the agreement asks. */
export function openUnitNames(today: string, states: States, { basis, terms, units }: Asked): string[] {
  if (basis !== "consent" && basis !== "public-task") return [];
  const steps = states.get(basis === "consent" ? terms : objectionTerms) ?? [];
  const bits = openUnits(basis, units, fieldsOn(steps, today));
  return units.filter((_, i) => (bits & (1 << i)) !== 0).map(({ name }) => name);
}
