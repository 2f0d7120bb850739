import type { CellsInPlace } from "../cells-in-place.js";
import type { FailureReason } from "../source.js";
import type { Expected, Line, Rows } from "./line.js";
import type { Statement } from "./statement.js";

/** One statement, until it has ended one way or the other. It hears itself of the request's end. */
export class Call implements Expected {
  /** Where it runs; null: it waits. */
  line: Line | null = null;
  /** Since when it waits, in turns of the clock. */
  since = 0;
  /** It has been told how it ended. */
  isOver = false;

  constructor(
    readonly statement: Statement,
    readonly cells: CellsInPlace | null,
    readonly signal: AbortSignal,
    readonly resolve: (rows: Rows) => void,
    readonly reject: (error: unknown, ended: FailureReason | null) => void,
    readonly keeper: { leave(call: Call, ended: "cancelled" | "timeout"): void },
  ) {}

  get columns(): Statement["columns"] {
    return this.statement.columns;
  }

  handleEvent(): void {
    this.keeper.leave(this, "cancelled");
  }

  succeed(rows: Rows): void {
    if (this.isOver) return;
    this.isOver = true;
    this.signal.removeEventListener("abort", this);
    this.resolve(rows);
  }

  fail(error: unknown, ended: FailureReason | null): void {
    if (this.isOver) return;
    this.isOver = true;
    this.signal.removeEventListener("abort", this);
    this.reject(error, ended);
  }
}
