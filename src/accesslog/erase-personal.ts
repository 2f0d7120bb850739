// Erasing a person from the record: their tokens stand in the personal parts, behind a salted commitment each, so that
// what is left proves as before.
import type { EntityManager } from "../store/index.js";
import type { SubjectToken, TenantName } from "../terms/index.js";
import { AccessLogUnavailable } from "./entry.js";

/** The search index's own lock: it could otherwise bring back what it had just read. */
const indexLock = 7_276_116;

export interface ErasedPersonal {
  /** Entries whose personal part is gone. */
  readonly entries: number;
  /** The size of the log up to which was erased: later entries are about what was read after it. */
  readonly size: number;
}

/** How many entries name the person. */
export async function countPersonal(
  db: Pick<EntityManager, "query">,
  tenant: TenantName,
  scheme: string,
  tokens: readonly SubjectToken[],
): Promise<number> {
  const rows: { readonly n: string }[] = await db.query(
    "SELECT count(*) AS n FROM access_subject WHERE tenant = $1 AND scheme = $2 AND tokens && $3::text[]",
    [tenant, scheme, tokens],
  );
  return Number(rows[0]?.n ?? 0);
}

/**
 * In the caller's transaction, as the role `keeper`. An entry has one personal part for everybody in it: it goes as a
 * whole, and other people's entries in the search index stay, so that they still find it. The index must have caught up.
 * @throws AccessLogUnavailable where it has not
 */
export async function erasePersonal(
  db: EntityManager,
  tenant: TenantName,
  scheme: string,
  tokens: readonly SubjectToken[],
  size: number,
): Promise<ErasedPersonal> {
  await db.query("SELECT pg_advisory_xact_lock($1)", [indexLock]);
  const [mark] = await db.query<[{ readonly indexed: string }?]>(
    "SELECT indexed FROM access_watermark WHERE tenant = $1",
    [tenant],
  );
  if (Number(mark?.indexed ?? 0) < size)
    throw new AccessLogUnavailable("The search index has not caught up with the access log. Try again in a while.");
  const [, entries] = await db.query<[unknown, number]>(
    `DELETE FROM access_personal p USING access_subject x, access_leaf l
      WHERE x.tenant = $1 AND x.scheme = $2 AND x.tokens && $3::text[] AND l.tenant = $1 AND l.index = x.index
        AND p.tenant = $1 AND p.entry_id = l.entry_id`,
    [tenant, scheme, tokens],
  );
  // Who of staff it was stood in the same part.
  await db.query(
    `UPDATE access_summary s SET staff = NULL FROM access_subject x
      WHERE x.tenant = $1 AND x.scheme = $2 AND x.tokens && $3::text[] AND s.tenant = $1 AND s.index = x.index AND s.staff IS NOT NULL`,
    [tenant, scheme, tokens],
  );
  const named = "tenant = $1 AND scheme = $2 AND tokens && $3::text[]";
  await db.query(`DELETE FROM access_subject WHERE ${named} AND tokens <@ $3::text[]`, [tenant, scheme, tokens]);
  await db.query(
    `UPDATE access_subject SET tokens = ARRAY(SELECT token FROM unnest(tokens) AS t(token) WHERE token <> ALL($3::text[]))
      WHERE ${named}`,
    [tenant, scheme, tokens],
  );
  return { entries, size };
}

/** Entries committed so far. */
export async function logSize(db: Pick<EntityManager, "query">, tenant: TenantName): Promise<number> {
  const rows: { readonly size: string }[] = await db.query("SELECT size FROM access_head WHERE tenant = $1", [tenant]);
  return Number(rows[0]?.size ?? 0);
}
