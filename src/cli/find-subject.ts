// A person as staff name one, read by the map of the town's data that is in force.
import { readCatalogue, type Catalogue } from "../catalogue/index.js";
import { schemaName } from "../policy/index.js";
import type { Session } from "./session.js";
import { readSubject, type Subject } from "./subject.js";

/** Null where no version is in force. */
export async function catalogueInForce({ town, tenant }: Session): Promise<Catalogue | null> {
  const version = await town.policyStore.inForce(tenant.name);
  if (version === null) return null;
  return readCatalogue(version.content.schema, { file: schemaName, sources: new Set(tenant.sources.keys()) }).catalogue;
}

/** @param text `SCHEME:KEY` @throws CommandFailure without the key in it */
export const findSubject = async (session: Session, text: string, option?: string): Promise<Subject> =>
  readSubject(text, session.tenant.name, session.town.derived, await catalogueInForce(session), option);

/** Nobody by that scheme finds nothing: say so, for "there is nothing about them" would be the wrong thing to learn. */
export const unknownScheme = ({ scheme, unknown }: Subject): string =>
  `No dataset has people by the scheme "${scheme}" today` +
  (unknown?.meant === undefined ? "." : ` (did you mean "${unknown.meant}"?).`);
