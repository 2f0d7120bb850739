// What an entry can be found by. A term is in 4,096 entries at a time one row of as many bits.
import type { NamedInEntry } from "../terms/index.js";
import type { Queryable } from "./append-connection.js";
import type { EntryBody } from "./stored-entry.js";
import type { FreshEntry } from "./summaries-written.js";

/** Entries of a chunk; the migration's `bit(4096)`. */
export const chunkSize = 4096;

/** What happened to a field; its terms take coordinates and datasets. */
export const fieldUses = ["read", "withheld", "refused"] as const;
export type TermKind = Exclude<NamedInEntry, "field" | "dataset"> | (typeof fieldUses)[number];

export const termOf = (kind: TermKind, value: string): string => `${kind}=${value}`;

/** Setting a bit twice is setting it once: an index that is built again is the same. */
export async function indexTerms(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  const bit = `bit_or(set_bit(0::bit(${chunkSize}), (e.index % ${chunkSize})::int, 1))`;
  await on.query(
    `INSERT INTO access_chunk AS known (tenant, chunk, from_at, to_at, bits)
     SELECT $1, e.index / ${chunkSize}, min(e.at), max(e.at), ${bit}
       FROM unnest($2::bigint[], $3::timestamptz[]) AS e(index, at) GROUP BY 2
     ON CONFLICT (tenant, chunk) DO UPDATE SET from_at = least(known.from_at, excluded.from_at),
       to_at = greatest(known.to_at, excluded.to_at), bits = known.bits | excluded.bits`,
    [tenant, entries.map(({ index }) => index), entries.map(({ at }) => at.toISOString())],
  );
  const found = entries.flatMap(({ index, body }) =>
    body === null ? [] : [...termsOf(body)].map((term) => ({ index, term })),
  );
  await on.query(
    `INSERT INTO access_term AS known (tenant, term, chunk, bits)
     SELECT $1, e.term, e.index / ${chunkSize}, ${bit}
       FROM unnest($2::text[], $3::bigint[]) AS e(term, index) GROUP BY 2, 3
     ON CONFLICT (tenant, term, chunk) DO UPDATE SET bits = known.bits | excluded.bits`,
    [tenant, found.map(({ term }) => term), found.map(({ index }) => index)],
  );
}

function termsOf(body: EntryBody): Set<string> {
  const terms = new Set<string>();
  const named: readonly (readonly [TermKind, string | null])[] = [
    ["app", body.application],
    ["agreement", body.agreement],
    ["purpose", body.purpose],
    ["outcome", body.outcome],
    ["basis", body.basis],
    ["key", body.key],
    ["policy", body.policyVersion],
  ];
  for (const [kind, value] of named) if (value !== null) terms.add(termOf(kind, value));
  // A coordinate stands for itself and for its dataset.
  const note = (kind: (typeof fieldUses)[number], coordinate: string): void => {
    terms.add(termOf(kind, coordinate));
    terms.add(termOf(kind, coordinate.split(".", 1)[0] ?? coordinate));
  };
  for (const { coordinate } of body.fields) note("read", coordinate);
  for (const { dataset, rows } of body.rows) if (rows > 0) note("read", dataset);
  // Asked for, and kept back of everybody: nothing of it left.
  for (const { coordinate } of body.withheld) note("withheld", coordinate);
  for (const { coordinate } of body.refused) note("refused", coordinate);
  return terms;
}
