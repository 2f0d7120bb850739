// Lists of accesses, and what was counted of them.
import type { AgreementRef, ApplicationName } from "../terms/index.js";
import { dayIn } from "../terms/index.js";
import type { Queryable } from "./append-connection.js";
import type { Outcome } from "./entry.js";
import type { AccessSummary, DayVolume, FieldUseOf, FirstUse, HourUse } from "./summary.js";

type Reading = Pick<Queryable, "query">;

interface SummaryRow {
  readonly index: string;
  readonly at: Date;
  readonly id: string;
  readonly outcome: Outcome | null;
  readonly status: number;
  readonly application: string | null;
  readonly purpose: string | null;
  readonly agreement: string | null;
  readonly basis: string | null;
  readonly policy: string | null;
  readonly fields: string[];
  readonly field_count: number;
  readonly refused_count: number;
  readonly row_count: string;
  readonly people: number;
  readonly withheld: string;
  readonly act: { readonly command: string; readonly filters: Readonly<Record<string, string>> } | null;
  readonly staff: string | null;
}

/** Newest first. One that retention removed meanwhile is left out. */
export async function readSummaries(
  on: Reading,
  tenant: string,
  indexes: readonly number[],
): Promise<readonly AccessSummary[]> {
  const { rows } = await on.query<SummaryRow>(
    `SELECT index, at, entry_id AS id, outcome, status, application, purpose, agreement, basis, policy_version AS policy,
            fields, field_count, refused_count, row_count, people, withheld, staff_act AS act, staff
       FROM access_summary WHERE tenant = $1 AND index = ANY($2::bigint[]) ORDER BY index DESC`,
    [tenant, indexes],
  );
  return rows.map((row) => ({
    id: row.id,
    index: Number(row.index),
    at: row.at.toISOString(),
    outcome: row.outcome,
    status: row.status,
    application: row.application,
    purpose: row.purpose,
    agreement: row.agreement,
    basis: row.basis,
    policyVersion: row.policy,
    fields: row.fields,
    fieldCount: row.field_count,
    refusedCount: row.refused_count,
    rows: Number(row.row_count),
    people: row.people,
    withheld: Number(row.withheld),
    staff: row.act === null ? null : { who: row.staff, command: row.act.command, filters: row.act.filters },
  }));
}

interface HourRow {
  readonly hour: Date;
  readonly application: ApplicationName | "";
  readonly agreement: AgreementRef | "";
  readonly outcome: Outcome | "";
  readonly entries: string;
  readonly rows: string;
  readonly people: string;
  readonly refused: string;
}

/** @param since, until whole hours of UTC, see AccessSearch */
export async function readHours(on: Reading, tenant: string, since: string, until: string): Promise<HourUse[]> {
  const { rows } = await on.query<HourRow>(
    `SELECT hour, application, agreement, outcome, entries, rows, people, refused FROM access_hour
      WHERE tenant = $1 AND hour >= date_trunc('hour', $2::timestamptz, 'UTC') AND hour < date_trunc('hour', $3::timestamptz, 'UTC')
      ORDER BY hour, application, agreement, outcome`,
    [tenant, since, until],
  );
  return rows.map((row) => ({
    hour: row.hour.toISOString(),
    application: row.application === "" ? null : row.application,
    agreement: row.agreement === "" ? null : row.agreement,
    outcome: row.outcome === "" ? null : row.outcome,
    entries: Number(row.entries),
    rows: Number(row.rows),
    people: Number(row.people),
    refused: Number(row.refused),
  }));
}

/** Days of the zone out of hours of UTC: right wherever clocks differ from it by whole hours. */
export function volumesOf(hours: readonly HourUse[], timeZone: string): DayVolume[] {
  const volumes = new Map<string, { agreement: AgreementRef; day: string; entries: number; refused: number }>();
  for (const { hour, agreement, entries, refused } of hours) {
    if (agreement === null) continue;
    const day = dayIn(timeZone, new Date(hour));
    const key = `${agreement} ${day}`;
    const known = volumes.get(key) ?? { agreement, day, entries: 0, refused: 0 };
    volumes.set(key, { ...known, entries: known.entries + entries, refused: known.refused + refused });
  }
  return [...volumes.values()].sort((a, b) => (`${a.agreement} ${a.day}` < `${b.agreement} ${b.day}` ? -1 : 1));
}

export async function readFieldUse(
  on: Reading,
  tenant: string,
  asked: { readonly since: string; readonly until?: string; readonly agreement?: AgreementRef },
): Promise<FieldUseOf[]> {
  const { rows } = await on.query<{
    agreement: AgreementRef;
    coordinate: string;
    entries: string;
    cells: string;
    refused: string;
    first: Date | null;
    last: Date | null;
  }>(
    `SELECT agreement, coordinate, sum(entries) AS entries, sum(cells) AS cells, sum(refused) AS refused,
            min(first_at) AS first, max(last_at) AS last
       FROM access_field_day
      WHERE tenant = $1 AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date
        AND day <= ($3::timestamptz AT TIME ZONE 'UTC')::date AND ($4::text IS NULL OR agreement = $4)
      GROUP BY agreement, coordinate ORDER BY agreement COLLATE "C", coordinate COLLATE "C"`,
    [tenant, asked.since, asked.until ?? "infinity", asked.agreement ?? null],
  );
  return rows.map(({ agreement, coordinate, entries, cells, refused, first, last }) => ({
    agreement,
    coordinate,
    entries: Number(entries),
    cells: Number(cells),
    refused: Number(refused),
    firstUsed: first?.toISOString() ?? null,
    lastUsed: last?.toISOString() ?? null,
  }));
}

/** Of what was used on a day since, what was used on none before. */
export async function readFirstUses(on: Reading, tenant: string, since: string): Promise<FirstUse[]> {
  const { rows } = await on.query<{ agreement: AgreementRef; coordinate: string; at: Date }>(
    `SELECT agreement, coordinate, min(first_at) AS at FROM access_field_day d
      WHERE tenant = $1 AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date AND first_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM access_field_day b
              WHERE b.tenant = d.tenant AND b.agreement = d.agreement AND b.coordinate = d.coordinate AND b.first_at < $2)
      GROUP BY agreement, coordinate ORDER BY at DESC, agreement COLLATE "C", coordinate COLLATE "C"`,
    [tenant, since],
  );
  return rows.map(({ agreement, coordinate, at }) => ({ agreement, coordinate, at: at.toISOString() }));
}
