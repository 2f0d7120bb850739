// One transaction of the register: what is taken note of, and what is written of it.
import { randomUUID } from "node:crypto";
import type { EntityManager } from "../store/index.js";
import type { AgreementId, SubjectToken, SubjectTokens, TenantName } from "../terms/index.js";
import { AskedVersions } from "./asked.js";
import { checkDeciding, checkNotDecidedSince, decidedFields, keptReason } from "./check-deciding.js";
import type { ConsentEvent, Deciding } from "./consent-event.js";
import { dossierOf, fileName, loadFiles, openUnitNames, statesOf, type Dossier, type File } from "./dossiers.js";
import { standingObjections, type Decided, type Step } from "./effective-state.js";
import { Interned } from "./interned.js";
import { currentToken, PersonNames, type Person } from "./person-names.js";
import type { Closed, ClosedHook } from "./closed.js";
import { decidedOf } from "./stored-event.js";
import { ConsentError } from "./consent-error.js";
import { checkDecider, type Guardianship } from "./who-decides.js";
import { insertEvents, upsertCurrent, type CurrentRow } from "./write-rows.js";

/** When it happens; drawn after the revision, whose lock orders the events of a tenant. */
export interface Moment {
  readonly revision: number;
  readonly at: Date;
  /** Of `at`, in the tenant's time zone. */
  readonly today: string;
  /** Of a moment, in the tenant's time zone. */
  readonly dayOf: (moment: Date) => string;
}

/** How a dossier looked before this transaction changed it. */
interface Touched {
  readonly dossier: Dossier;
  readonly file: File;
  readonly eventsBefore: readonly Decided[];
  readonly guardianshipsBefore: readonly Guardianship[];
  /** What closed it, if anything did. */
  cause: string;
}

export class Ledger {
  readonly names: PersonNames;
  readonly #asked: AskedVersions;
  readonly #fieldSets: Interned;
  readonly #holdings: Interned;
  #files = new Map<string, File>();
  readonly #touched = new Map<Dossier, Touched>();
  #events: ConsentEvent[] = [];
  readonly #texts = new Map<string, string>();

  constructor(
    readonly db: EntityManager,
    readonly tenant: TenantName,
    tokens: SubjectTokens,
    readonly moment: Moment,
    readonly closed: ClosedHook | undefined,
  ) {
    this.names = new PersonNames(tokens, tenant);
    this.#asked = new AskedVersions(db, tenant);
    this.#fieldSets = new Interned(db, tenant, "field_set");
    this.#holdings = new Interned(db, tenant, "consent_holding");
  }

  /** Opens the files of these people in place of those open; what was noted of others must have been written. */
  async open(people: Iterable<Person>, agreements: Iterable<AgreementId> = []): Promise<void> {
    this.#files = await loadFiles(this.db, this.names, people);
    const theirs = [...this.#files.values()].flatMap(({ dossiers }) => [...dossiers.keys()]);
    await this.#asked.load([...agreements, ...theirs]);
  }

  file(person: Person): File {
    const file = this.#files.get(fileName(person));
    if (file === undefined) throw new Error("the person's file was not opened");
    return file;
  }

  /** Takes note of a decision about somebody whose file is open. @throws ConsentError when it cannot be taken */
  decide(deciding: Deciding): ConsentEvent {
    checkDeciding(deciding, this.moment.today);
    const { agreement, version, terms, basis, scheme, key, decision, units, until, shown } = deciding;
    const person = this.names.person(scheme, key);
    const file = this.file(person);
    const by = this.#byOf(deciding.by);
    const { language, textVersion, channel, text } = shown;
    const elsewhere = this.#elsewhere(deciding);
    const event: ConsentEvent = {
      ...this.#stamp(deciding), agreement, version, terms, basis, scheme, token: currentToken(person), by, decision,
      units: units.map(({ name }) => name), fields: decidedFields(deciding), shown: { language, textVersion, channel },
      until, refersTo: null, reason: keptReason(deciding.reason), elsewhere,
    }; // prettier-ignore
    const decided = decidedOf(event, this.names);
    if (elsewhere !== null) checkNotDecidedSince(decided, file.dossiers.get(agreement)?.events ?? []);
    checkDecider(decided.by, event.day, file.guardianships, deciding.informationSociety);
    this.#asked.note(deciding);
    this.#texts.set(textVersion, text);
    this.#add(event, decided, file);
    return event;
  }

  /** Whether an objection of somebody whose file is open has not been withdrawn wholly. */
  stands({ id, scheme, token, agreement }: ConsentEvent): boolean {
    const { dossiers, guardianships } = this.file(this.names.ofToken(scheme, token));
    const asked = this.#asked.newest(agreement);
    const { informationSociety } = asked ?? { informationSociety: false };
    return standingObjections(dossiers.get(agreement)?.events ?? [], { guardianships, informationSociety }).has(id);
  }

  /** The town's answer to an objection of somebody whose file is open. */
  settle(objection: ConsentEvent, outcome: "upheld" | "rejected", who: string, reason: string): ConsentEvent {
    const event: ConsentEvent = {
      ...objection, ...this.#stamp(), by: { kind: "staff", who }, decision: outcome, shown: null,
      refersTo: objection.id, reason: keptReason(reason), elsewhere: null,
    }; // prettier-ignore
    const person = this.names.ofToken(objection.scheme, objection.token);
    this.#add(event, decidedOf(event, this.names), this.file(person));
    return event;
  }

  /** Who decides for somebody whose file is open is otherwise from now on. */
  guard(person: Person, cause: string, guardianships: readonly Guardianship[]): void {
    const file = this.file(person);
    for (const dossier of file.dossiers.values()) this.#touch(dossier, file, cause);
    file.guardianships.splice(0, file.guardianships.length, ...guardianships);
  }

  /** Writes what was noted since the last time, and tells of what closed. */
  async write(): Promise<void> {
    await this.#asked.write();
    for (const event of this.#events) this.#fieldSets.want(event.fields);
    await this.#fieldSets.write();
    await insertEvents(this.db, this.tenant, this.#events, this.#texts, (fields) =>
      this.#fieldSets.id(this.#fieldSets.want(fields)),
    );
    this.#events = [];
    this.#texts.clear();
    const closed = await this.#writeStates();
    this.#touched.clear();
    if (this.closed !== undefined) for (const each of closed) await this.closed(this.db, each);
  }

  #stamp(deciding?: Deciding): Pick<ConsentEvent, "id" | "tenant" | "revision" | "at" | "day"> {
    const { revision, at, today, dayOf } = this.moment;
    const decidedAt = deciding?.elsewhere?.decidedAt;
    const day = decidedAt === undefined ? today : dayOf(decidedAt);
    return { id: deciding?.id ?? randomUUID(), tenant: this.tenant, revision, at, day };
  }

  #elsewhere({ elsewhere }: Deciding): ConsentEvent["elsewhere"] {
    if (elsewhere === undefined) return null;
    if (elsewhere.decidedAt > this.moment.at)
      throw new ConsentError("not-yet-decided", "It was decided in the future: check the time.");
    const { decidedAt, how, evidence } = elsewhere;
    return { decidedAt, how: keptReason(how)?.slice(0, 50) ?? "", evidence: keptReason(evidence ?? undefined) };
  }

  #byOf(by: Deciding["by"]): ConsentEvent["by"] {
    if (by.kind === "self") return by;
    if (by.kind === "staff") return { kind: "staff", who: keptReason(by.who)?.slice(0, 200) ?? "unknown" };
    return { kind: "guardian", scheme: by.scheme, token: currentToken(this.names.person(by.scheme, by.key)) };
  }

  #add(event: ConsentEvent, decided: Decided, file: File): void {
    const dossier = dossierOf(file, event.agreement);
    this.#touch(dossier, file, event.id);
    dossier.events.push(decided);
    this.#events.push(event);
  }

  #touch(dossier: Dossier, file: File, cause: string): void {
    const touched = this.#touched.get(dossier);
    if (touched !== undefined) touched.cause = cause;
    else
      this.#touched.set(dossier, {
        dossier, file, cause, eventsBefore: [...dossier.events], guardianshipsBefore: [...file.guardianships],
      }); // prettier-ignore
  }

  async #writeStates(): Promise<Closed[]> {
    const { today, revision, at } = this.moment;
    const closed: Closed[] = [];
    const states: { readonly dossier: Dossier; readonly terms: string; readonly steps: readonly Step[] }[] = [];
    for (const { dossier, file, eventsBefore, guardianshipsBefore, cause } of this.#touched.values()) {
      const asked = this.#asked.newest(dossier.agreement);
      if (asked === null) throw new Error("what was asked must be known of every event");
      const before = statesOf(today, eventsBefore, asked, guardianshipsBefore);
      const after = statesOf(today, dossier.events, asked, file.guardianships);
      for (const [terms, steps] of after) states.push({ dossier, terms, steps });
      const open = new Set(openUnitNames(today, after, asked));
      const units = openUnitNames(today, before, asked).filter((name) => !open.has(name));
      if (units.length === 0) continue;
      const { agreement, person } = dossier;
      const { scheme } = person;
      closed.push({ tenant: this.tenant, agreement, scheme, token: currentToken(person), units, event: cause, at });
    }
    for (const { steps } of states) this.#holdings.want(steps);
    await this.#holdings.write();
    const rows = states.map(({ dossier: { person, agreement }, terms, steps }): CurrentRow => {
      const [token, ...others] = person.tokens as [SubjectToken, ...SubjectToken[]];
      return { scheme: person.scheme, token, others, agreement, terms, holding: this.#holdings.id(this.#holdings.want(steps)) }; // prettier-ignore
    });
    await upsertCurrent(this.db, this.tenant, revision, rows);
    return closed;
  }
}
