// Who stands behind a request.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { DataSource } from "../store/index.js";
import {
  agreementRef,
  type AgreementId,
  type ApplicationName,
  type Coordinate,
  type KeyId,
  type PurposeName,
  type TenantName,
  dayIn,
} from "../terms/index.js";
import type { Agreement, Caller } from "./agreement.js";
import type { Secrets } from "./key-file.js";
import { hashKey, publicIdOf, sameHash } from "./keys.js";
import { readSnapshot } from "./snapshot.js";
import { standingOf } from "./standing.js";

export interface IdentityOptions {
  /** The store's connection of the role `gateway`. */
  readonly dataSource: DataSource;
  readonly secrets: Pick<Secrets, "current">;
  /** IANA name of a tenant's time zone. */
  readonly timeZone: (tenant: TenantName) => string;
  /** Keys remembered at most; the least used is read again. */
  readonly remembered?: number;
}

/** A key as found; `hash` and `revoked` decide, `agreement` is what it opens. */
interface FoundKey {
  readonly publicId: KeyId;
  readonly hash: Buffer;
  readonly revoked: boolean;
  readonly agreement: Agreement;
}

/** A key whose text was compared, and with whom it calls: not to be compared again under the same revision. */
interface VerifiedKey {
  readonly revision: number;
  readonly found: FoundKey;
  /** As its agreement stands on a day of the town's; made anew for another. */
  caller: { readonly day: string; readonly caller: Caller };
}

interface FoundRow extends AgreementFields {
  readonly hash: Buffer;
  readonly revoked: boolean;
}

interface AgreementFields {
  readonly id: AgreementId;
  readonly application: ApplicationName;
  readonly purpose: PurposeName;
  readonly secret: number;
  readonly suspended_at: Date | null;
  readonly number: number;
  readonly snapshot: unknown;
}

/** What an unknown key is compared with, so that it takes the same path as a known one. */
const nobody = hashKey("");

export class Identity {
  readonly #options: IdentityOptions;
  /** One for each key, as it was last read: of revisions that are over nothing stays in memory (law 13). */
  readonly #found: LRUCache<string, { readonly revision: number; readonly found: FoundKey }>;
  /** By tenant and the key's hash: the text of a key is kept nowhere. Looking a hash up tells nothing of any text. */
  readonly #verified: LRUCache<string, VerifiedKey>;
  readonly #open = new WeakMap<readonly Coordinate[], Caller>();

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#found = new LRUCache({ max: options.remembered ?? 10_000 });
    this.#verified = new LRUCache({ max: options.remembered ?? 10_000 });
  }

  /**
   * The caller behind a key, or null: malformed, unknown, revoked and other tenants' keys are told apart nowhere.
   * @param bearer the key alone, without `Bearer `.
   * @param revision what is found counts for it alone, and what is remembered too (law 12). Whoever lets an answer leave
   * has to have read it after the request arrived: so a revoked key or a suspended agreement counts at the next request
   * on every node (law 6). Equal callers of a day are one object.
   * @returns at once where the key was verified under this revision before
   * @throws when the database does not answer: the caller refuses.
   */
  authenticate(
    tenant: TenantName,
    bearer: string,
    revision: number,
    now: Date,
  ): Caller | null | Promise<Caller | null> {
    const hash = hashKey(bearer);
    const verified = this.#verified.get(`${tenant} ${hash.toString("latin1")}`);
    return verified?.revision === revision
      ? this.#caller(tenant, verified, now)
      : this.#verify(tenant, { bearer, hash }, revision, now);
  }

  async #verify(
    tenant: TenantName,
    { bearer, hash }: { readonly bearer: string; readonly hash: Buffer },
    revision: number,
    now: Date,
  ): Promise<Caller | null> {
    const publicId = publicIdOf(bearer);
    const found = publicId === null ? null : await this.#find(tenant, publicId, revision);
    const same = sameHash(hash, found?.hash ?? nobody);
    if (found === null || !same || found.revoked) return null;
    const verified = { revision, found, caller: this.#standing(tenant, found, now) };
    this.#verified.set(`${tenant} ${hash.toString("latin1")}`, verified);
    return verified.caller.caller;
  }

  #caller(tenant: TenantName, verified: VerifiedKey, now: Date): Caller {
    const today = dayIn(this.#options.timeZone(tenant), now);
    if (verified.caller.day !== today) verified.caller = this.#standing(tenant, verified.found, now);
    return verified.caller.caller;
  }

  #standing(tenant: TenantName, { publicId, agreement }: FoundKey, now: Date): VerifiedKey["caller"] {
    const timeZone = this.#options.timeZone(tenant);
    const caller = { key: publicId, agreement, standing: standingOf(agreement, timeZone, now) };
    return { day: dayIn(timeZone, now), caller };
  }

  /**
   * The built-in agreement `open-data/open-data` of requests without a key.
   * @param fields the coordinates of the tenant's open datasets; for the same array the same caller.
   */
  openData(tenant: TenantName, fields: readonly Coordinate[]): Caller {
    const secret = this.#options.secrets.current(tenant);
    const known = this.#open.get(fields);
    if (known?.agreement.tenant === tenant && known.agreement.secret === secret) return known;
    const made = openDataCaller(tenant, fields, secret);
    this.#open.set(fields, made);
    return made;
  }

  /** An agreement's newest approved version, whoever asks; null where there is none. @throws as the database does */
  async agreement(tenant: TenantName, id: AgreementId): Promise<Agreement | null> {
    const rows: AgreementFields[] = await this.#options.dataSource.query(
      `SELECT a.id, a.application, a.purpose, a.secret, a.suspended_at, v.number, v.snapshot
         FROM agreement a ${newestApproved} WHERE a.tenant = $1 AND a.id = $2`,
      [tenant, id],
    );
    return rows[0] === undefined ? null : agreementOf(tenant, rows[0]);
  }

  /** Only keys that exist are remembered: made-up ones must not push them out. */
  async #find(tenant: TenantName, publicId: KeyId, revision: number): Promise<FoundKey | null> {
    const name = `${tenant} ${publicId}`;
    const known = this.#found.get(name);
    if (known?.revision === revision) return known.found;
    const found = await this.#read(tenant, publicId);
    if (found !== null) this.#found.set(name, { revision, found });
    return found;
  }

  async #read(tenant: TenantName, publicId: KeyId): Promise<FoundKey | null> {
    const rows: FoundRow[] = await this.#options.dataSource.query(
      `SELECT k.hash, k.revoked_at IS NOT NULL AS revoked,
              a.id, a.application, a.purpose, a.secret, a.suspended_at, v.number, v.snapshot
         FROM api_key k
         JOIN agreement a ON a.id = k.agreement AND a.tenant = k.tenant
         ${newestApproved}
        WHERE k.tenant = $1 AND k.public_id = $2`,
      [tenant, publicId],
    );
    const row = rows[0];
    if (row === undefined) return null;
    const agreement = agreementOf(tenant, row);
    return { publicId, hash: row.hash, revoked: row.revoked, agreement };
  }
}

const newestApproved = `JOIN LATERAL (
           SELECT number, snapshot FROM agreement_version
            WHERE agreement = a.id AND state = 'approved' ORDER BY number DESC LIMIT 1
         ) v ON true`;

const agreementOf = (tenant: TenantName, row: AgreementFields): Agreement => ({
  id: row.id,
  ref: agreementRef(row.application, row.purpose),
  tenant,
  application: row.application,
  purpose: row.purpose,
  version: row.number,
  snapshot: readSnapshot(row.snapshot),
  secret: row.secret,
  suspendedAt: row.suspended_at?.toISOString() ?? null,
});

function openDataCaller(tenant: TenantName, fields: readonly Coordinate[], secret: number): Caller {
  const name = "open-data";
  const purpose = name as PurposeName;
  const sorted = [...new Set(fields)].sort();
  const agreement: Agreement = {
    id: idFromName(`passerelle open-data ${tenant}`),
    ref: agreementRef(name, name),
    tenant,
    application: name as ApplicationName,
    purpose,
    version: 1,
    snapshot: {
      fields: sorted,
      bindings: null,
      purpose,
      basis: "open",
      basisNote: null,
      recipient: { name: "Anyone", contact: "none", role: "controller", basis: "open data" },
      from: "0001-01-01",
      until: "9999-12-31",
      volumePerDay: null,
      retention: null,
      refusal: "null",
      units: [{ name: "*", fields: sorted }],
      informationSociety: false,
      hidden: null,
    },
    secret,
    suspendedAt: null,
  };
  return { key: null, agreement, standing: { inForce: true } };
}

/** The same UUID for the same name, always: version 8 (RFC 9562, "custom"), here the start of a SHA-256. */
function idFromName(name: string): AgreementId {
  const bytes = createHash("sha256").update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") as AgreementId;
}
