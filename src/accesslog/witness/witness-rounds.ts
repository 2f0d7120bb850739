// Behind the log: each witness that takes checkpoints is shown the newest one, soon after it was signed. Nothing waits for
// it: a witness that is away, slow or wrong costs no answer, and is told to the operator.
import { randomInt } from "node:crypto";
import type { SearchPool } from "../append-connection.js";
import { readTile } from "../merkle/integrator.js";
import { newestCheckpoint } from "../merkle/published-log.js";
import { nodesOfTiles } from "../merkle/tiles.js";
import { askWitness, type Answered } from "./ask-witness.js";
import { handIn, seenSizes, type LogWitness } from "./cosignatures.js";

/** Between two checkpoints shown to one witness. */
const pauseMs = 10_000;
const firstBackOffMs = 5_000;
const longestBackOffMs = 600_000;

interface Turn {
  nextAt: number;
  failures: number;
  /** What was told last; the same is not told twice. */
  told: string | null;
}

export interface RoundsOptions {
  readonly pool: SearchPool;
  readonly witnesses: (tenant: string) => readonly LogWitness[];
  readonly report: (line: string) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

export class WitnessRounds {
  readonly #turns = new Map<string, Turn>();
  readonly #ended = new AbortController();
  readonly #now: () => number;

  constructor(private readonly options: RoundsOptions) {
    this.#now = options.now ?? Date.now;
  }

  /** Shows every witness whose turn it is what is new. @throws as the database does */
  async tick(): Promise<void> {
    const { rows } = await this.options.pool.query<{ tenant: string }>(
      "SELECT tenant FROM access_head ORDER BY tenant",
    );
    for (const { tenant } of rows) await this.#tenant(tenant);
  }

  /** Nobody is asked any more, and who is being asked is not waited for. */
  end(): void {
    this.#ended.abort();
  }

  async #tenant(tenant: string): Promise<void> {
    const { pool, witnesses } = this.options;
    const asked = witnesses(tenant).filter(
      (each) => each.url !== null && this.#turn(tenant, each).nextAt <= this.#now(),
    );
    if (asked.length === 0) return;
    const newest = await newestCheckpoint(pool, tenant);
    if (newest === null) return;
    const seen = await seenSizes(pool, tenant, asked);
    await Promise.all(
      asked.map(async (witness, at) => {
        const last = seen[at] ?? 0;
        if (last < newest.size && !this.#ended.signal.aborted) await this.#show(tenant, witness, newest, last);
      }),
    );
  }

  async #show(
    tenant: string,
    witness: LogWitness,
    { note, size }: { readonly note: string; readonly size: number },
    last: number,
  ): Promise<void> {
    const { pool } = this.options;
    if (witness.url === null) return;
    const read = nodesOfTiles((tile) => readTile(pool, tenant, tile), size);
    const trouble = await askWitness({ ...witness, url: witness.url }, { note, size, read }, last, this.#ended.signal)
      .then((answer) => this.#taken(tenant, witness, { note, size }, answer))
      // What the database said is not for the terminal; what the witness did is.
      .catch((error: unknown) =>
        error instanceof Error && error.name === "FetchFailed" ? error.message : "it could not be asked",
      );
    if (!this.#ended.signal.aborted) this.#ending(tenant, witness, trouble);
  }

  /** @returns what is wrong, for people; null: its signature is stored */
  async #taken(
    tenant: string,
    witness: LogWitness,
    { note, size }: { readonly note: string; readonly size: number },
    answer: Answered,
  ): Promise<string | null> {
    switch (answer.outcome) {
      case "signed": {
        const { outcome } = await handIn(this.options.pool, tenant, `${note}${answer.lines}`, [witness]);
        return outcome === "stored" ? null : "its signature does not hold under the key in gateway.yaml";
      }
      case "ahead":
        return `ALARM: it has seen ${answer.size} entries, and this log has ${size}: was an old backup restored? Look into it with: npx passerelle log verify`;
      case "inconsistent":
        return `ALARM: what it has seen is not in this log's ${size} entries. Look into it with: npx passerelle log verify`;
      case "unknown-log":
        return "it does not know this log or its key: give it what `npx passerelle log keys` prints";
      case "not-understood":
        return `it answers with HTTP ${answer.status}`;
    }
  }

  #ending(tenant: string, witness: LogWitness, trouble: string | null): void {
    const turn = this.#turn(tenant, witness);
    const who = `access log: witness "${witness.name}" of ${tenant}`;
    turn.failures = trouble === null ? 0 : turn.failures + 1;
    const backOff = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.min(turn.failures - 1, 10));
    // Not all witnesses of all nodes at once.
    turn.nextAt = this.#now() + (trouble === null ? pauseMs : backOff * (0.75 + randomInt(50) / 100));
    if (trouble !== turn.told) this.options.report(trouble === null ? `${who}: sees it again` : `${who}: ${trouble}`);
    turn.told = trouble;
  }

  #turn(tenant: string, { key }: LogWitness): Turn {
    const name = `${tenant} ${key.name} ${key.publicKey.toString("hex")}`;
    const turn = this.#turns.get(name) ?? { nextAt: 0, failures: 0, told: null };
    this.#turns.set(name, turn);
    return turn;
  }
}
