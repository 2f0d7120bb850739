// The record as people ask for it.
import type { EntityManager } from "../store/index.js";
import type { AgreementId, Coordinate, TenantName } from "../terms/index.js";
import type { ConsentEvent, CurrentConsent, EventFilter } from "./consent-event.js";
import { loadFiles, objectionTerms, fileName } from "./dossiers.js";
import { standingObjections, type Step } from "./effective-state.js";
import type { Person, PersonNames } from "./person-names.js";
import { selectEvents } from "./stored-event.js";

type Db = Pick<EntityManager, "query">;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function findEvent(db: Db, tenant: TenantName, id: string): Promise<ConsentEvent | null> {
  if (!uuid.test(id)) return null;
  const [event] = await selectEvents(db, "e.tenant = $1 AND e.id = $2", [tenant, id]);
  return event ?? null;
}

export async function listEvents(db: Db, names: PersonNames, filter: EventFilter): Promise<ConsentEvent[]> {
  const limit = Math.min(Math.max(Math.trunc(filter.limit ?? 100), 1), 1_000);
  if (filter.pending !== true) return pageOf(db, names.tenant, filter, limit);
  // Whether an objection still stands is said by the rules, not by SQL: pages are read until enough of them do.
  const pending: ConsentEvent[] = [];
  let after = filter.after;
  for (;;) {
    const page = await pageOf(db, names.tenant, { ...filter, ...(after !== undefined && { after }) }, 1_000);
    pending.push(...(await standing(db, names, page)));
    after = page.at(-1)?.id;
    if (page.length < 1_000 || pending.length >= limit) return pending.slice(0, limit);
  }
}

function pageOf(db: Db, tenant: TenantName, filter: EventFilter, limit: number): Promise<ConsentEvent[]> {
  const { agreement, decisions, pending = false, from, before, after } = filter;
  return selectEvents(
    db,
    `e.tenant = $1 AND ($2::uuid IS NULL OR e.agreement = $2) AND ($3::text[] IS NULL OR e.decision = ANY($3))
       AND ($4::timestamptz IS NULL OR e.at >= $4) AND ($5::timestamptz IS NULL OR e.at < $5)
       AND ($6::uuid IS NULL OR e.number < (SELECT number FROM consent_event WHERE tenant = $1 AND id = $6))
       AND (NOT $7 OR e.decision = 'objected' AND NOT EXISTS
             (SELECT FROM consent_event s WHERE s.tenant = e.tenant AND s.refers_to = e.id))
      ORDER BY e.number DESC LIMIT $8`,
    [tenant, agreement ?? null, decisions ?? null, from ?? null, before ?? null, after ?? null, pending, limit],
  );
}

async function standing(db: Db, names: PersonNames, objections: readonly ConsentEvent[]): Promise<ConsentEvent[]> {
  const personOf = ({ scheme, token }: ConsentEvent): Person => names.ofToken(scheme, token);
  const files = await loadFiles(db, names, objections.map(personOf));
  const flags = await informationSocieties(db, names.tenant, objections);
  return objections.filter((objection) => {
    const file = files.get(fileName(personOf(objection)));
    const { agreement, id } = objection;
    const circumstances = {
      guardianships: file?.guardianships ?? [],
      informationSociety: flags.get(agreement) ?? false,
    };
    return standingObjections(file?.dossiers.get(agreement)?.events ?? [], circumstances).has(id);
  });
}

async function informationSocieties(
  db: Db,
  tenant: TenantName,
  events: readonly ConsentEvent[],
): Promise<ReadonlyMap<AgreementId, boolean>> {
  const rows: { readonly agreement: AgreementId; readonly flag: boolean }[] = await db.query(
    `SELECT DISTINCT ON (agreement) agreement, information_society AS flag FROM consent_asked
      WHERE tenant = $1 AND agreement = ANY($2::uuid[]) ORDER BY agreement, version DESC`,
    [tenant, [...new Set(events.map(({ agreement }) => agreement))]],
  );
  return new Map(rows.map(({ agreement, flag }) => [agreement, flag]));
}

interface HoldingRow {
  readonly agreement: AgreementId;
  readonly terms: string;
  readonly steps: readonly Step[];
}

export async function currentOf(db: Db, tenant: TenantName, person: Person, today: string): Promise<CurrentConsent[]> {
  // Rows of one person under several secrets say the same; were one of them older, the newest would be right.
  const rows: HoldingRow[] = await db.query(
    `SELECT DISTINCT ON (c.agreement, c.terms) c.agreement, c.terms, h.steps
       FROM consent_current c JOIN consent_holding h ON h.tenant = c.tenant AND h.id = c.holding
      WHERE c.tenant = $1 AND c.scheme = $2 AND c.token = ANY($3)
      ORDER BY c.agreement, c.terms, c.revision DESC`,
    [tenant, person.scheme, person.tokens],
  );
  return rows.flatMap(({ agreement, terms, steps }) => {
    const step = steps.find(({ until }) => until === null || until >= today);
    const fields: readonly (Coordinate | "*")[] = step?.fields ?? [];
    if (step === undefined || fields.length === 0) return [];
    return [{ agreement, terms: terms === objectionTerms ? null : terms, fields, until: step.until }];
  });
}
