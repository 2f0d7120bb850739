// What gateway.yaml says of how a service is treated, whatever its kind; src/config/resilience-shapes.ts reads it.

export interface PaceSettings {
  /** Requests (for a database: statements) in one second, at most; no bound unless set. */
  readonly callsPerSecond?: number | undefined;
}

export interface HttpPaceSettings extends PaceSettings {
  /** Requests at once, whoever asks; 8 unless set. */
  readonly concurrency?: number | undefined;
}

export interface ResilienceSettings {
  /** Attempts after the first; 2 unless set. */
  readonly retries?: number | undefined;
  readonly breaker?:
    | {
        /** In a row; 5 unless set. */
        readonly failures?: number | undefined;
        /** Milliseconds; 10,000 unless set. */
        readonly openMs?: number | undefined;
      }
    | undefined;
  /** Milliseconds for which answers are kept, of open datasets; none unless set. */
  readonly staleFor?: number | undefined;
}
