// What is over, and whether it may be removed now. By index, since indexes are in the order of commits: what goes is
// always the oldest, up to the first entry that is not over.
import { dayIn, monthsBefore, startOfDay, type TenantName } from "../../terms/index.js";
import type { Queryable } from "../append-connection.js";

export interface RetentionTime {
  readonly months: number;
  /** IANA: entries are kept for whole months of the town's days. */
  readonly timeZone: string;
}

export interface RetentionDue {
  /** Entries of earlier days are over, `YYYY-MM-DD`. */
  readonly beforeDay: string;
  /** Its first moment in the town's time. */
  readonly before: Date;
  /** Entries with a lower index are over. */
  readonly upTo: number;
  /** Of them those that still have their content. */
  readonly entries: number;
  /** Why nothing may be removed, in words for the operator; null: nothing is in the way. */
  readonly hindrance: string | null;
  /** A person who looked at the clock may say that it is right. */
  readonly confirmable: boolean;
}

/** A look comes each day; a gateway that stood still over a long weekend goes on by itself. */
const daysByItself = 4;
const clockSlackMs = 300_000;

interface Row {
  readonly db: Date;
  readonly size: string;
  readonly told: string;
  readonly newest: Date | null;
  readonly looked_at: Date | null;
  readonly look_day: string | null;
}

export async function retentionDue(
  on: Pick<Queryable, "query">,
  tenant: TenantName,
  { months, timeZone }: RetentionTime,
  now: Date,
): Promise<RetentionDue> {
  const beforeDay = monthsBefore(dayIn(timeZone, now), months);
  const before = startOfDay(timeZone, beforeDay);
  const row = await readRow(on, tenant);
  const upTo = await firstKept(on, tenant, Number(row.told), before);
  const entries = upTo <= Number(row.told) ? 0 : await count(on, tenant, upTo);
  const due = { beforeDay, before, upTo, entries };
  const wrongClock = clockWrong(row, now);
  if (wrongClock !== null) return { ...due, hindrance: wrongClock, confirmable: false };
  const leap = entries === 0 ? null : leaps(row.look_day, beforeDay, entries);
  return { ...due, hindrance: leap, confirmable: leap !== null };
}

async function readRow(on: Pick<Queryable, "query">, tenant: TenantName): Promise<Row> {
  const { rows } = await on.query<Row>(
    `SELECT clock_timestamp() AS db, coalesce((SELECT size FROM access_head WHERE tenant = $1), 0) AS size,
            coalesce((SELECT max(up_to) FROM log_retention WHERE tenant = $1), 0) AS told,
            (SELECT e.at FROM access_entry e WHERE e.tenant = $1 ORDER BY e.index DESC LIMIT 1) AS newest,
            look.looked_at, look.before_day::text AS look_day
       FROM (SELECT) AS one LEFT JOIN log_retention_look look ON look.tenant = $1`,
    [tenant],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("no row");
  return row;
}

/** The first index that is not over; the log's size where all are. In one statement: what is appended meanwhile is later. */
async function firstKept(
  on: Pick<Queryable, "query">,
  tenant: TenantName,
  told: number,
  before: Date,
): Promise<number> {
  const { rows } = await on.query<{ index: string }>(
    `SELECT coalesce(
       (SELECT e.index FROM access_entry e WHERE e.tenant = $1 AND e.index >= $2 AND e.at >= $3 ORDER BY e.index LIMIT 1),
       (SELECT size FROM access_head WHERE tenant = $1), 0) AS index`,
    [tenant, told, before],
  );
  return Number(rows[0]?.index ?? 0);
}

async function count(on: Pick<Queryable, "query">, tenant: TenantName, upTo: number): Promise<number> {
  const { rows } = await on.query<{ n: string }>(
    "SELECT count(*) AS n FROM access_entry WHERE tenant = $1 AND index < $2",
    [tenant, upTo],
  );
  return Number(rows[0]?.n ?? 0);
}

/** Nothing goes before its time: with a clock that cannot be right, nothing goes at all. */
function clockWrong({ db, newest, looked_at: looked }: Row, now: Date): string | null {
  const ahead = (moment: Date | null): boolean => moment !== null && moment.getTime() > now.getTime() + clockSlackMs;
  if (Math.abs(db.getTime() - now.getTime()) > clockSlackMs)
    return `the clocks of this machine (${now.toISOString()}) and of PostgreSQL's (${db.toISOString()}) differ: set them right`;
  if (newest !== null && ahead(newest))
    return `the newest entry bears a time that is still to come (${newest.toISOString()}): a clock was wrong then, or is now. Nothing is removed until that moment is past`;
  if (looked !== null && ahead(looked))
    return `the last look was at ${looked.toISOString()}, which is still to come: the clock was set back. Set it right, or wait for that moment`;
  return null;
}

/** Much at once: time alone did not do that. The clock leapt, gateway.yaml was changed, or nobody has looked for long. */
function leaps(lookDay: string | null, beforeDay: string, entries: number): string | null {
  const days = lookDay === null ? null : (Date.parse(beforeDay) - Date.parse(lookDay)) / 86_400_000;
  if (days !== null && days <= daysByItself) return null;
  const since = days === null ? "it is the first run" : `the last run was for days ${String(days)} days earlier`;
  return `${String(entries)} entries of days before ${beforeDay} would go at once, and ${since}. If clock and gateway.yaml are right, say so: npx passerelle log retention --run`;
}
