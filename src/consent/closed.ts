import type { EntityManager } from "../store/index.js";
import type { AgreementId, SubjectToken, TenantName } from "../terms/index.js";

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
