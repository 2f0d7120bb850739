// Many rows at once: a thousand decisions cost as many statements as one.
import type { EntityManager } from "../store/index.js";
import type { AgreementId, SubjectToken, TenantName } from "../terms/index.js";
import type { ConsentEvent } from "./consent-event.js";

export async function insertEvents(
  db: EntityManager,
  tenant: TenantName,
  events: readonly ConsentEvent[],
  texts: ReadonlyMap<string, string>,
  fieldSet: (fields: ConsentEvent["fields"]) => number,
): Promise<void> {
  if (events.length === 0) return;
  await db.query(
    `INSERT INTO consent_text (tenant, hash, text) SELECT $1, hash, text
       FROM jsonb_to_recordset($2::jsonb) AS x(hash text, text text) ON CONFLICT DO NOTHING`,
    [tenant, JSON.stringify([...texts].map(([hash, text]) => ({ hash, text })))],
  );
  const rows = events.map(({ by, shown, elsewhere: _, ...event }, order) => ({
    order,
    ...event,
    ...shown,
    decidedBy: by.kind,
    guardianScheme: by.kind === "guardian" ? by.scheme : null,
    guardianToken: by.kind === "guardian" ? by.token : null,
    staff: by.kind === "staff" ? by.who : null,
    fields: fieldSet(event.fields),
  }));
  // The number is drawn row by row in this order.
  await db.query(
    `INSERT INTO consent_event (tenant, id, revision, agreement, version, scheme, token, decided_by, guardian_scheme,
                                guardian_token, staff, decision, units, fields, language, text_version, channel, at, day,
                                until, refers_to)
     SELECT $1, id, revision, agreement, version, scheme, token, "decidedBy", "guardianScheme", "guardianToken", staff,
            decision, units, fields, language, "textVersion", channel, at, day, until, "refersTo"
       FROM jsonb_to_recordset($2::jsonb)
         AS x("order" integer, id uuid, revision bigint, agreement uuid, version integer, scheme text, token text,
              "decidedBy" text, "guardianScheme" text, "guardianToken" text, staff text, decision text, units text[],
              fields integer, language text, "textVersion" text, channel text, at timestamptz, day date, until date,
              "refersTo" uuid)
      ORDER BY "order"`,
    [tenant, JSON.stringify(rows)],
  );
  await insertElsewhere(db, tenant, events);
  const reasons = events.flatMap(({ id, reason }) => (reason === null ? [] : [{ event: id, reason }]));
  if (reasons.length === 0) return;
  await db.query(
    `INSERT INTO consent_reason (tenant, event, reason)
     SELECT $1, event, reason FROM jsonb_to_recordset($2::jsonb) AS x(event uuid, reason text)`,
    [tenant, JSON.stringify(reasons)],
  );
}

async function insertElsewhere(db: EntityManager, tenant: TenantName, events: readonly ConsentEvent[]): Promise<void> {
  const rows = events.flatMap(({ id, elsewhere }) => (elsewhere === null ? [] : [{ event: id, ...elsewhere }]));
  if (rows.length === 0) return;
  await db.query(
    `INSERT INTO consent_elsewhere (tenant, event, decided_at, how, evidence)
     SELECT $1, event, "decidedAt", how, evidence
       FROM jsonb_to_recordset($2::jsonb) AS x(event uuid, "decidedAt" timestamptz, how text, evidence text)`,
    [tenant, JSON.stringify(rows)],
  );
}

/** What holds for one person under one agreement and terms. */
export interface CurrentRow {
  readonly scheme: string;
  /** Under the current secret: this row there is afterwards. */
  readonly token: SubjectToken;
  /** Under the other live ones: those rows that there are say the same afterwards. */
  readonly others: readonly SubjectToken[];
  readonly agreement: AgreementId;
  readonly terms: string;
  readonly holding: number;
}

const recordset = `jsonb_to_recordset($3::jsonb) AS x(scheme text, token text, agreement uuid, terms text, holding integer)`;

/** @param rows at most one for each person, agreement and terms */
export async function upsertCurrent(
  db: EntityManager,
  tenant: TenantName,
  revision: number,
  rows: readonly CurrentRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `INSERT INTO consent_current AS c (tenant, scheme, token, agreement, terms, holding, revision)
     SELECT $1, scheme, token, agreement, terms, holding, $2::bigint FROM ${recordset}
     ON CONFLICT (tenant, scheme, token, agreement, terms)
     DO UPDATE SET holding = excluded.holding, revision = excluded.revision`,
    [tenant, revision, JSON.stringify(rows.map(({ others: _, ...row }) => row))],
  );
  const older = rows.flatMap(({ others, ...row }) => others.map((token) => ({ ...row, token })));
  if (older.length === 0) return;
  await db.query(
    `UPDATE consent_current c SET holding = x.holding, revision = $2::bigint FROM ${recordset}
      WHERE c.tenant = $1 AND c.scheme = x.scheme AND c.token = x.token AND c.agreement = x.agreement AND c.terms = x.terms`,
    [tenant, revision, JSON.stringify(older)],
  );
}
