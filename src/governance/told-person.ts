// What a person is told of the accesses to their data: by their own pages, and by the town's answer (GDPR art. 15).
import type { EntryBody } from "../accesslog/index.js";
import type { ConsentEvent } from "../consent/index.js";
import type { AgreementView } from "../identity/index.js";

/** Hidden when it was read, or hidden now; and whatever is under an agreement that is not known (fail closed). */
export function isHiddenFromPeople(agreements: readonly AgreementView[], body: EntryBody): boolean {
  if (body.staff !== null) return false;
  const agreement = agreements.find(({ ref }) => ref === body.agreement);
  if (agreement === undefined) return true;
  const then = agreement.versions.find(({ number }) => number === body.agreementVersion);
  return then === undefined || then.snapshot.hidden !== null || agreement.approved?.snapshot.hidden != null;
}

/**
 * Whether, of a field that was kept back for some of the people of an answer, this person was among them: by what had been
 * decided at that moment. @param events all of the person's
 */
export function wasKeptBack(
  { id }: Pick<AgreementView, "id">,
  basis: string | undefined,
  coordinate: string,
  at: string,
  events: readonly ConsentEvent[],
): boolean {
  const until = Date.parse(at);
  const last = events
    .filter(
      (event) =>
        event.agreement === id &&
        event.at.getTime() <= until &&
        event.fields.some((field) => field === "*" || field === coordinate),
    )
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .at(-1);
  if (basis === "consent") return last?.decision !== "given";
  return last?.decision === "objected" || last?.decision === "upheld";
}
