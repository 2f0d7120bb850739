// Behind the log: from time to time the newest checkpoint is dated by an authority. No answer waits for it (decision: a
// town's service must not stand still with somebody else's); with `required` its absence is an alarm, and told by
// `log verify`.
import { randomBytes, randomInt } from "node:crypto";
import type { SearchPool } from "../append-connection.js";
import { fetchBounded, FetchFailed } from "../fetch-bounded.js";
import { newestCheckpoint } from "../merkle/published-log.js";
import { imprintOf, timestampState, type TimestampPolicy } from "./timestamps.js";
// What reads certificates is loaded where something is dated: it takes some megabytes.
import type * as Tokens from "./token.js";

const maxBytes = 65_536;
const firstBackOffMs = 30_000;
/** Between the authority's clock and ours: more, and one of the two is wrong. */
const clockMs = 300_000;

interface Turn {
  nextAt: number;
  failures: number;
  told: string | null;
}

export interface TimestampRoundsOptions {
  readonly pool: SearchPool;
  readonly policies: (tenant: string) => TimestampPolicy | null;
  readonly report: (line: string) => void;
  /** Milliseconds. */
  readonly now?: () => number;
  /** Milliseconds that an authority may take. 15000. */
  readonly timeoutMs?: number;
}

export class TimestampRounds {
  readonly #turns = new Map<string, Turn>();
  readonly #ended = new AbortController();
  readonly #now: () => number;

  constructor(private readonly options: TimestampRoundsOptions) {
    this.#now = options.now ?? Date.now;
  }

  /** @throws as the database does */
  async tick(): Promise<void> {
    const { pool, policies } = this.options;
    const { rows } = await pool.query<{ tenant: string }>("SELECT tenant FROM access_head ORDER BY tenant");
    for (const { tenant } of rows) {
      const policy = policies(tenant);
      if (policy !== null && !this.#ended.signal.aborted) await this.#tenant(tenant, policy);
    }
  }

  /** Nobody is asked any more, and who is being asked is not waited for. */
  end(): void {
    this.#ended.abort();
  }

  async #tenant(tenant: string, policy: TimestampPolicy): Promise<void> {
    const now = this.#now();
    const turn = this.#turns.get(tenant) ?? { nextAt: 0, failures: 0, told: null };
    this.#turns.set(tenant, turn);
    if (now < turn.nextAt) return;
    const { newest, waitingSince, behind } = await timestampState(this.options.pool, tenant, policy, new Date(now));
    // What nothing new was written to needs no new date.
    if (waitingSince === null || (newest !== null && now - newest.at.getTime() < policy.everyMs)) return;
    const trouble = await this.#stamp(tenant, policy);
    if (this.#ended.signal.aborted) return;
    turn.failures = trouble === null ? 0 : turn.failures + 1;
    const backOff = Math.min(policy.everyMs, firstBackOffMs * 2 ** Math.min(turn.failures - 1, 10));
    turn.nextAt = trouble === null ? 0 : now + backOff * (0.75 + randomInt(50) / 100);
    this.#tell(tenant, turn, trouble, behind && policy.mode === "required");
  }

  /** The same is not told twice; that it has become an alarm is something else. */
  #tell(tenant: string, turn: Turn, trouble: string | null, alarm: boolean): void {
    const said = trouble === null ? null : `${alarm ? "ALARM: the log is BEHIND with its timestamps: " : ""}${trouble}`;
    if (said !== turn.told)
      this.options.report(`access log: timestamps of ${tenant}: ${said ?? "there is a new one again"}`);
    turn.told = said;
  }

  /** @returns what went wrong, for people; null: a timestamp is stored */
  async #stamp(tenant: string, policy: TimestampPolicy): Promise<string | null> {
    const { pool } = this.options;
    const checkpoint = await newestCheckpoint(pool, tenant);
    if (checkpoint === null) return null;
    const tokens = await import("./token.js");
    let stamped: { readonly token: Buffer; readonly at: Date };
    try {
      stamped = await this.#ask(tokens, policy, imprintOf(checkpoint.note));
    } catch (error) {
      if (error instanceof FetchFailed) return `the authority: ${error.message}`;
      if (error instanceof tokens.TimestampRefused) return `the authority's answer is refused: ${error.message}`;
      throw error;
    }
    await pool.query(
      "INSERT INTO log_timestamp (tenant, size, at, token) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      [tenant, checkpoint.size, stamped.at, stamped.token],
    );
    return null;
  }

  /** @throws FetchFailed, TimestampRefused */
  async #ask(
    { checkToken, TimestampRefused, timestampRequest, tokenOfResponse }: typeof Tokens,
    { url, roots }: TimestampPolicy,
    hash: Buffer,
  ): Promise<{ readonly token: Buffer; readonly at: Date }> {
    const nonce = randomBytes(16);
    // A number above zero, written in one way.
    nonce[0] = 0x40 | ((nonce[0] ?? 0) & 0x3f);
    const { status, contentType, body } = await fetchBounded(url, {
      body: timestampRequest(hash, nonce),
      contentType: "application/timestamp-query",
      ...{ timeoutMs: this.options.timeoutMs ?? 15_000, maxBytes, signal: this.#ended.signal },
    });
    if (status !== 200) throw new FetchFailed(`it answers with HTTP ${status}`);
    if (contentType !== "application/timestamp-reply") throw new TimestampRefused("it is no timestamp reply");
    const token = tokenOfResponse(body);
    const at = checkToken(token, { hash, roots, nonce });
    if (Math.abs(at.getTime() - this.#now()) > clockMs)
      throw new TimestampRefused(`it says ${at.toISOString()}, more than 5 minutes from this machine's clock`);
    return { token, at };
  }
}
