// So many requests to a service at once; who comes later waits, and those who wait are let in by turns (law 13): one call
// may be a hundred requests, and none of another agreement should wait behind them all.
import { SourceFailure } from "./source.js";

interface Waiter {
  readonly go: () => void;
}

export class FairTurns {
  #busy = 0;
  /** Who waits, by whose turn it takes; the first group is next. No list is empty. */
  readonly #waiting = new Map<string, Waiter[]>();

  /** @param most at once. Who waits is bounded by the gateway's gate: calls that have no turn there do not come here. */
  constructor(
    readonly source: string,
    readonly most: number,
  ) {}

  /** @param group whose turn it takes; unset: that of all who have none. @throws SourceFailure `cancelled`, or what the work throws */
  async run<T>(group: string | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw this.#gone();
    if (this.#busy < this.most) this.#busy += 1;
    else await this.#turn(group ?? "", signal);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** The place of who has just ended goes to the next group's first, or becomes free. */
  #next(): void {
    const next = this.#waiting.size === 0 ? undefined : this.#waiting.entries().next().value;
    if (next === undefined) {
      this.#busy -= 1;
      return;
    }
    const [group, waiters] = next;
    const first = waiters.shift();
    this.#waiting.delete(group);
    // Back to the end: every other group has its turn first.
    if (waiters.length > 0) this.#waiting.set(group, waiters);
    first?.go();
  }

  #turn(group: string, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        const waiters = (this.#waiting.get(group) ?? []).filter((other) => other !== waiter);
        if (waiters.length > 0) this.#waiting.set(group, waiters);
        else this.#waiting.delete(group);
        reject(this.#gone());
      };
      const waiter: Waiter = {
        go: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      const waiters = this.#waiting.get(group);
      if (waiters === undefined) this.#waiting.set(group, [waiter]);
      else waiters.push(waiter);
    });
  }

  #gone(): SourceFailure {
    return new SourceFailure(this.source, "cancelled", "the request has ended");
  }
}
