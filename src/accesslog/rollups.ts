// Counted as entries are indexed, in the transaction that moves the index's watermark: each entry once.
import type { Queryable } from "./append-connection.js";
import { rowsOf, type FreshEntry } from "./summaries-written.js";

/** @param entries that were never counted before */
export async function countInto(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await countHours(on, tenant, entries);
  await countFields(on, tenant, entries);
}

async function countHours(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  await on.query(
    `INSERT INTO access_hour AS known (tenant, hour, application, agreement, outcome, entries, rows, people, refused)
     SELECT $1, date_trunc('hour', e.at, 'UTC'), e.application, e.agreement, e.outcome, count(*), sum(e.rows),
            sum(e.people), count(*) FILTER (WHERE e.refused)
       FROM unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::boolean[])
         AS e(at, application, agreement, outcome, rows, people, refused)
      GROUP BY 2, 3, 4, 5
     ON CONFLICT (tenant, hour, application, agreement, outcome) DO UPDATE SET entries = known.entries + excluded.entries,
       rows = known.rows + excluded.rows, people = known.people + excluded.people, refused = known.refused + excluded.refused`,
    [
      tenant,
      entries.map(({ at }) => at.toISOString()),
      entries.map(({ body }) => body?.application ?? ""),
      entries.map(({ body }) => body?.agreement ?? ""),
      entries.map(({ body }) => body?.outcome ?? ""),
      entries.map(({ body }) => (body === null ? 0 : rowsOf(body))),
      entries.map(({ body }) => body?.subjects ?? 0),
      entries.map(({ body }) => body !== null && (body.outcome === "refused" || body.refused.length > 0)),
    ],
  );
}

interface FieldOnce {
  readonly agreement: string;
  readonly coordinate: string;
  readonly at: string;
  cells: number;
  used: boolean;
  refused: boolean;
}

/** A field that an entry names several times counts once, with all of its cells. */
function fieldsOf({ at, body }: FreshEntry): FieldOnce[] {
  if (body === null || body.agreement === null) return [];
  const { agreement } = body;
  const found = new Map<string, FieldOnce>();
  const of = (coordinate: string): FieldOnce => {
    const known = found.get(coordinate);
    if (known !== undefined) return known;
    const made = { agreement, coordinate, at: at.toISOString(), cells: 0, used: false, refused: false };
    found.set(coordinate, made);
    return made;
  };
  for (const { coordinate, cells } of body.fields) {
    const field = of(coordinate);
    field.used = true;
    field.cells += cells;
  }
  // Whoever asks for a field that is kept back of everybody still uses it: it could be told to be of no use otherwise.
  for (const { coordinate } of body.withheld) of(coordinate).used = true;
  for (const { coordinate } of body.refused) of(coordinate).refused = true;
  return [...found.values()];
}

async function countFields(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  const fields = entries.flatMap(fieldsOf);
  await on.query(
    `INSERT INTO access_field_day AS known (tenant, agreement, coordinate, day, entries, cells, refused, first_at, last_at)
     SELECT $1, f.agreement, f.coordinate, (f.at AT TIME ZONE 'UTC')::date, count(*) FILTER (WHERE f.used), sum(f.cells),
            count(*) FILTER (WHERE f.refused), min(f.at) FILTER (WHERE f.used), max(f.at) FILTER (WHERE f.used)
       FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::boolean[], $7::boolean[])
         AS f(agreement, coordinate, at, cells, used, refused)
      GROUP BY 2, 3, 4
     ON CONFLICT (tenant, agreement, coordinate, day) DO UPDATE SET entries = known.entries + excluded.entries,
       cells = known.cells + excluded.cells, refused = known.refused + excluded.refused,
       first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)`,
    [
      tenant,
      fields.map(({ agreement }) => agreement),
      fields.map(({ coordinate }) => coordinate),
      fields.map(({ at }) => at),
      fields.map(({ cells }) => cells),
      fields.map(({ used }) => used),
      fields.map(({ refused }) => refused),
    ],
  );
}
