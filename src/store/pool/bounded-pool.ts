// Pools of connections to our own PostgreSQL, bounded in time. Nothing else is loaded with it: a thread that needs no more
// than a pool would carry all of TypeORM.
import pg from "pg";

/** Milliseconds. The server stops a statement first; our own clock is for a server (or network) that says nothing. */
export interface TimeBounds {
  readonly connectMs: number;
  readonly statementMs: number;
  readonly silenceMs: number;
}

/** For people's searches, retention and changes of agreements. */
export const staffBounds: TimeBounds = { connectMs: 5_000, statementMs: 30_000, silenceMs: 35_000 };

/**
 * pg's own `query_timeout` leaves the connection in the pool with its statement unanswered, so that a dead network
 * path would be used again and again. This client closes it: the next query gets a fresh connection.
 */
export class BoundedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const unbounded = this.query.bind(this) as (...args: unknown[]) => unknown;
    const bounded = (...args: unknown[]): unknown => {
      const answer = unbounded(...args);
      if (answer instanceof Promise)
        answer.catch((error: unknown) => {
          this.#closeIfSilent(error);
        });
      return answer;
    };
    this.query = bounded as typeof this.query;
  }

  #closeIfSilent(error: unknown): void {
    if (!(error instanceof Error && error.message === "Query read timeout")) return;
    // `end` marks the client at once, so that its pool throws it away; the server's goodbye is not waited for.
    this.end().catch(() => undefined);
    this.connection.stream.destroy();
  }
}

/** Settings for a pg pool of another room under the same bounds. */
export const poolSettings = (
  address: string,
  bounds: TimeBounds,
): pg.PoolConfig & { Client: typeof BoundedClient } => ({
  connectionString: address,
  Client: BoundedClient,
  connectionTimeoutMillis: bounds.connectMs,
  statement_timeout: bounds.statementMs,
  query_timeout: bounds.silenceMs,
  keepAlive: true,
  application_name: "passerelle",
});
