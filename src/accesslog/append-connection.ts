// The room's doorway to `pg`: the append's own connection (what is sent on it: `append-message.ts`), and a small pool for
// everything off the hot path.
import { Socket } from "node:net";
import pg from "pg";
import { poolSettings, staffBounds } from "../store/pool/index.js";
import { appendQuery, type Parameters, type Statement } from "./append-message.js";

/** What a statement needs of a connection. */
export interface Queryable {
  query<Row extends object>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly command: string; readonly rows: Row[] }>;
}

/** What a statement that is a transaction of its own needs. */
export type Preparing = Pick<AppendConnection, "statement">;

/** Nobody waits for the answer any more. What became of the statement is not known. */
class NoAnswerInTime extends Error {
  override readonly name = "NoAnswerInTime";
}

interface Session {
  readonly client: pg.Client;
  readonly socket: Socket;
  lost: boolean;
}

/**
 * One connection, made when it is needed and made anew after it was lost. One transaction at a time: the next statement
 * is sent when the one before was answered. That is on purpose, see `append-batch.ts`.
 */
export class AppendConnection {
  private session: Session | null = null;
  private stop: ((error: Error) => void) | null = null;

  constructor(
    private readonly connectionString: string,
    private readonly deadlineMs: number,
  ) {}

  /**
   * Runs `work` in a transaction, to its COMMIT.
   * @throws NoAnswerInTime, pg.DatabaseError, or the socket's error
   */
  transaction<T>(work: (on: Queryable) => Promise<T>): Promise<T> {
    return this.underway(this.run(work));
  }

  /**
   * Runs one statement, which is a transaction of its own: what it says is committed when it is answered.
   * @throws as `transaction` does
   */
  statement<Row extends object>(statement: Statement, parameters: Parameters): Promise<readonly Row[]> {
    return this.underway(this.answered(statement, parameters));
  }

  /**
   * Tears the connection down, in the middle of whatever is under way. Nothing is known of its outcome: the server may still
   * carry out a statement, or finish a COMMIT, that it had received.
   */
  giveUp(): void {
    const stop = this.stop;
    if (stop === null) return;
    this.stop = null;
    if (this.session) this.drop(this.session);
    stop(new NoAnswerInTime("the database did not answer in time"));
  }

  private underway<T>(running: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.stop = reject;
      const over = (): void => {
        if (this.stop === reject) this.stop = null;
      };
      running.finally(over).then(resolve, reject);
    });
  }

  private async answered<Row extends object>(statement: Statement, parameters: Parameters): Promise<readonly Row[]> {
    const { client } = await this.open();
    const { query, rows } = appendQuery<Row>(statement, parameters);
    client.query(query);
    return rows;
  }

  async close(): Promise<void> {
    const session = this.session;
    this.session = null;
    if (!session || session.lost) return;
    const stuck = setTimeout(() => session.socket.destroy(), 500);
    await session.client.end().catch(() => undefined);
    clearTimeout(stuck);
  }

  private async run<T>(work: (on: Queryable) => Promise<T>): Promise<T> {
    const session = await this.open();
    const on = session.client as Queryable;
    try {
      return await committed(on, work);
    } catch (error) {
      await this.rollBack(session, on);
      throw error;
    }
  }

  private async open(): Promise<Session> {
    return this.session && !this.session.lost ? this.session : this.connect();
  }

  private async rollBack(session: Session, on: Queryable): Promise<void> {
    try {
      if (!session.lost) await on.query("ROLLBACK");
    } catch {
      this.drop(session);
    }
  }

  private async connect(): Promise<Session> {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.connectionString,
      application_name: "passerelle access log",
      connectionTimeoutMillis: this.deadlineMs,
      keepAlive: true,
      stream: () => socket,
    });
    const session: Session = { client, socket, lost: false };
    client.on("error", () => this.drop(session));
    client.on("end", () => this.drop(session));
    this.session = session;
    try {
      await client.connect();
      await client.query(this.settings());
    } catch (error) {
      this.drop(session);
      throw error;
    }
    return session;
  }

  /**
   * `synchronous_commit = on`: a commit is answered when it is on disk (law 4), whatever the server's default. The
   * timeouts free the locked head row for the other nodes when this one hangs in the middle of a transaction. A lock is
   * waited for less long than a request waits: what the server did not begin by then, it does not do behind our back.
   * One plan for all batches: the one that is made for a batch's own values would be the same, and cost as much as the rest.
   * READ COMMITTED: a statement that waited for the head's lock goes on with the head as it is then.
   */
  private settings(): string {
    const ms = Math.ceil(this.deadlineMs);
    return [
      "SET synchronous_commit = on",
      "SET default_transaction_isolation = 'read committed'",
      "SET plan_cache_mode = force_generic_plan",
      `SET statement_timeout = ${ms}`,
      `SET lock_timeout = ${Math.ceil(ms * 0.7)}`,
      `SET idle_in_transaction_session_timeout = ${ms}`,
    ].join("; ");
  }

  private drop(session: Session): void {
    session.lost = true;
    session.socket.destroy();
    if (this.session === session) this.session = null;
  }
}

/** Connections for the readers and the counters, or for what follows the appends. */
export class SearchPool {
  private readonly pool: pg.Pool;

  /** @param named to those who look at the database; @param max connections at once */
  constructor(connectionString: string, named = "passerelle access log search", max = 4) {
    this.pool = new pg.Pool({
      ...poolSettings(connectionString, staffBounds),
      application_name: named,
      max,
      allowExitOnIdle: true,
    });
    // A connection lost while idle is replaced at the next use; without a listener it would end the process.
    this.pool.on("error", () => undefined);
  }

  query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<{ command: string; rows: Row[] }> {
    return this.pool.query<Row>(text, [...values]);
  }

  async transaction<T>(work: (on: Queryable) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    // While it is out of the pool, errors between two statements come here; the next statement fails with them.
    const ignore = (): void => undefined;
    client.on("error", ignore);
    let failed: Error | undefined;
    try {
      const result = await committed(client as Queryable, work);
      return result;
    } catch (error) {
      failed = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.off("error", ignore);
      // A connection that met an error is closed, which also rolls back; these are rare.
      client.release(failed);
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

async function committed<T>(on: Queryable, work: (on: Queryable) => Promise<T>): Promise<T> {
  await on.query("BEGIN");
  const result = await work(on);
  const { command } = await on.query("COMMIT");
  // A transaction that had failed answers COMMIT with ROLLBACK, and without an error.
  if (command !== "COMMIT") throw new Error(`the database answered COMMIT with ${command}`);
  return result;
}
