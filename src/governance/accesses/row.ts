// A line of the list of accesses.
import type { AccessSummary, Outcome as LoggedOutcome, StoredEntry } from "../../accesslog/index.js";
import type { AccessRow, StaffAct } from "../schema/access-page.js";
import type { Outcome } from "../schema/enums.js";

const fieldsShown = 10;

const outcomeOf = (outcome: LoggedOutcome | null): Outcome | null =>
  outcome === null ? null : (outcome.toUpperCase() as Outcome);

export const rowOf = (summary: AccessSummary): AccessRow => ({
  ...summary,
  at: new Date(summary.at),
  outcome: outcomeOf(summary.outcome),
  staff: summary.staff === null ? null : actOf(summary.staff.who, summary.staff.command, summary.staff.filters),
});

/** The same of an entry that was opened. */
export function rowOfEntry({ index, body, personal }: StoredEntry): AccessRow {
  const { id, application, purpose, agreement, basis, fields, staff } = body;
  return {
    ...{ id, index, application, purpose, agreement, basis },
    at: new Date(body.at),
    outcome: outcomeOf(body.outcome),
    fields: fields.slice(0, fieldsShown).map(({ coordinate }) => coordinate),
    fieldCount: fields.length,
    refusedCount: body.refused.length + (body.truncated.refused ?? 0),
    rows: body.rows.reduce((sum, { rows }) => sum + rows, 0),
    people: body.subjects,
    withheld: body.withheld.reduce((sum, { cells }) => sum + cells, 0),
    staff: staff === null ? null : actOf(personal?.staff ?? null, staff.command, staff.filters),
  };
}

const actOf = (who: string | null, command: string, filters: Readonly<Record<string, string>>): StaffAct => ({
  who,
  command,
  filters: Object.entries(filters).map(([name, value]) => ({ name, value })),
});
