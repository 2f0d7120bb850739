// What of a person the record of consent can let go, and when.
import { bumpConsentRevision, type DataSource, type EntityManager } from "../store/index.js";
import type { AgreementId, SubjectToken, TenantName } from "../terms/index.js";

/** One person in our own tables. */
export interface PersonTokens {
  readonly tenant: TenantName;
  readonly scheme: string;
  /** Under every live secret. */
  readonly tokens: readonly SubjectToken[];
}

export interface StoredGuardianship {
  readonly id: string;
  readonly as: "guardian" | "ward";
  readonly from: string;
  /** The last day it counts or counted. */
  readonly until: string;
  readonly eighteen: string | null;
  readonly source: "record" | "dataset";
  readonly wardScheme: string;
  readonly wardToken: SubjectToken;
}

export async function guardianshipsOf(
  db: Pick<EntityManager, "query">,
  { tenant, scheme, tokens }: PersonTokens,
): Promise<StoredGuardianship[]> {
  return db.query(
    `SELECT id, CASE WHEN ward_scheme = $2 AND ward_token = ANY($3) THEN 'ward' ELSE 'guardian' END AS "as",
            to_char(from_day, 'YYYY-MM-DD') AS "from",
            to_char(least(until_day, ended_day - 1), 'YYYY-MM-DD') AS until, to_char(eighteen, 'YYYY-MM-DD') AS eighteen,
            source, ward_scheme AS "wardScheme", ward_token AS "wardToken"
       FROM guardianship
      WHERE tenant = $1 AND ((ward_scheme = $2 AND ward_token = ANY($3)) OR (guardian_scheme = $2 AND guardian_token = ANY($3)))
      ORDER BY from_day`,
    [tenant, scheme, tokens],
  );
}

/**
 * Removes guardianships that are over, where nothing that the ward decided hangs on them: whether a child's word counted
 * is told by them.
 * @param today in the tenant's time zone
 * @returns how many
 */
export async function eraseEndedGuardianships(
  dataSource: DataSource,
  person: PersonTokens,
  today: string,
): Promise<number> {
  const ended = (await guardianshipsOf(dataSource, person)).filter(
    ({ until, eighteen }) => until < today && (eighteen === null || eighteen <= today),
  );
  let count = 0;
  for (const { id, wardScheme, wardToken } of ended) {
    const [, gone] = await dataSource.query<[unknown, number]>(
      `DELETE FROM guardianship g WHERE g.tenant = $1 AND g.id = $2 AND NOT EXISTS
         (SELECT FROM consent_event e WHERE e.tenant = $1 AND e.scheme = $3 AND e.token = $4)`,
      [person.tenant, id, wardScheme, wardToken],
    );
    count += gone;
  }
  return count;
}

/** Where the proof of an imported decision lies: it may name somebody. @returns how many */
export async function eraseEvidence(dataSource: DataSource, { tenant, scheme, tokens }: PersonTokens): Promise<number> {
  const [, count] = await dataSource.query<[unknown, number]>(
    `UPDATE consent_elsewhere x SET evidence = NULL FROM consent_event e
      WHERE x.tenant = $1 AND x.evidence IS NOT NULL AND e.tenant = $1 AND e.id = x.event AND e.scheme = $2 AND e.token = ANY($3)`,
    [tenant, scheme, tokens],
  );
  return count;
}

export interface EarlyErasure {
  /** UUID. */
  readonly id: string;
  readonly askedBy: string;
  readonly agreedBy: string;
  readonly reason: string;
  /** Events that stay: standing objections and the town's answers to them. */
  readonly kept: readonly string[];
}

/**
 * Removes the person's events and what follows from them, in the caller's transaction, as the role `keeper`: no consent is
 * on record then, and nothing is open. The database asks that two people stand in `erasure`.
 * @returns how many events
 */
export async function eraseConsents(
  db: EntityManager,
  { tenant, scheme, tokens }: PersonTokens,
  erasure: EarlyErasure,
): Promise<number> {
  await bumpConsentRevision(db, tenant);
  await db.query("INSERT INTO early_erasure (tenant, id, asked_by, agreed_by, reason) VALUES ($1, $2, $3, $4, $5)", [
    tenant,
    erasure.id,
    erasure.askedBy,
    erasure.agreedBy,
    erasure.reason,
  ]);
  const [row] = await db.query<[{ readonly n: number }?]>("SELECT erase_consent($1, $2, $3, $4, $5) AS n", [
    tenant,
    erasure.id,
    scheme,
    tokens,
    erasure.kept,
  ]);
  return row?.n ?? 0;
}

/** People's own words, but those of objections that wait for an answer: who answers has to read them. @returns how many */
export async function eraseOwnWords(
  db: Pick<EntityManager, "query">,
  { tenant, scheme, tokens }: PersonTokens,
  kept: readonly string[],
): Promise<number> {
  const [, count] = await db.query<[unknown, number]>(
    `DELETE FROM consent_reason r USING consent_event e
      WHERE r.tenant = $1 AND e.tenant = $1 AND e.id = r.event AND e.scheme = $2 AND e.token = ANY($3)
        AND e.refers_to IS NULL AND e.id <> ALL($4::uuid[])`,
    [tenant, scheme, tokens, kept],
  );
  return count;
}

export interface OwnTraces {
  /** Sessions of the citizen's pages. */
  readonly sessions: readonly { readonly createdAt: Date; readonly seenAt: Date }[];
  /** Messages that told applications to erase. */
  readonly notices: readonly {
    readonly agreement: AgreementId;
    readonly units: readonly string[];
    readonly at: Date;
    readonly acknowledgedAt: Date | null;
  }[];
  /** Decisions that the person made as guardian of another. */
  readonly asGuardian: readonly { readonly id: string; readonly decision: string; readonly at: Date }[];
}

const subjectNames = ({ scheme, tokens }: PersonTokens): string[] => tokens.map((token) => `${scheme}:${token}`);

export async function tracesOf(db: Pick<EntityManager, "query">, person: PersonTokens): Promise<OwnTraces> {
  const { tenant, scheme, tokens } = person;
  return {
    sessions: await db.query(
      `SELECT created_at AS "createdAt", seen_at AS "seenAt" FROM citizen_session
        WHERE tenant = $1 AND subjects && $2::text[] ORDER BY created_at`,
      [tenant, subjectNames(person)],
    ),
    notices: await db.query(
      `SELECT agreement, units, at, acknowledged_at AS "acknowledgedAt" FROM erasure_notice
        WHERE tenant = $1 AND scheme = $2 AND token = ANY($3) ORDER BY at`,
      [tenant, scheme, tokens],
    ),
    asGuardian: await db.query(
      `SELECT id, decision, at FROM consent_event
        WHERE tenant = $1 AND guardian_scheme = $2 AND guardian_token = ANY($3) ORDER BY number`,
      [tenant, scheme, tokens],
    ),
  };
}

/** Sessions end, and messages that applications have acknowledged are forgotten. @returns how many of each */
export async function eraseTraces(
  db: Pick<EntityManager, "query">,
  person: PersonTokens,
): Promise<{ readonly sessions: number; readonly notices: number }> {
  const { tenant, scheme, tokens } = person;
  const [, sessions] = await db.query<[unknown, number]>(
    "DELETE FROM citizen_session WHERE tenant = $1 AND subjects && $2::text[]",
    [tenant, subjectNames(person)],
  );
  const [, notices] = await db.query<[unknown, number]>(
    `DELETE FROM erasure_notice WHERE tenant = $1 AND scheme = $2 AND token = ANY($3) AND acknowledged_at IS NOT NULL`,
    [tenant, scheme, tokens],
  );
  return { sessions, notices };
}
