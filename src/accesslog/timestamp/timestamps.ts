// Who dates the log's checkpoints: what was stamped, what waits, and whether what is stored still holds.
import { createHash, type X509Certificate } from "node:crypto";
import type { SearchPool } from "../append-connection.js";
import type { LogFault } from "../merkle/verify-log.js";
// What reads certificates is loaded where something is dated: it takes some megabytes.
import type * as Tokens from "./token.js";

/** A tenant's choice; no policy: nobody dates its checkpoints. */
export interface TimestampPolicy {
  readonly mode: "best-effort" | "required";
  /** The authority, RFC 3161 over HTTP. */
  readonly url: string;
  /** Certificates that the town trusts. */
  readonly roots: readonly X509Certificate[];
  /** How old the newest timestamp may become before another is asked for. */
  readonly everyMs: number;
}

export interface TimestampState {
  readonly mode: "off" | TimestampPolicy["mode"];
  /** The newest checkpoint with a timestamp; null: there is none. */
  readonly newest: { readonly size: number; readonly at: Date } | null;
  /** When the oldest checkpoint was signed that no timestamp covers yet; null: none waits. */
  readonly waitingSince: Date | null;
  /** One has waited for more than twice the time set: with `required` an alarm. */
  readonly behind: boolean;
}

export interface TimestampReport {
  /** Tokens that hold. */
  readonly checked: number;
  /** Tokens that were not looked at: no certificate is set for them any more. */
  readonly unchecked: number;
  /** The newest checkpoint with a token that holds; null: there is none. */
  readonly newest: { readonly size: number; readonly at: Date } | null;
}

interface StampRow {
  readonly size: string;
  readonly at: Date;
}

export async function timestampState(
  pool: Pick<SearchPool, "query">,
  tenant: string,
  policy: TimestampPolicy | null,
  now: Date,
): Promise<TimestampState> {
  const stamped = await pool.query<StampRow>(
    "SELECT size, at FROM log_timestamp WHERE tenant = $1 ORDER BY size DESC LIMIT 1",
    [tenant],
  );
  const newest = stamped.rows[0] === undefined ? null : { size: Number(stamped.rows[0].size), at: stamped.rows[0].at };
  const { rows } = await pool.query<{ at: Date }>(
    "SELECT at FROM log_checkpoint WHERE tenant = $1 AND size > $2 ORDER BY size LIMIT 1",
    [tenant, newest?.size ?? 0],
  );
  const waitingSince = rows[0]?.at ?? null;
  const behind =
    policy !== null && waitingSince !== null && now.getTime() - waitingSince.getTime() > 2 * policy.everyMs;
  return { mode: policy?.mode ?? "off", newest, waitingSince, behind };
}

/** What is dated: the signed note, whole, as the log made it. */
export const imprintOf = (note: string): Buffer => createHash("sha256").update(note, "utf8").digest();

/** Every stored token held against its checkpoint, without asking anybody. */
export async function verifyTimestamps(
  pool: Pick<SearchPool, "query">,
  tenant: string,
  policy: TimestampPolicy | null,
  now: Date,
): Promise<TimestampReport & { readonly faults: readonly LogFault[] }> {
  const { rows } = await pool.query<StampRow & { token: Buffer; note: string | null }>(
    `SELECT t.size, t.at, t.token, c.note FROM log_timestamp t
       LEFT JOIN log_checkpoint c ON c.tenant = t.tenant AND c.size = t.size WHERE t.tenant = $1 ORDER BY t.size`,
    [tenant],
  );
  if (policy === null) return { checked: 0, unchecked: rows.length, newest: null, faults: [] };
  const tokens = await import("./token.js");
  const faults: LogFault[] = [];
  let [checked, newest]: [number, TimestampReport["newest"]] = [0, null];
  for (const { size: text, at, token, note } of rows) {
    const size = Number(text);
    const said = note === null ? null : saidBy(tokens, token, note, policy);
    if (said?.getTime() !== at.getTime())
      faults.push({ kind: "timestamp-altered", from: size - 1, to: size, witnessed: false });
    else [checked, newest] = [checked + 1, { size, at }];
  }
  const { behind } = await timestampState(pool, tenant, policy, now);
  const head = behind && policy.mode === "required" ? await newestSize(pool, tenant) : 0;
  const covered = newest?.size ?? 0;
  if (head > covered) faults.push({ kind: "timestamp-missing", from: covered, to: head, witnessed: false });
  return { checked, unchecked: 0, newest, faults };
}

function saidBy(
  { checkToken, TimestampRefused }: typeof Tokens,
  token: Buffer,
  note: string,
  { roots }: TimestampPolicy,
): Date | null {
  try {
    return checkToken(token, { hash: imprintOf(note), roots });
  } catch (error) {
    if (error instanceof TimestampRefused) return null;
    throw error;
  }
}

async function newestSize(pool: Pick<SearchPool, "query">, tenant: string): Promise<number> {
  const { rows } = await pool.query<{ size: string | null }>(
    "SELECT max(size) AS size FROM log_checkpoint WHERE tenant = $1",
    [tenant],
  );
  return Number(rows[0]?.size ?? 0);
}
