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

/** The entries of a chunk that hold something, as PostgreSQL reads bits: `x` and 1,024 hexadecimal digits. */
class Bits {
  private readonly bytes = Buffer.alloc(chunkSize / 8);
  set(index: number): void {
    const nth = index % chunkSize;
    const at = nth >> 3;
    this.bytes[at] = (this.bytes[at] ?? 0) | (128 >> (nth & 7));
  }
  toJSON(): string {
    return `x${this.bytes.toString("hex")}`;
  }
}

interface ChunkFound {
  readonly chunk: number;
  readonly bits: Bits;
  from: number;
  to: number;
  readonly terms: Map<string, Bits>;
}

/** Setting a bit twice is setting it once: an index that is built again is the same. */
export async function indexTerms(on: Queryable, tenant: string, entries: readonly FreshEntry[]): Promise<void> {
  const chunks = [...foundIn(entries).values()];
  await on.query(
    `INSERT INTO access_chunk AS known (tenant, chunk, from_at, to_at, bits)
     SELECT $1, e.chunk, e.from_at, e.to_at, e.bits::bit(${chunkSize})
       FROM json_to_recordset($2::json) AS e(chunk int, from_at timestamptz, to_at timestamptz, bits text)
     ON CONFLICT (tenant, chunk) DO UPDATE SET from_at = least(known.from_at, excluded.from_at),
       to_at = greatest(known.to_at, excluded.to_at), bits = known.bits | excluded.bits`,
    [
      tenant,
      JSON.stringify(
        chunks.map(({ chunk, bits, from, to }) => ({ chunk, bits, from_at: new Date(from), to_at: new Date(to) })),
      ),
    ],
  );
  await on.query(
    `INSERT INTO access_term AS known (tenant, term, chunk, bits)
     SELECT $1, e.term, e.chunk, e.bits::bit(${chunkSize}) FROM json_to_recordset($2::json) AS e(term text, chunk int, bits text)
     ON CONFLICT (tenant, term, chunk) DO UPDATE SET bits = known.bits | excluded.bits`,
    [
      tenant,
      JSON.stringify(chunks.flatMap(({ chunk, terms }) => [...terms].map(([term, bits]) => ({ term, chunk, bits })))),
    ],
  );
}

function foundIn(entries: readonly FreshEntry[]): Map<number, ChunkFound> {
  const chunks = new Map<number, ChunkFound>();
  for (const { index: text, at, body } of entries) {
    const index = Number(text);
    const chunk = Math.floor(index / chunkSize);
    const time = at.getTime();
    let found = chunks.get(chunk);
    if (found === undefined)
      chunks.set(chunk, (found = { chunk, bits: new Bits(), from: time, to: time, terms: new Map() }));
    found.bits.set(index);
    found.from = Math.min(found.from, time);
    found.to = Math.max(found.to, time);
    if (body === null) continue;
    for (const term of termsOf(body)) {
      let bits = found.terms.get(term);
      if (bits === undefined) found.terms.set(term, (bits = new Bits()));
      bits.set(index);
    }
  }
  return chunks;
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
