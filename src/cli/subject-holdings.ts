// Everything that our own tables hold on one person, found by what stands for them.
import {
  guardianshipsOf,
  tracesOf,
  type ConsentEvent,
  type CurrentConsent,
  type OwnTraces,
  type PersonTokens,
  type StoredGuardianship,
} from "../consent/index.js";
import type { StoredEntry } from "../accesslog/index.js";
import type { AgreementView } from "../identity/index.js";
import { eventsOf } from "./consent-list.js";
import type { Session } from "./session.js";
import type { Subject } from "./subject.js";

export interface Holdings {
  readonly events: readonly ConsentEvent[];
  /** Objections that wait, or were upheld, and the answers to these: the data stay away because of them. */
  readonly standing: ReadonlySet<string>;
  /** Objections that wait for an answer. */
  readonly pending: readonly string[];
  readonly current: readonly CurrentConsent[];
  readonly guardianships: readonly StoredGuardianship[];
  readonly traces: OwnTraces;
  /** By id. */
  readonly agreements: ReadonlyMap<string, AgreementView>;
}

export const tokensOf = ({ tenant }: Session, { scheme, tokens }: Subject): PersonTokens => ({
  tenant: tenant.name,
  scheme,
  tokens,
});

export async function holdingsOf(session: Session, subject: Subject): Promise<Holdings> {
  const { town, tenant } = session;
  const person = tokensOf(session, subject);
  const current = [];
  for (const key of subject.keys) current.push(...(await town.consents.current(tenant.name, subject.scheme, key)));
  const events = await eventsOf(session, subject);
  return {
    events,
    ...standingOf(events, current),
    current,
    guardianships: await guardianshipsOf(town.store.keeper, person),
    traces: await tracesOf(town.store.keeper, person),
    agreements: new Map((await town.registry.listAgreements(tenant.name)).map((one) => [one.id, one])),
  };
}

/** Of an agreement under which something is shut, every objection that was not rejected, and what answered it. */
function standingOf(
  events: readonly ConsentEvent[],
  current: readonly CurrentConsent[],
): Pick<Holdings, "standing" | "pending"> {
  const shut = new Set<string>(current.filter(({ terms }) => terms === null).map(({ agreement }) => agreement));
  const answers = new Map(
    events.flatMap((event) => (event.refersTo === null ? [] : [[event.refersTo, event] as const])),
  );
  const objections = events.filter(
    ({ id, decision, agreement }) =>
      decision === "objected" && shut.has(agreement) && answers.get(id)?.decision !== "rejected",
  );
  // A withdrawal of some units belongs to what still stands: without it, more would be shut than the person wants.
  const withdrawals = events.filter(
    ({ decision, agreement }) => decision === "objection-withdrawn" && shut.has(agreement),
  );
  const upheld = objections.flatMap(({ id }) => answers.get(id) ?? []);
  return {
    standing: new Set([...objections, ...withdrawals, ...upheld].map(({ id }) => id)),
    pending: objections.filter(({ id }) => !answers.has(id)).map(({ id }) => id),
  };
}

const logPage = 200;

/** Every entry about the person, the newest first, in pages: what is in memory at once is bounded (law 13). */
export async function* entriesAbout({ log, tenant }: Session, subject: Subject): AsyncGenerator<StoredEntry> {
  let before: number | undefined;
  for (;;) {
    const { scheme, tokens } = subject;
    const filter = { subject: { scheme, tokens }, limit: logPage, ...(before !== undefined && { before }) };
    const { entries, more } = await log.search(tenant.name, filter);
    yield* entries;
    before = entries.at(-1)?.index;
    if (!more || before === undefined) return;
  }
}
