// What a list shows of an entry, written as it is indexed.
import type { Queryable } from "./append-connection.js";
import type { EntryBody, PersonalPart } from "./stored-entry.js";

/** An entry as the index reads it. */
export interface FreshEntry {
  readonly index: string;
  readonly at: Date;
  readonly id: string;
  /** null: altered so that it cannot be read. It is found by its time, and loudly: see `search.ts`. */
  readonly body: EntryBody | null;
  /** null: erased, or altered likewise. */
  readonly personal: PersonalPart | null;
}

const shownFields = 10;

/**
 * @returns those that were not there yet. Only these may be counted: an index that is built again, whatever for, counts
 * nothing twice.
 */
export async function insertSummaries(
  on: Queryable,
  tenant: string,
  entries: readonly FreshEntry[],
): Promise<readonly FreshEntry[]> {
  const { rows } = await on.query<{ index: string }>(
    `INSERT INTO access_summary (tenant, index, at, entry_id, outcome, status, application, purpose, agreement, basis,
            policy_version, fields, field_count, refused_count, row_count, people, withheld, staff_act, staff)
     SELECT $1, b.index, b.at, b.id, b.outcome, coalesce(b.status, 0), b.application, b.purpose, b.agreement, b.basis,
            b.policy, coalesce(b.fields, '{}'), coalesce(b.field_count, 0), coalesce(b.refused, 0), coalesce(b.rows, 0),
            coalesce(b.people, 0), coalesce(b.withheld, 0), b.staff_act, b.staff
       FROM json_to_recordset($2::json) AS b(index bigint, at timestamptz, id uuid, outcome text, status int, application text,
            purpose text, agreement text, basis text, policy text, fields text[], field_count int, refused int, rows bigint,
            people int, withheld bigint, staff_act json, staff text)
     ON CONFLICT DO NOTHING RETURNING index`,
    [tenant, JSON.stringify(entries.map(shownOf))],
  );
  const written = new Set(rows.map(({ index }) => index));
  return entries.filter(({ index }) => written.has(index));
}

function shownOf({ index, at, id, body, personal }: FreshEntry): object {
  if (body === null) return { index, at, id };
  // `id` and counts, which no rule names, say the least.
  const fields = [...body.fields].sort((one, other) => Number(one.rule === "") - Number(other.rule === ""));
  return {
    ...{ index, at, id },
    outcome: body.outcome,
    status: body.status,
    application: body.application,
    purpose: body.purpose,
    agreement: body.agreement,
    basis: body.basis,
    policy: body.policyVersion,
    fields: fields.slice(0, shownFields).map(({ coordinate }) => coordinate),
    field_count: body.fields.length,
    refused: new Set(body.refused.map(({ coordinate }) => coordinate)).size + (body.truncated.refused ?? 0),
    rows: rowsOf(body),
    people: body.subjects,
    withheld: body.withheld.reduce((sum, { cells }) => sum + cells, 0),
    staff_act: body.staff,
    staff: personal?.staff ?? null,
  };
}

export const rowsOf = ({ rows }: EntryBody): number => rows.reduce((sum, each) => sum + each.rows, 0);
