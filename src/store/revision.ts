// What is current, one row per tenant. Every transaction that changes policy, agreements or keys bumps it, and a
// request is decided under a revision that was read after the request arrived (law 6).
import type { DataSource, EntityManager } from "typeorm";
import type { PolicyVersionId, TenantName } from "../terms/index.js";

export interface Revision {
  readonly revision: number;
  /** The policy version in force; null before the first one. */
  readonly policyVersion: PolicyVersionId | null;
  /** Decided beside it, without effect; null where there is none. */
  readonly shadow: PolicyVersionId | null;
  /** Of what people have decided; 0 before anybody did. Bumped apart, so that neither side waits for the other. */
  readonly consent: number;
}

/** What `currentColumns` select. */
export interface RevisionRow {
  /** bigint, as pg gives it; null: nothing was ever changed for this tenant. */
  readonly revision: string | null;
  readonly policy_version: PolicyVersionId | null;
  readonly shadow_version: PolicyVersionId | null;
  readonly consent: string | null;
}

/** For a statement that reads beside its own work what is current; with `currentJoins`. */
export const currentColumns = "r.revision, r.policy_version, r.shadow_version, c.revision AS consent";
export const currentJoins = (tenant: string): string =>
  `LEFT JOIN tenant_revision r ON r.tenant = ${tenant} LEFT JOIN consent_revision c ON c.tenant = r.tenant`;

const revisionOf = ({ revision, policy_version, shadow_version, consent }: RevisionRow): Revision => ({
  revision: Number(revision),
  policyVersion: policy_version,
  shadow: shadow_version,
  consent: Number(consent ?? 0),
});

/** As `readRevision` says it. */
export const currentOf = (row: RevisionRow): Revision | null => (row.revision === null ? null : revisionOf(row));

/** Null when nothing was ever changed for this tenant. @throws when the database does not answer in time: refuse. */
export async function readRevision(dataSource: DataSource, tenant: TenantName): Promise<Revision | null> {
  const rows: RevisionRow[] = await dataSource.query(
    `SELECT r.revision, r.policy_version, r.shadow_version, c.revision AS consent
       FROM tenant_revision r LEFT JOIN consent_revision c ON c.tenant = r.tenant WHERE r.tenant = $1`,
    [tenant],
  );
  const row = rows[0];
  return row === undefined ? null : revisionOf(row);
}

/**
 * Says that something of this tenant changes, and what policy version is in force from then on where that is it.
 * A shadow that comes into force is no shadow any more.
 * From here to the transaction's end the row is locked: changes of one tenant happen one after another.
 * @throws Error outside a transaction: the bump must become visible together with the change.
 */
export async function bumpRevision(
  manager: EntityManager,
  tenant: TenantName,
  change: { readonly policyVersion?: PolicyVersionId; readonly shadow?: PolicyVersionId | null } = {},
): Promise<Revision> {
  if (manager.queryRunner?.isTransactionActive !== true)
    throw new Error("bumpRevision must run inside the transaction of the change");
  const rows: RevisionRow[] = await manager.query(
    `INSERT INTO tenant_revision AS r (tenant, revision, policy_version, shadow_version) VALUES ($1, 1, $2, $3)
     ON CONFLICT (tenant) DO UPDATE
     SET revision = r.revision + 1, policy_version = COALESCE(excluded.policy_version, r.policy_version),
         shadow_version = CASE WHEN $4 THEN excluded.shadow_version
                          ELSE NULLIF(r.shadow_version, excluded.policy_version) END
     RETURNING revision, policy_version, shadow_version,
       (SELECT c.revision FROM consent_revision c WHERE c.tenant = r.tenant) AS consent`,
    [tenant, change.policyVersion ?? null, change.shadow ?? null, change.shadow !== undefined],
  );
  const row = rows[0];
  if (row === undefined) throw new Error("the revision was not written");
  return revisionOf(row);
}

/**
 * Says that something changes of what this tenant's people have decided (law 6). From here to the transaction's end the
 * row is locked: such changes of one tenant become visible in the order of their revisions.
 * @throws Error outside a transaction
 */
export async function bumpConsentRevision(manager: EntityManager, tenant: TenantName): Promise<number> {
  if (manager.queryRunner?.isTransactionActive !== true)
    throw new Error("bumpConsentRevision must run inside the transaction of the change");
  const rows: { readonly revision: string }[] = await manager.query(
    `INSERT INTO consent_revision AS c (tenant, revision) VALUES ($1, 1)
     ON CONFLICT (tenant) DO UPDATE SET revision = c.revision + 1 RETURNING revision`,
    [tenant],
  );
  const row = rows[0];
  if (row === undefined) throw new Error("the consent revision was not written");
  return Number(row.revision);
}

interface Line {
  inFlight: Promise<Revision | null>;
  /** Shared by all calls that arrived since `inFlight` started. */
  next: Promise<Revision | null> | null;
}

/**
 * Reads shared by requests that wait together. The one rule: a call is answered by a read that STARTED after the call
 * arrived, so never by one already in flight, which may have seen the state before a change that the caller knows of.
 */
export class RevisionReader {
  readonly #read: (tenant: TenantName) => Promise<Revision | null>;
  readonly #lines = new Map<TenantName, Line>();

  constructor(read: (tenant: TenantName) => Promise<Revision | null>) {
    this.#read = read;
  }

  static of(dataSource: DataSource): RevisionReader {
    return new RevisionReader((tenant) => readRevision(dataSource, tenant));
  }

  /** @throws what the read throws, to every call that shares it: the caller refuses. */
  current(tenant: TenantName): Promise<Revision | null> {
    const line = this.#lines.get(tenant);
    if (line === undefined) return this.#start(tenant);
    line.next ??= line.inFlight.then(
      () => this.#start(tenant),
      () => this.#start(tenant),
    );
    return line.next;
  }

  #start(tenant: TenantName): Promise<Revision | null> {
    const line: Line = { inFlight: this.#readSafely(tenant), next: null };
    this.#lines.set(tenant, line);
    const done = (): void => {
      if (line.next === null) this.#lines.delete(tenant);
    };
    line.inFlight.then(done, done);
    return line.inFlight;
  }

  async #readSafely(tenant: TenantName): Promise<Revision | null> {
    return this.#read(tenant);
  }
}
