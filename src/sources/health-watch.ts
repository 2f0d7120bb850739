// Counts how a source's calls ended, and since when it is as it is.
import type { SourceHealth, SourceState } from "./source-health.js";
import type { SourceFailure } from "./source.js";

type Count = keyof SourceHealth["calls"];

export class HealthWatch {
  #state: SourceState = "untried";
  #since = new Date();
  #lastFailure: SourceHealth["lastFailure"] = null;
  #seconds = 0;
  readonly #calls = { answered: 0, failed: 0, retries: 0, refused: 0, stale: 0 };

  count(what: Count): void {
    this.#calls[what] += 1;
  }

  took(ms: number): void {
    this.#seconds += ms / 1_000;
  }

  failed({ reason, detail }: SourceFailure): void {
    this.#lastFailure = { at: new Date(), reason, detail };
  }

  become(state: SourceState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = new Date();
  }

  /** A copy: it does not change afterwards. */
  read(): SourceHealth {
    return {
      state: this.#state,
      since: this.#since,
      lastFailure: this.#lastFailure,
      calls: { ...this.#calls },
      seconds: this.#seconds,
    };
  }
}
