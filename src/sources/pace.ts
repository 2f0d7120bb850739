// So many calls to a service in one second, whatever clients do (law 13): who comes too early waits, in turn.
import { NotAsked, SourceFailure } from "./source.js";

interface Waiter {
  readonly go: () => void;
}

/** A token bucket that holds the calls of one second (at least one). */
export class Pace {
  #tokens: number;
  #at: number;
  #timer: NodeJS.Timeout | null = null;
  readonly #waiting: Waiter[] = [];
  readonly #capacity: number;

  /**
   * @param longestMs Milliseconds that a call waits at most: who would wait longer is refused at once.
   * @param now Milliseconds that never go back.
   */
  constructor(
    readonly source: string,
    readonly perSecond: number,
    readonly longestMs: number,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#capacity = Math.max(1, perSecond);
    this.#tokens = this.#capacity;
    this.#at = now();
  }

  /** Resolves when the call may be made. @throws NotAsked ("busy"), SourceFailure `cancelled` */
  async turn(signal: AbortSignal): Promise<void> {
    const gone = () => new SourceFailure(this.source, "cancelled", "the request has ended");
    if (signal.aborted) throw gone();
    this.#refill();
    if (this.#waiting.length === 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      return;
    }
    const ahead = this.#waiting.length + 1 - this.#tokens;
    if ((ahead / this.perSecond) * 1_000 > this.longestMs) throw new NotAsked(this.source, "busy");
    await new Promise<void>((resolve, reject) => {
      // Who goes away gives the turn to the next: nobody uses up turns by coming and going.
      const leave = (): void => {
        const place = this.#waiting.indexOf(waiter);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(gone());
      };
      const waiter: Waiter = {
        go: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiter);
      this.#wake();
    });
  }

  #refill(): void {
    const at = this.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (Math.max(0, at - this.#at) * this.perSecond) / 1_000);
    this.#at = at;
  }

  #wake(): void {
    if (this.#timer !== null || this.#waiting.length === 0) return;
    const ms = Math.max(1, Math.ceil(((1 - this.#tokens) / this.perSecond) * 1_000));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#refill();
      while (this.#tokens >= 1) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        this.#tokens -= 1;
        next.go();
      }
      this.#wake();
    }, ms);
  }
}
