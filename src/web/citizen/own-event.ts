// One event of the record, for whom it is about (or who decided it) alone.
import type { ConsentEvent } from "../../consent/index.js";
import type { Site } from "./site.js";
import type { Person } from "./view.js";

/** Null for what is not there and what is another's alike: one answer. */
export async function eventOf(
  { services, tenant }: Site,
  persons: readonly Person[],
  id: string,
): Promise<{ readonly event: ConsentEvent; readonly person: Person } | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return null;
  const event = await services.register.event(tenant, id);
  if (event === null) return null;
  const person = persons.find(({ keys }) =>
    keys.some(
      ({ scheme, key }) =>
        scheme === event.scheme && services.tokens.ofAllSecrets(tenant, scheme, key).includes(event.token),
    ),
  );
  return person === undefined ? null : { event, person };
}
