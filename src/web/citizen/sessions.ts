// Who is signed in. The cookie holds 32 random bytes; the table their hash, and the session's content sealed under a key
// made from them: neither the table without the cookie nor the cookie without the table says who anybody is.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { VerifiedClaims } from "../../identity/index.js";
import type { DataSource } from "../../store/index.js";
import type { SubjectToken, TenantName } from "../../terms/index.js";
import { openText, sealText } from "./sealed-box.js";

/** Milliseconds. */
export const sessionTimes = { idle: 15 * 60_000, whole: 8 * 3_600_000 } as const;

/** What a session knows; it opens with the cookie alone. */
export interface SessionContent {
  readonly claims: VerifiedClaims;
  /** To sign out at the provider too. */
  readonly idToken: string;
}

export interface Session extends SessionContent {
  /** The cookie's value. */
  readonly id: string;
  /** Stands in every form: another site cannot know it (a synchronizer token, bound to this session). */
  readonly token: string;
}

/** Of a person in a scheme; for the erasure of all that is theirs. */
export interface SessionSubject {
  readonly scheme: string;
  readonly token: SubjectToken;
}

export class Sessions {
  readonly #dataSource: DataSource;
  readonly #now: () => Date;

  /** @param dataSource as the role `gateway` */
  constructor(dataSource: DataSource, now: () => Date = () => new Date()) {
    this.#dataSource = dataSource;
    this.#now = now;
  }

  /** Always under a new id: one that was known before the person signed in opens nothing afterwards. */
  async begin(tenant: TenantName, content: SessionContent, subjects: readonly SessionSubject[]): Promise<Session> {
    await this.#sweep();
    const secret = randomBytes(32);
    const id = secret.toString("base64url");
    const now = this.#now();
    await this.#dataSource.query(
      `INSERT INTO citizen_session (tenant, id_hash, subjects, sealed, created_at, seen_at)
       VALUES ($1, $2, $3, $4, $5, $5)`,
      [
        tenant,
        hashOf(secret),
        subjects.map(({ scheme, token }) => `${scheme}:${token}`),
        sealText(secret, useIn(tenant), JSON.stringify(content)),
        now,
      ],
    );
    return { ...content, id, token: tokenOf(secret) };
  }

  /** Null: no such session, or it has ended. One statement; the session lives on from here. */
  async read(tenant: TenantName, id: string | null): Promise<Session | null> {
    const secret = secretOf(id);
    if (secret === null || id === null) return null;
    const now = this.#now();
    // TypeORM gives an UPDATE's rows and their number.
    const [rows] = await this.#dataSource.query<[readonly { readonly sealed: Buffer }[], number]>(
      `UPDATE citizen_session SET seen_at = greatest(seen_at, $3)
        WHERE tenant = $1 AND id_hash = $2 AND seen_at > $4 AND created_at > $5 RETURNING sealed`,
      [tenant, hashOf(secret), now, before(now, sessionTimes.idle), before(now, sessionTimes.whole)],
    );
    const sealed = rows[0]?.sealed;
    const text = sealed === undefined ? null : openText(secret, useIn(tenant), sealed);
    return text === null ? null : { ...(JSON.parse(text) as SessionContent), id, token: tokenOf(secret) };
  }

  async end(tenant: TenantName, id: string | null): Promise<void> {
    const secret = secretOf(id);
    if (secret === null) return;
    await this.#dataSource.query("DELETE FROM citizen_session WHERE tenant = $1 AND id_hash = $2", [
      tenant,
      hashOf(secret),
    ]);
  }

  /** What has ended is not kept until somebody asks for it. */
  async #sweep(): Promise<void> {
    const now = this.#now();
    await this.#dataSource.query("DELETE FROM citizen_session WHERE seen_at <= $1 OR created_at <= $2", [
      before(now, sessionTimes.idle),
      before(now, sessionTimes.whole),
    ]);
  }
}

const before = (now: Date, milliseconds: number): Date => new Date(now.getTime() - milliseconds);
const useIn = (tenant: TenantName): string => `session ${tenant}`;
const hashOf = (secret: Uint8Array): Buffer => createHash("sha256").update(secret).digest();
const tokenOf = (secret: Uint8Array): string => createHmac("sha256", secret).update("form token").digest("base64url");

function secretOf(id: string | null): Buffer | null {
  if (id === null || !/^[A-Za-z0-9_-]{43}$/.test(id)) return null;
  const secret = Buffer.from(id, "base64url");
  return secret.length === 32 ? secret : null;
}

/** In a time that does not depend on where they differ. */
export function isToken(session: Session, given: string): boolean {
  const [expected, got] = [Buffer.from(session.token), Buffer.from(given)];
  return expected.length === got.length && timingSafeEqual(expected, got);
}
