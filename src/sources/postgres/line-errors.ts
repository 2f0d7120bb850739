// What an answer on a connection can be instead of rows.
import type { Column } from "../source.js";

/** Of one answer (law 13): some ten times what a page of the largest rows takes. */
export const mostBytes = 2 ** 26;

/** What PostgreSQL answered with instead of rows. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  /** @param sqlState Five characters; of the server's own words nothing is kept (law 11). */
  constructor(readonly sqlState: string) {
    super(`SQLSTATE ${sqlState}`);
  }

  /** The statement is unknown there, or is another's: between us and the server stands a pooler that shares connections. */
  get isPoolers(): boolean {
    return this.sqlState === "26000" || this.sqlState === "42P05";
  }

  /** What a prepared statement meets whose table has changed. */
  get isOfChangedTable(): boolean {
    return this.sqlState === "0A000";
  }
}

/** The connection is gone, or says what we do not understand. `code`: the system's own name for it, where there is one. */
export class BrokenLine extends Error {
  override readonly name = "BrokenLine";
  constructor(readonly code: string) {
    super("the connection broke");
  }
}

/** What stood before it on its connection took that with it, or all of the time: it was not its turn. */
export class HeldUp extends Error {
  override readonly name = "HeldUp";
}

/** A cell that is none of its column's type. */
export class UnfitCell extends Error {
  override readonly name = "UnfitCell";
  constructor(column: Column | undefined) {
    super(column === undefined ? "a cell that was not asked for" : `a cell of ${column.name} is not ${column.type}`);
  }
}

/** An answer of more bytes than anything that is asked for here. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
  constructor() {
    super(`more than ${mostBytes} bytes`);
  }
}
