// The three statements by which a request's side of consent is read. Each says at which revision it saw what it saw.
import type { DataSource } from "../store/index.js";
import type { AgreementId, SubjectToken, TenantName } from "../terms/index.js";
import type { Step } from "./effective-state.js";
import type { Holdings } from "./holdings.js";

/** Which rows of `consent_current`. */
export interface Place {
  readonly tenant: TenantName;
  readonly agreement: AgreementId;
  /** Those decided under, or `objectionTerms`. */
  readonly terms: string;
}

export interface CurrentRow {
  readonly scheme: string;
  readonly token: SubjectToken;
  readonly holding: number;
  /** bigint, as pg gives it. */
  readonly revision: string;
}

interface Seen {
  /** The tenant's consent revision in the statement's snapshot: no row of it is missing, for commits follow revisions. */
  readonly revision: number;
  readonly rows: readonly CurrentRow[];
}

type AnsweredRow = { readonly at: string; readonly rebuilt: string } & {
  readonly [Name in keyof CurrentRow]: CurrentRow[Name] | null;
} & {
  readonly steps: string | null;
};

const columns = "r.revision AS at, r.rebuilt, c.scheme, c.token, c.holding, c.revision, h.steps::text AS steps";

// The revision's row stands on the left in both, so that it is answered where nobody else is.

/** $1 tenant, $2 agreement, $3 terms, $4 the revision held, $5 rows at most. */
export const deltaStatement = `SELECT ${columns} FROM consent_revision r
  LEFT JOIN (consent_current c JOIN consent_holding h ON h.tenant = c.tenant AND h.id = c.holding)
    ON c.tenant = r.tenant AND c.agreement = $2 AND c.terms = $3 AND c.revision > $4
  WHERE r.tenant = $1 ORDER BY c.revision LIMIT $5`;
/**
 * $1 tenant, $2 agreement, $3 terms, $4 scheme, $5 tokens. Of a table that was just filled the server knows nothing, and
 * would read the whole agreement by the delta's index. So it is told to look each token up (OFFSET 0), and agreement and
 * terms are written as no index has them: under one token there are a few rows.
 */
export const byTokenStatement = `SELECT ${columns} FROM consent_revision r
  LEFT JOIN (unnest($5::text[]) AS asked(token)
    CROSS JOIN LATERAL (SELECT scheme, token, holding, revision FROM consent_current
      WHERE tenant = $1 AND scheme = $4 AND token = asked.token AND agreement::text = $2 AND terms || '' = $3 OFFSET 0) c
    JOIN consent_holding h ON h.tenant = $1 AND h.id = c.holding) ON true
  WHERE r.tenant = $1 ORDER BY c.revision`;

/**
 * What changed since a revision, in the order of revisions; null: more than `max` rows, or rows were removed since, which
 * no delta tells (erasing a person before their time).
 */
export async function readDelta(
  dataSource: DataSource,
  { tenant, agreement, terms }: Place,
  since: number,
  max: number,
  holdings: Holdings,
): Promise<Seen | null> {
  const rows: AnsweredRow[] = await dataSource.query(deltaStatement, [tenant, agreement, terms, since, max + 1]);
  return rows.length > max || Number(rows[0]?.rebuilt ?? 0) > since ? null : seenOf(rows, holdings);
}

/** What holds for some people of a scheme, in the order of revisions. */
export async function readByTokens(
  dataSource: DataSource,
  { tenant, agreement, terms }: Place,
  scheme: string,
  tokens: readonly SubjectToken[],
  holdings: Holdings,
): Promise<Seen> {
  return seenOf(await dataSource.query(byTokenStatement, [tenant, agreement, terms, scheme, tokens]), holdings);
}

function seenOf(answered: readonly AnsweredRow[], holdings: Holdings): Seen {
  const rows: CurrentRow[] = [];
  for (const { scheme, token, holding, revision, steps } of answered) {
    if (scheme === null || token === null || holding === null || revision === null || steps === null) continue;
    // Parsed once each: a page of a thousand people holds a handful.
    if (holdings.unknown([holding]).length > 0) holdings.add(holding, JSON.parse(steps) as readonly Step[]);
    rows.push({ scheme, token, holding, revision });
  }
  return { revision: Number(answered[0]?.at ?? 0), rows };
}

/**
 * All rows, part by part in the order of revisions, as one state of the database.
 * @param take is waited for before the next part is asked; false: no more is wanted
 * @returns the revision of that state
 */
export async function readAll(
  dataSource: DataSource,
  { tenant, agreement, terms }: Place,
  part: number,
  holdings: Holdings,
  take: (rows: readonly CurrentRow[]) => Promise<boolean>,
): Promise<number> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction("REPEATABLE READ");
    const [revision] = (await runner.query("SELECT revision FROM consent_revision WHERE tenant = $1", [tenant])) as [
      { readonly revision: string }?,
    ];
    // In the index's order the first part is there at once; sorted it would come after the last row was read.
    await runner.query("SET LOCAL enable_sort = off");
    await runner.query(
      `DECLARE held NO SCROLL CURSOR FOR SELECT scheme, token, holding, revision FROM consent_current
        WHERE tenant = $1 AND agreement = $2 AND terms = $3 ORDER BY revision`,
      [tenant, agreement, terms],
    );
    for (;;) {
      const rows = (await runner.query(`FETCH ${String(part)} FROM held`)) as readonly CurrentRow[];
      const unknown = holdings.unknown(rows.map(({ holding }) => holding));
      if (unknown.length > 0) {
        const found = (await runner.query("SELECT id, steps FROM consent_holding WHERE tenant = $1 AND id = ANY($2)", [
          tenant,
          unknown,
        ])) as readonly { readonly id: number; readonly steps: readonly Step[] }[];
        for (const { id, steps } of found) holdings.add(id, steps);
      }
      if (!(await take(rows)) || rows.length < part) break;
    }
    await runner.commitTransaction();
    return Number(revision?.revision ?? 0);
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
