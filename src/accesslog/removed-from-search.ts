// Retention's part in the search tables: what is found no more, and what is counted no more.
import type { TenantName } from "../terms/index.js";
import type { Queryable } from "./append-connection.js";
import { chunkSize } from "./terms-written.js";

type Writing = Pick<Queryable, "query">;

/**
 * Under the search index's lock, as the role `keeper`: entries with an index from `from` (included) to `to` are found no
 * more. The oldest go first, so those before `from` are gone already.
 */
export async function removeFromSearch(on: Writing, tenant: TenantName, from: number, to: number): Promise<void> {
  for (const table of ["access_subject", "access_summary"])
    await on.query(`DELETE FROM ${table} WHERE tenant = $1 AND index >= $2 AND index < $3`, [tenant, from, to]);
  const [first, cut] = [Math.floor(from / chunkSize), Math.floor(to / chunkSize)];
  for (const table of ["access_term", "access_chunk"])
    await on.query(`DELETE FROM ${table} WHERE tenant = $1 AND chunk >= $2 AND chunk < $3`, [tenant, first, cut]);
  // Of the chunk that is cut, terms still have their bits: what has no bit here is found by none of them.
  await on.query(
    `UPDATE access_chunk SET bits = bits & (~0::bit(${chunkSize}) >> $3::int) WHERE tenant = $1 AND chunk = $2`,
    [tenant, cut, to % chunkSize],
  );
}

/** As the role `keeper`: hours and days that are over before a moment (RFC 3339) are counted no more. */
export async function removeCounted(on: Writing, tenant: TenantName, before: string): Promise<void> {
  await on.query("DELETE FROM access_hour WHERE tenant = $1 AND hour + interval '1 hour' <= $2::timestamptz", [
    tenant,
    before,
  ]);
  await on.query(
    "DELETE FROM access_field_day WHERE tenant = $1 AND day < ($2::timestamptz AT TIME ZONE 'UTC')::date",
    [tenant, before],
  );
}
