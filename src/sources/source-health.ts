// How a source has been doing, as this node has seen it: what `status`, the metrics and the operator's terminal tell.
import type { FailureReason, Source } from "./source.js";

export type SourceState =
  /** Nothing was asked of it yet. */
  | "untried"
  | "up"
  /** The last call failed for the service's own fault. */
  | "failing"
  /** The circuit is open: calls are refused at once, but for a trial now and then. */
  | "open";

export interface SourceHealth {
  readonly state: SourceState;
  /** Since when it is in that state. */
  readonly since: Date;
  /** The last failure that was the service's own, kept after it has healed. Our words or a code, never its text. */
  readonly lastFailure: { readonly at: Date; readonly reason: FailureReason; readonly detail: string } | null;
  /** Calls since the start, by how they ended. A retried call counts once as answered or failed. */
  readonly calls: {
    readonly answered: number;
    readonly failed: number;
    /** Attempts after the first. */
    readonly retries: number;
    /** Refused by us: the circuit is open, or too many calls wait. */
    readonly refused: number;
    /** Answered from what was kept while the service failed. */
    readonly stale: number;
  };
  /** Seconds of the calls that ended, in all. */
  readonly seconds: number;
}

/** A source that is watched: what is opened for the gateway. */
export interface WatchedSource extends Source {
  health(): SourceHealth;
}
