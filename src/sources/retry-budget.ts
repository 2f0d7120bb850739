// Retries are a share of the calls: where everything fails, asking thrice would be the last thing that a service needs.

/** Each call earns a tenth of a retry; what was saved is at most ten retries, which is also what there is at first. */
const earned = 0.1;
const most = 10;

export class RetryBudget {
  #saved = most;

  earn(): void {
    this.#saved = Math.min(most, this.#saved + earned);
  }

  /** Whether there is a retry left; it is used up. */
  take(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
