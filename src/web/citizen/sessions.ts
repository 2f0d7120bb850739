// Who is signed in at the citizen's pages of one town.
import type { VerifiedClaims } from "../../identity/index.js";
import type { DataSource } from "../../store/index.js";
import type { SubjectToken, TenantName } from "../../terms/index.js";
import { SealedSessions, type SessionKeys } from "../sealed-sessions.js";

/** Milliseconds. */
export const sessionTimes = { idle: 15 * 60_000, whole: 8 * 3_600_000 } as const;

/** What a session knows; it opens with the cookie alone. */
export interface SessionContent {
  readonly claims: VerifiedClaims;
  /** To sign out at the provider too. */
  readonly idToken: string;
}

export type Session = SessionContent & SessionKeys;

/** Of a person in a scheme; for the erasure of all that is theirs. */
export interface SessionSubject {
  readonly scheme: string;
  readonly token: SubjectToken;
}

export class Sessions {
  readonly #sessions: SealedSessions<SessionContent>;

  /** @param dataSource as the role `gateway` */
  constructor(dataSource: DataSource, now: () => Date = () => new Date()) {
    this.#sessions = new SealedSessions(dataSource, { table: "citizen_session", times: sessionTimes }, now);
  }

  begin(tenant: TenantName, content: SessionContent, subjects: readonly SessionSubject[]): Promise<Session> {
    const names = subjects.map(({ scheme, token }) => `${scheme}:${token}`);
    return this.#sessions.begin(useIn(tenant), content, { tenant, subjects: names });
  }

  /** Null: no such session, or it has ended. */
  read(tenant: TenantName, id: string | null): Promise<Session | null> {
    return this.#sessions.read(useIn(tenant), id, { tenant });
  }

  end(tenant: TenantName, id: string | null): Promise<void> {
    return this.#sessions.end(id, { tenant });
  }
}

const useIn = (tenant: TenantName): string => `session ${tenant}`;
