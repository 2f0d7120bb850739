// Where applications are told what to erase, and what they were told: the outbox. A notice is written in the transaction
// of the decision that shut something, so that no withdrawal is ever without one.
import { randomUUID } from "node:crypto";
import type { DataSource, EntityManager } from "../store/index.js";
import type { AgreementId, SubjectToken, TenantName } from "../terms/index.js";

/** Seals a webhook's secret under the tenant's own; handed in by who holds the key file. */
export interface SecretSeal {
  seal(tenant: TenantName, secret: Uint8Array): { readonly sealed: Buffer; readonly number: number };
  /** Null for what was not sealed here. */
  open(tenant: TenantName, number: number, sealed: Uint8Array): Buffer | null;
}

export interface Webhook {
  readonly id: string;
  readonly agreement: AgreementId;
  readonly url: string;
  readonly madeAt: Date;
  readonly madeBy: string;
}

/** A person's data that an application has to erase, as far as it is known before the services are asked. */
export interface ErasureNotice {
  /** UUID; the receiver knows a repeated one by it. */
  readonly id: string;
  readonly tenant: TenantName;
  readonly agreement: AgreementId;
  readonly scheme: string;
  readonly token: SubjectToken;
  /** Names of the units that were shut. */
  readonly units: readonly string[];
  readonly at: Date;
}

export interface NoticeView extends ErasureNotice {
  readonly attempts: number;
  readonly nextAt: Date;
  /** `HTTP 500`, `timeout`…: never the receiver's own words; null before the first attempt. */
  readonly lastResult: string | null;
  readonly acknowledgedAt: Date | null;
}

/** A notice that this node may send now, with where to and how to sign. */
export interface DueNotice extends ErasureNotice {
  /** This attempt's number, from 1. */
  readonly attempt: number;
  readonly url: string;
  readonly secret: Buffer;
}

interface NoticeRow {
  readonly id: string;
  readonly tenant: TenantName;
  readonly agreement: AgreementId;
  readonly scheme: string;
  readonly token: SubjectToken;
  readonly units: string[];
  readonly at: Date;
  readonly attempts: number;
  readonly next_at: Date;
  readonly last_result: string | null;
  readonly acknowledged_at: Date | null;
  readonly url: string;
  readonly secret: Buffer;
  readonly secret_number: number;
}

const columns = "n.id, n.tenant, n.agreement, n.scheme, n.token, n.units, n.at, n.attempts";

/** The hook of `ConsentRegister`: what was open and is shut now becomes a notice, whether an address is registered or not. */
export async function noteClosed(db: EntityManager, closed: Omit<ErasureNotice, "id">): Promise<void> {
  const { tenant, agreement, scheme, token, units, at } = closed;
  await db.query(
    `INSERT INTO erasure_notice (id, tenant, agreement, scheme, token, units, at, next_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
    [randomUUID(), tenant, agreement, scheme, token, units, at],
  );
}

/** Staff's side: role keeper. */
export class WebhookRegistry {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: SecretSeal,
  ) {}

  /** Takes the place of the one that was in use; what waits goes to the new one. */
  async set(webhook: {
    readonly tenant: TenantName;
    readonly agreement: AgreementId;
    readonly url: string;
    readonly secret: Uint8Array;
    readonly by: string;
    readonly at: Date;
  }): Promise<void> {
    const { tenant, agreement, url, by, at } = webhook;
    const { sealed, number } = this.seal.seal(tenant, webhook.secret);
    await this.dataSource.transaction(async (db) => {
      await remove(db, tenant, agreement, at);
      await db.query(
        `INSERT INTO webhook (id, tenant, agreement, url, secret, secret_number, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [randomUUID(), tenant, agreement, url, sealed, number, at, by],
      );
      // What had waited long need not wait on.
      await db.query(
        "UPDATE erasure_notice SET next_at = $3 WHERE tenant = $1 AND agreement = $2 AND acknowledged_at IS NULL",
        [tenant, agreement, at],
      );
    });
  }

  /** False where there was none. */
  remove(tenant: TenantName, agreement: AgreementId, at: Date): Promise<boolean> {
    return this.dataSource.transaction((db) => remove(db, tenant, agreement, at));
  }

  async list(tenant: TenantName): Promise<Webhook[]> {
    const rows: { id: string; agreement: AgreementId; url: string; made_at: Date; made_by: string }[] =
      await this.dataSource.query(
        "SELECT id, agreement, url, made_at, made_by FROM webhook WHERE tenant = $1 AND removed_at IS NULL ORDER BY made_at",
        [tenant],
      );
    return rows.map(({ id, agreement, url, made_at, made_by }) => ({
      id,
      agreement,
      url,
      madeAt: made_at,
      madeBy: made_by,
    }));
  }

  /** Newest first. @param unacknowledged only those that wait for an acknowledgement */
  async notices(
    tenant: TenantName,
    filter: { readonly agreement?: AgreementId; readonly unacknowledged?: boolean; readonly limit: number },
  ): Promise<NoticeView[]> {
    const rows: NoticeRow[] = await this.dataSource.query(
      `SELECT ${columns}, n.next_at, n.last_result, n.acknowledged_at FROM erasure_notice n
        WHERE n.tenant = $1 AND ($2::uuid IS NULL OR n.agreement = $2) AND (NOT $3 OR n.acknowledged_at IS NULL)
        ORDER BY n.at DESC, n.id LIMIT $4`,
      [tenant, filter.agreement ?? null, filter.unacknowledged === true, filter.limit],
    );
    return rows.map((row) => ({
      ...noticeOf(row),
      attempts: row.attempts,
      nextAt: row.next_at,
      lastResult: row.last_result,
      acknowledgedAt: row.acknowledged_at,
    }));
  }
}

async function remove(db: EntityManager, tenant: TenantName, agreement: AgreementId, at: Date): Promise<boolean> {
  const [, changed]: [unknown, number] = await db.query(
    "UPDATE webhook SET removed_at = $3 WHERE tenant = $1 AND agreement = $2 AND removed_at IS NULL",
    [tenant, agreement, at],
  );
  return changed > 0;
}

/** The sender's side: role gateway. Many nodes may take notices at once; each is taken by one. */
export class NoticeOutbox {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: SecretSeal,
  ) {}

  /**
   * Notices that are due and have an address, at most `limit`. They are this node's until `leaseMs` are over: a node
   * that dies loses no notice, it is sent again (its id says that it is the same).
   */
  async take(now: Date, limit: number, leaseMs: number): Promise<DueNotice[]> {
    const [rows]: [NoticeRow[], number] = await this.dataSource.query(
      `UPDATE erasure_notice n SET attempts = n.attempts + 1, next_at = $2
         FROM webhook w
        WHERE w.agreement = n.agreement AND w.removed_at IS NULL AND n.id IN (
          SELECT d.id FROM erasure_notice d
            JOIN webhook v ON v.agreement = d.agreement AND v.removed_at IS NULL
           WHERE d.acknowledged_at IS NULL AND d.next_at <= $1
           ORDER BY d.next_at LIMIT $3 FOR UPDATE OF d SKIP LOCKED)
       RETURNING ${columns}, w.url, w.secret, w.secret_number`,
      [now, new Date(now.getTime() + leaseMs), limit],
    );
    return rows.flatMap((row) => {
      const secret = this.seal.open(row.tenant, row.secret_number, row.secret);
      return secret === null ? [] : [{ ...noticeOf(row), attempt: row.attempts, url: row.url, secret }];
    });
  }

  async acknowledged(notice: ErasureNotice, at: Date, result: string): Promise<void> {
    await this.dataSource.query(
      "UPDATE erasure_notice SET acknowledged_at = $2, last_result = $3 WHERE id = $1 AND acknowledged_at IS NULL",
      [notice.id, at, result],
    );
  }

  async failed(notice: ErasureNotice, nextAt: Date, result: string): Promise<void> {
    await this.dataSource.query(
      "UPDATE erasure_notice SET next_at = $2, last_result = $3 WHERE id = $1 AND acknowledged_at IS NULL",
      [notice.id, nextAt, result],
    );
  }
}

const noticeOf = ({ id, tenant, agreement, scheme, token, units, at }: NoticeRow): ErasureNotice => ({
  id,
  tenant,
  agreement,
  scheme,
  token,
  units,
  at,
});
