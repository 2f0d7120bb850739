// Events as they lie in the store.
import type { EntityManager } from "../store/index.js";
import type { AgreementId, Coordinate, SubjectToken, TenantName } from "../terms/index.js";
import type { ConsentEvent, Decision, Settlement, Shown } from "./consent-event.js";
import type { Decided } from "./effective-state.js";
import { guardianName, type PersonNames } from "./person-names.js";

interface EventRow {
  readonly id: string;
  readonly tenant: TenantName;
  /** bigint, as pg gives it. */
  readonly revision: string;
  readonly agreement: AgreementId;
  readonly version: number;
  readonly terms: string;
  readonly basis: string;
  readonly scheme: string;
  readonly token: SubjectToken;
  readonly decided_by: "self" | "guardian" | "staff";
  readonly guardian_scheme: string | null;
  readonly guardian_token: SubjectToken | null;
  readonly staff: string | null;
  readonly decision: Decision | Settlement;
  readonly units: string[];
  readonly fields: (Coordinate | "*")[];
  readonly language: Shown["language"] | null;
  readonly text_version: string | null;
  readonly channel: Shown["channel"] | null;
  readonly at: Date;
  readonly day: string;
  readonly until: string;
  readonly refers_to: string | null;
  readonly reason: string | null;
  readonly decided_at: Date | null;
  readonly how: string | null;
  readonly evidence: string | null;
}

/** @param rest conditions and order over `e`, the event; its parameters follow `parameters` from $1 on */
export async function selectEvents(
  db: Pick<EntityManager, "query">,
  rest: string,
  parameters: readonly unknown[],
): Promise<ConsentEvent[]> {
  const rows: EventRow[] = await db.query(
    `SELECT e.id, e.tenant, e.revision, e.agreement, e.version, a.terms, a.basis, e.scheme, e.token, e.decided_by,
            e.guardian_scheme, e.guardian_token, e.staff, e.decision, e.units, f.fields, e.language, e.text_version,
            e.channel, e.at, to_char(e.day, 'YYYY-MM-DD') AS day, to_char(e.until, 'YYYY-MM-DD') AS until, e.refers_to,
            r.reason, x.decided_at, x.how, x.evidence
       FROM consent_event e
       JOIN consent_asked a ON a.tenant = e.tenant AND a.agreement = e.agreement AND a.version = e.version
       JOIN field_set f ON f.tenant = e.tenant AND f.id = e.fields
       LEFT JOIN consent_reason r ON r.tenant = e.tenant AND r.event = e.id
       LEFT JOIN consent_elsewhere x ON x.tenant = e.tenant AND x.event = e.id
      WHERE ${rest}`,
    [...parameters],
  );
  return rows.map(eventOf);
}

function eventOf(row: EventRow): ConsentEvent {
  const { id, tenant, agreement, version, terms, basis, scheme, token, decision, units, fields, at, day, until } = row;
  const { language, text_version, channel, decided_at, how, evidence } = row;
  return {
    id, tenant, revision: Number(row.revision), agreement, version, terms, basis, scheme, token, by: byOf(row), decision,
    units, fields, at, day, until, refersTo: row.refers_to, reason: row.reason,
    elsewhere: decided_at === null ? null : { decidedAt: decided_at, how: how ?? "", evidence },
    shown: language === null || text_version === null || channel === null
      ? null
      : { language, textVersion: text_version, channel },
  }; // prettier-ignore
}

function byOf({ decided_by, guardian_scheme, guardian_token, staff }: EventRow): ConsentEvent["by"] {
  if (guardian_scheme !== null && guardian_token !== null)
    return { kind: "guardian", scheme: guardian_scheme, token: guardian_token };
  return decided_by === "staff" ? { kind: "staff", who: staff ?? "" } : { kind: "self" };
}

/** The event as the rules of the effective state see it. */
export function decidedOf(event: ConsentEvent, names: PersonNames): Decided {
  const { id, decision, terms, fields, day, until, refersTo, by, at, elsewhere } = event;
  const who = by.kind === "guardian" ? guardianName(names.ofToken(by.scheme, by.token)) : "self";
  return { id, by: who, decision, terms, fields, day, until, refersTo, made: elsewhere?.decidedAt ?? at };
}
