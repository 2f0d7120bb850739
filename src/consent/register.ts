// The record of what people decided, and what follows from it: each change is one transaction.
import { bumpConsentRevision, type DataSource } from "../store/index.js";
import { dayIn, type SubjectTokens, type TenantName, type Value } from "../terms/index.js";
import type { ClosedHook } from "./closed.js";
import { ConsentError, ConsentsRefused } from "./consent-error.js";
import type {
  ConsentEvent,
  CurrentConsent,
  Deciding,
  EventFilter,
  GuardianshipEnd,
  GuardianshipRecord,
  Kin,
} from "./consent-event.js";
import { endGuardianships, findGuardianship, isKept, keepGuardianship, keptDays, kinOf } from "./keep-guardianships.js";
import { keepGuardianships } from "./keep-many-guardianships.js";
import { Ledger } from "./ledger.js";
import { PersonNames } from "./person-names.js";
import { currentOf, findEvent, listEvents } from "./read-record.js";
import { selectEvents } from "./stored-event.js";
import { guardianshipsOfWards } from "./stored-guardianship.js";
import { modeOn, type Mode } from "./who-decides.js";

export interface ConsentRegisterOptions {
  /** As the role `gateway` or `keeper`. Erasing needs the keeper. */
  readonly dataSource: DataSource;
  readonly tokens: SubjectTokens;
  /** IANA name of a tenant's time zone: days are the town's. */
  readonly timeZone: (tenant: TenantName) => string;
  readonly now?: () => Date;
  readonly closed?: ClosedHook;
}

export interface Settling {
  readonly tenant: TenantName;
  /** The objection. */
  readonly event: string;
  readonly outcome: "upheld" | "rejected";
  /** Who of the town decided. */
  readonly by: string;
  readonly reason: string;
}

export interface ImportOptions {
  /** After each part: how many are done. */
  readonly progress?: (done: number) => void;
  /** Everything is checked and nothing recorded. */
  readonly dryRun?: boolean;
}

/** Decisions written at once. */
const part = 1_000;

/** Every method's `tenant` bounds what is seen and changed: nothing of another one is. */
export class ConsentRegister {
  readonly #options: ConsentRegisterOptions;

  constructor(options: ConsentRegisterOptions) {
    this.#options = options;
  }

  /** Committed when it resolves. @throws ConsentError when it cannot be decided like this */
  decide(deciding: Deciding): Promise<ConsentEvent> {
    return this.#change(deciding.tenant, async (ledger) => {
      await ledger.open([ledger.names.person(deciding.scheme, deciding.key)], [deciding.agreement]);
      const event = ledger.decide(deciding);
      await ledger.write();
      return event;
    });
  }

  /**
   * Many decisions of one tenant in one transaction: all or none. Later ones of a person see the earlier. Other decisions
   * of the tenant wait for it (readers do not), so the role `keeper`, which may take its time, is the one for it.
   * @returns how many were recorded (or would be)
   * @throws ConsentsRefused with every decision that cannot be taken
   */
  async decideAll(tenant: TenantName, decisions: readonly Deciding[], options: ImportOptions = {}): Promise<number> {
    try {
      return await this.#change(tenant, async (ledger) => {
        await takeAll(ledger, decisions, options.progress);
        if (options.dryRun === true) throw new TakenBack();
        return decisions.length;
      });
    } catch (error) {
      if (error instanceof TakenBack) return decisions.length;
      throw error;
    }
  }

  /** @throws ConsentError: no such objection, or it does not stand any more, or it was settled before */
  settleObjection({ tenant, event: id, outcome, by, reason }: Settling): Promise<ConsentEvent> {
    return this.#change(tenant, async (ledger) => {
      const objection = await findEvent(ledger.db, tenant, id);
      if (objection === null)
        throw new ConsentError("unknown-event", "There is no such event in the record of consent.");
      if (objection.decision !== "objected")
        throw new ConsentError("not-an-objection", "This event is no objection: there is nothing to decide on it.");
      const settled = await selectEvents(ledger.db, "e.tenant = $1 AND e.refers_to = $2", [tenant, id]);
      if (settled[0] !== undefined)
        throw new ConsentError("already-settled", `This objection was ${settled[0].decision} on ${settled[0].day}.`);
      await ledger.open([ledger.names.ofToken(objection.scheme, objection.token)]);
      if (!ledger.stands(objection))
        throw new ConsentError("already-settled", "This objection was withdrawn: there is nothing to decide on it.");
      const event = ledger.settle(objection, outcome, by, reason);
      await ledger.write();
      return event;
    });
  }

  /** Of one person, under every live secret, decided by themselves or for them; the oldest first. */
  eventsOf(tenant: TenantName, scheme: string, key: NonNullable<Value>): Promise<ConsentEvent[]> {
    const { tokens } = this.#names(tenant).person(scheme, key);
    return selectEvents(
      this.#options.dataSource,
      "e.tenant = $1 AND e.scheme = $2 AND e.token = ANY($3) ORDER BY e.number",
      [tenant, scheme, tokens],
    );
  }

  event(tenant: TenantName, id: string): Promise<ConsentEvent | null> {
    return findEvent(this.#options.dataSource, tenant, id);
  }

  /** Those of these ids that there are, in no particular order. */
  async events(tenant: TenantName, ids: readonly string[]): Promise<ConsentEvent[]> {
    return selectEvents(this.#options.dataSource, "e.tenant = $1 AND e.id = ANY($2::uuid[])", [tenant, ids]);
  }

  /** The newest first. */
  list(tenant: TenantName, filter: EventFilter = {}): Promise<ConsentEvent[]> {
    return listEvents(this.#options.dataSource, this.#names(tenant), filter);
  }

  /** What was shown, by `Shown.textVersion`. */
  async text(tenant: TenantName, textVersion: string): Promise<string | null> {
    const rows: { readonly text: string }[] = await this.#options.dataSource.query(
      "SELECT text FROM consent_text WHERE tenant = $1 AND hash = $2",
      [tenant, textVersion],
    );
    return rows[0]?.text ?? null;
  }

  /** What holds today for a person, by agreement; nothing that does not hold. */
  current(tenant: TenantName, scheme: string, key: NonNullable<Value>): Promise<CurrentConsent[]> {
    return currentOf(this.#options.dataSource, tenant, this.#names(tenant).person(scheme, key), this.#today(tenant));
  }

  /**
   * Records it, or brings it up to date where the same source said so before. One that staff ended is not brought back by
   * a dataset. The role `gateway` records those of datasets alone.
   * @returns its UUID
   * @throws ConsentError for days that are none
   */
  async addGuardianship(record: GuardianshipRecord): Promise<string> {
    const { tenant, source, ward } = record;
    const days = keptDays(record);
    const known = await findGuardianship(this.#options.dataSource, this.#names(tenant), record);
    if (known !== null && isKept(known, days, source)) return known.id;
    return this.#change(tenant, async (ledger) => {
      await ledger.open([ledger.names.person(ward.scheme, ward.key)]);
      return keepGuardianship(ledger, record, days);
    });
  }

  /**
   * Many at once, as `addGuardianship` each; all or none.
   * @throws ConsentError for days that are none
   */
  async addGuardianships(tenant: TenantName, records: readonly GuardianshipRecord[]): Promise<void> {
    if (records.some((record) => record.tenant !== tenant))
      throw new TypeError("all guardianships must be of the tenant they are recorded for");
    await this.#change(tenant, (ledger) => keepGuardianships(ledger, records));
  }

  /**
   * From now on the guardian's decisions for the ward count no more; objections stand until somebody withdraws them. As
   * the role `keeper` alone.
   * @throws ConsentError: there is none
   */
  endGuardianship(end: GuardianshipEnd): Promise<void> {
    return this.#change(end.tenant, async (ledger) => {
      await ledger.open([ledger.names.person(end.ward.scheme, end.ward.key)]);
      await endGuardianships(ledger, end);
    });
  }

  /** Of whom the person is guardian on a day (`YYYY-MM-DD`, today unless given). */
  wardsOf(tenant: TenantName, scheme: string, key: NonNullable<Value>, day?: string): Promise<Kin[]> {
    const names = this.#names(tenant);
    const on = day ?? this.#today(tenant);
    return kinOf(this.#options.dataSource, names, names.person(scheme, key), "wards", on);
  }

  guardiansOf(tenant: TenantName, scheme: string, key: NonNullable<Value>, day?: string): Promise<Kin[]> {
    const names = this.#names(tenant);
    const on = day ?? this.#today(tenant);
    return kinOf(this.#options.dataSource, names, names.person(scheme, key), "guardians", on);
  }

  /** Whether the person may decide alone, must be joined by a guardian, or is decided for, today. */
  async modeOf(
    tenant: TenantName,
    scheme: string,
    key: NonNullable<Value>,
    informationSociety: boolean,
  ): Promise<Mode> {
    const names = this.#names(tenant);
    const { tokens } = names.person(scheme, key);
    const records = await guardianshipsOfWards(this.#options.dataSource, names, scheme, tokens);
    return modeOn(
      this.#today(tenant),
      records.map(([, record]) => record),
      informationSociety,
    );
  }

  /**
   * Removes the free texts of a person's events. The events stay: they prove what was agreed (RGPD art. 7(1), 17(3)).
   * As the role `keeper` alone.
   * @returns how many
   */
  async eraseReasons(tenant: TenantName, scheme: string, key: NonNullable<Value>): Promise<number> {
    const { tokens } = this.#names(tenant).person(scheme, key);
    const [, count] = await this.#options.dataSource.query<[unknown, number]>(
      `DELETE FROM consent_reason r USING consent_event e
        WHERE r.tenant = $1 AND e.tenant = $1 AND e.id = r.event AND e.scheme = $2 AND e.token = ANY($3)`,
      [tenant, scheme, tokens],
    );
    return count;
  }

  #names(tenant: TenantName): PersonNames {
    return new PersonNames(this.#options.tokens, tenant);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #today(tenant: TenantName): string {
    return dayIn(this.#options.timeZone(tenant), this.#now());
  }

  /** The revision is bumped first: its lock makes the changes of one tenant follow each other, reads included. */
  #change<T>(tenant: TenantName, work: (ledger: Ledger) => Promise<T>): Promise<T> {
    const { dataSource, tokens, timeZone, closed } = this.#options;
    return dataSource.transaction(async (db) => {
      const revision = await bumpConsentRevision(db, tenant);
      const at = this.#now();
      return work(
        new Ledger(
          db,
          tenant,
          tokens,
          { revision, at, today: dayIn(timeZone(tenant), at), dayOf: (moment) => dayIn(timeZone(tenant), moment) },
          closed,
        ),
      );
    });
  }
}

/** Takes a dry run's transaction back. */
class TakenBack extends Error {
  override readonly name = "TakenBack";
}

async function takeAll(
  ledger: Ledger,
  decisions: readonly Deciding[],
  progress: ((done: number) => void) | undefined,
): Promise<void> {
  const refused: { readonly index: number; readonly error: ConsentError }[] = [];
  for (let start = 0; start < decisions.length; start += part) {
    const members = decisions.slice(start, start + part);
    const people = members.map(({ scheme, key }) => ledger.names.person(scheme, key));
    await ledger.open(
      people,
      members.map(({ agreement }) => agreement),
    );
    members.forEach((deciding, i) => {
      const error = refusalOf(ledger, deciding);
      if (error !== null) refused.push({ index: start + i, error });
    });
    await ledger.write();
    progress?.(start + members.length);
  }
  if (refused.length > 0) throw new ConsentsRefused(refused);
}

function refusalOf(ledger: Ledger, deciding: Deciding): ConsentError | null {
  if (deciding.tenant !== ledger.tenant)
    throw new TypeError("all decisions must be of the tenant they are recorded for");
  try {
    ledger.decide(deciding);
    return null;
  } catch (error) {
    if (error instanceof ConsentError) return error;
    throw error;
  }
}
