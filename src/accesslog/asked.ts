// What was really asked, by agreement and operation: for whoever wants to know whom a change would concern.
import type { AgreementRef, TenantName } from "../terms/index.js";
import type { SearchPool } from "./append-connection.js";
import { leafHash } from "./entry-format.js";
import { readBody, type Asked, type AskedBounds, type EntryBody } from "./stored-entry.js";

/** Entries of one look: each has at most 64 KiB. */
const page = 200;

interface Row {
  readonly index: string;
  readonly at: Date;
  /** null: removed at the end of its retention. */
  readonly body: string | null;
  readonly hash: Buffer;
}

/** Newest first, so that what a bound cuts is the oldest. The search index must have been brought up to date. */
export async function readAsked(pool: SearchPool, tenant: TenantName, bounds: AskedBounds): Promise<Asked> {
  const until = Date.now() + bounds.timeMs;
  const since = Date.parse(bounds.since);
  const gathered = new Gathered(bounds.operations);
  let [before, seen, reached] = [bounds.before, 0, bounds.since];
  const ended = (cut: Asked["cut"]): Asked => gathered.asked(cut === null ? bounds.since : reached, cut);
  for (;;) {
    const rows = await readPage(pool, tenant, before);
    for (const row of rows) {
      before = Number(row.index);
      if (row.at.getTime() < since) continue;
      if (seen === bounds.entries) return ended("entries");
      seen += 1;
      reached = row.at.toISOString();
      if (!gathered.add(row)) return ended("operations");
    }
    // Entries are in the order of their commits, which is nearly that of their times.
    if (rows.length < page || rows.every(({ at }) => at.getTime() < since)) return ended(null);
    if (Date.now() >= until) return ended("time");
  }
}

async function readPage(pool: SearchPool, tenant: TenantName, before: number): Promise<readonly Row[]> {
  const { rows } = await pool.query<Row>(
    `SELECT found.index, found.at, e.body, l.hash
       FROM (SELECT s.tenant, s.index, s.at FROM access_summary s
              WHERE s.tenant = $1 AND s.index < $2 ORDER BY s.index DESC LIMIT ${page}) AS found
       JOIN access_leaf l ON l.tenant = found.tenant AND l.index = found.index
       LEFT JOIN access_entry e ON e.tenant = found.tenant AND e.index = found.index AND e.at = found.at
      ORDER BY found.index DESC`,
    [tenant, before],
  );
  return rows;
}

/**
 * Distinct people in the entries, by their tokens, which stay where they are. Whose part was erased is not counted;
 * after a change of the tenant's secret one person may be counted once for each.
 */
export async function countPeople(pool: SearchPool, tenant: TenantName, entries: readonly number[]): Promise<number> {
  const { rows } = await pool.query<{ people: string }>(
    `SELECT count(*) AS people FROM (
       SELECT DISTINCT scheme, unnest(tokens) FROM access_subject WHERE tenant = $1 AND index = ANY($2::bigint[])) AS distinct_people`,
    [tenant, entries],
  );
  return Number(rows[0]?.people ?? 0);
}

interface Gathering {
  readonly agreement: AgreementRef;
  readonly operation: string;
  readonly read: Set<string>;
  readonly refused: Set<string>;
  readonly entries: number[];
}

class Gathered {
  readonly #operations = new Map<string, Gathering>();
  #altered = 0;

  constructor(readonly most: number) {}

  /** @returns false: it would be one operation too many */
  add({ body: text, hash, index }: Row): boolean {
    if (text === null) return true;
    const body = leafHash(text).equals(hash) ? readBody(text) : null;
    if (body === null) {
      this.#altered += 1;
      return true;
    }
    const into = this.#of(body);
    if (into === "full") return false;
    if (into === null) return true;
    for (const { coordinate } of body.fields) into.read.add(coordinate);
    for (const { coordinate } of body.refused) into.refused.add(coordinate);
    into.entries.push(Number(index));
    return true;
  }

  /** What was invalid names nothing of the schema, and what staff did is no request. */
  #of({ agreement, operation, outcome }: EntryBody): Gathering | "full" | null {
    if (agreement === null || operation === null || outcome === "invalid" || outcome === "staff") return null;
    const key = `${agreement} ${operation}`;
    const known = this.#operations.get(key);
    if (known !== undefined) return known;
    if (this.#operations.size >= this.most) return "full";
    const made: Gathering = { agreement, operation, read: new Set(), refused: new Set(), entries: [] };
    this.#operations.set(key, made);
    return made;
  }

  asked(reached: string, cut: Asked["cut"]): Asked {
    const operations = [...this.#operations.values()]
      .map((each) => ({ ...each, requests: each.entries.length }))
      .sort((a, b) => b.requests - a.requests || (a.agreement + a.operation < b.agreement + b.operation ? -1 : 1));
    const requests = operations.reduce((sum, each) => sum + each.requests, 0);
    return { operations, requests, reached, cut, altered: this.#altered };
  }
}
