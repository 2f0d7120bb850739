// Counted as entries are indexed, in the transaction that moves the index's watermark: each entry once.
import type { Queryable } from "./append-connection.js";
import { rowsOf, type FreshEntry } from "./summaries-written.js";

/** @param entries that were never counted before */
export async function countInto(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await countHours(on, tenant, entries);
  await countFields(on, tenant, entries);
}

interface Hour {
  readonly at: string;
  readonly application: string;
  readonly agreement: string;
  readonly outcome: string;
  entries: number;
  rows: number;
  people: number;
  refused: number;
}

function hoursOf(entries: readonly FreshEntry[]): Hour[] {
  const hours = new Map<string, Hour>();
  for (const { at, body } of entries) {
    const [hour, application, agreement, outcome] = [`${at.toISOString().slice(0, 13)}:00:00Z`, body?.application ?? "", body?.agreement ?? "", body?.outcome ?? ""]; // prettier-ignore
    const key = JSON.stringify([hour, application, agreement, outcome]);
    let found = hours.get(key);
    if (found === undefined)
      hours.set(key, (found = { at: hour, application, agreement, outcome, entries: 0, rows: 0, people: 0, refused: 0 })); // prettier-ignore
    found.entries++;
    if (body === null) continue;
    found.rows += rowsOf(body);
    found.people += body.subjects;
    if (body.outcome === "refused" || body.refused.length > 0) found.refused++;
  }
  return [...hours.values()];
}

async function countHours(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  await on.query(
    `INSERT INTO access_hour AS known (tenant, hour, application, agreement, outcome, entries, rows, people, refused)
     SELECT $1, e.* FROM json_to_recordset($2::json)
         AS e(at timestamptz, application text, agreement text, outcome text, entries bigint, rows bigint, people bigint, refused bigint)
     ON CONFLICT (tenant, hour, application, agreement, outcome) DO UPDATE SET entries = known.entries + excluded.entries,
       rows = known.rows + excluded.rows, people = known.people + excluded.people, refused = known.refused + excluded.refused`,
    [tenant, JSON.stringify(hoursOf(entries))],
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

interface FieldDay {
  readonly agreement: string;
  readonly coordinate: string;
  readonly day: string;
  entries: number;
  cells: number;
  refused: number;
  /** Of the entries that used it; null: none did. */
  first: string | null;
  last: string | null;
}

/** Days are those of UTC, and moments texts of one form, so that their order is that of time. */
function fieldDays(entries: readonly FreshEntry[]): FieldDay[] {
  const days = new Map<string, FieldDay>();
  for (const { agreement, coordinate, at, cells, used, refused } of entries.flatMap(fieldsOf)) {
    const day = at.slice(0, 10);
    const key = JSON.stringify([agreement, coordinate, day]);
    let found = days.get(key);
    if (found === undefined)
      days.set(key, (found = { agreement, coordinate, day, entries: 0, cells: 0, refused: 0, first: null, last: null })); // prettier-ignore
    found.cells += cells;
    if (refused) found.refused++;
    if (!used) continue;
    found.entries++;
    if (found.first === null || at < found.first) found.first = at;
    if (found.last === null || at > found.last) found.last = at;
  }
  return [...days.values()];
}

async function countFields(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  await on.query(
    `INSERT INTO access_field_day AS known (tenant, agreement, coordinate, day, entries, cells, refused, first_at, last_at)
     SELECT $1, f.* FROM json_to_recordset($2::json) AS f(agreement text, coordinate text, day date, entries bigint, cells bigint,
            refused bigint, first timestamptz, last timestamptz)
     ON CONFLICT (tenant, agreement, coordinate, day) DO UPDATE SET entries = known.entries + excluded.entries,
       cells = known.cells + excluded.cells, refused = known.refused + excluded.refused,
       first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)`,
    [tenant, JSON.stringify(fieldDays(entries))],
  );
}
