// The record of what people decided, and what follows from it: each change is one transaction.
import type { DataSource, EntityManager } from "../store/index.js";
import type { AgreementId, SubjectToken, SubjectTokens, TenantName, Value } from "../terms/index.js";
import type {
  ConsentEvent,
  CurrentConsent,
  Deciding,
  EventFilter,
  GuardianshipEnd,
  GuardianshipRecord,
  Kin,
} from "./consent-event.js";

/** What went from open to shut for one person by one change. */
export interface Closed {
  readonly tenant: TenantName;
  readonly agreement: AgreementId;
  readonly scheme: string;
  /** Under the tenant's current secret. */
  readonly token: SubjectToken;
  /** Names of units of the newest version that was decided on. */
  readonly units: readonly string[];
  /** The event (or guardianship) that did it, a UUID. */
  readonly event: string;
  readonly at: Date;
}

/** Runs in the transaction of the change: what it writes is committed with it, what it throws takes it back. */
export type ClosedHook = (db: EntityManager, closed: Closed) => Promise<void>;

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

const soon = (): never => {
  throw new Error("the consent register is being built");
};

export class ConsentRegister {
  constructor(readonly options: ConsentRegisterOptions) {}

  /** Committed when it resolves. @throws ConsentError when it cannot be decided like this */
  decide(_deciding: Deciding): Promise<ConsentEvent> {
    return soon();
  }

  /**
   * Many decisions of one tenant in one transaction: all or none. Later ones of a person see the earlier.
   * @returns how many were recorded
   * @throws ConsentsRefused with every decision that cannot be taken
   */
  decideAll(_tenant: TenantName, _decisions: readonly Deciding[], _options: ImportOptions = {}): Promise<number> {
    return soon();
  }

  /** @throws ConsentError: no such objection, or settled before */
  settleObjection(_settling: Settling): Promise<ConsentEvent> {
    return soon();
  }

  /** Of one person, under every live secret; the oldest first. */
  eventsOf(_tenant: TenantName, _scheme: string, _key: NonNullable<Value>): Promise<ConsentEvent[]> {
    return soon();
  }

  event(_tenant: TenantName, _id: string): Promise<ConsentEvent | null> {
    return soon();
  }

  /** The newest first. */
  list(_tenant: TenantName, _filter: EventFilter = {}): Promise<ConsentEvent[]> {
    return soon();
  }

  /** What was shown, by `Shown.textVersion`. */
  text(_tenant: TenantName, _textVersion: string): Promise<string | null> {
    return soon();
  }

  /** What holds today for a person, by agreement. */
  current(_tenant: TenantName, _scheme: string, _key: NonNullable<Value>): Promise<CurrentConsent[]> {
    return soon();
  }

  /**
   * Records it, or brings it up to date where the same source said so before. One that staff ended is not brought back by
   * a dataset.
   * @returns its UUID
   */
  addGuardianship(_record: GuardianshipRecord): Promise<string> {
    return soon();
  }

  /** From now on the guardian's decisions for the ward count no more. @throws ConsentError: there is none */
  endGuardianship(_end: GuardianshipEnd): Promise<void> {
    return soon();
  }

  /** Of whom the person is guardian on a day (`YYYY-MM-DD`, today unless given). */
  wardsOf(_tenant: TenantName, _scheme: string, _key: NonNullable<Value>, _day?: string): Promise<Kin[]> {
    return soon();
  }

  guardiansOf(_tenant: TenantName, _scheme: string, _key: NonNullable<Value>, _day?: string): Promise<Kin[]> {
    return soon();
  }

  /**
   * Removes the free texts of a person's events. The events stay: they prove what was agreed (RGPD art. 7(1), 17(3)).
   * As the role `keeper` alone.
   * @returns how many
   */
  eraseReasons(_tenant: TenantName, _scheme: string, _key: NonNullable<Value>): Promise<number> {
    return soon();
  }
}
