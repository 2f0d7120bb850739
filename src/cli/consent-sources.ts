// What a record tells besides the decision: town, agreement, purpose, kinds of data.
import type { ConsentEvent, RecordSource } from "../consent/index.js";
import { catalogueInForce } from "./find-subject.js";
import { localDay } from "./moments.js";
import type { Session } from "./session.js";

export interface RecordSources {
  /** `cantine-plus/school-meals`; the agreement's id where it is known no more. */
  readonly refOf: (event: ConsentEvent) => string;
  /** Null where agreement or purpose are known no more: then no record can be made out. */
  readonly sourceOf: (event: ConsentEvent) => Promise<RecordSource | null>;
  readonly today: string;
}

export async function recordSources(session: Session): Promise<RecordSources> {
  const { town, tenant, context } = session;
  const agreements = new Map((await town.registry.listAgreements(tenant.name)).map((one) => [one.id, one]));
  const catalogue = await catalogueInForce(session);
  const publicUrl = tenant.citizens?.publicUrl ?? null;
  const sourceOf = async (event: ConsentEvent): Promise<RecordSource | null> => {
    const agreement = agreements.get(event.agreement);
    const snapshot = agreement?.versions.find(({ number }) => number === event.version)?.snapshot;
    const purpose = snapshot === undefined ? undefined : tenant.purposes.get(snapshot.purpose);
    if (agreement === undefined || snapshot === undefined || purpose === undefined) return null;
    const { recipient, retention, units, basis } = snapshot;
    const text = event.shown === null ? null : await town.consents.text(tenant.name, event.shown.textVersion);
    return {
      tenant,
      agreement: { ref: agreement.ref, version: event.version, basis, recipient, retention, units },
      purpose: { name: snapshot.purpose, ...purpose },
      catalogue,
      text,
      exercisedAt: publicUrl === null ? tenant.contact : `${publicUrl}/citizen`,
    };
  };
  return {
    refOf: (event) => agreements.get(event.agreement)?.ref ?? event.agreement,
    sourceOf,
    today: localDay(context.now(), tenant.timeZone),
  };
}
