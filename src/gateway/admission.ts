// How many are worked on at once, and who comes next (law 13): requests of the gateway, calls of a source. No
// application can make the others wait for all of its own: a group never holds all places, not even free ones, since
// what it holds may be slow to come back; and waiting is in turns, one of each group after the other.

/** Gives the place back; further calls do nothing. */
export type Leave = () => void;

export class Overloaded extends Error {
  override readonly name = "Overloaded";
  /** @param retryAfterSeconds Whole seconds, from 1. */
  constructor(readonly retryAfterSeconds: number) {
    super("too many requests at once");
  }
}

export interface AdmissionStats {
  readonly inFlight: number;
  readonly waiting: number;
  readonly groups: number;
}

export interface Admission {
  /**
   * Resolves when the request may be worked on: at once where a place is free and the group is below its own bound.
   * @param group Whose turn it takes: the agreement.
   * @param signal Aborted when the client goes away or the request's time is over (reason `TimeoutError`).
   * @throws Overloaded at once where there is no room to wait, or when the time is over while waiting.
   * @throws The signal's reason, when it is aborted for another reason while waiting.
   */
  enter(group: string, signal: AbortSignal): Promise<Leave>;
  /** As `enter`, where nobody has to wait; else null, and nothing has happened. */
  enterNow(group: string): Leave | null;
  stats(): AdmissionStats;
}

interface Waiter {
  readonly group: string;
  readonly admit: (leave: Leave) => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * When the waiting room is full, a group that has at least two requests fewer waiting than the longest queue gets the
 * place of that queue's newest request: a crowd of one group never closes the door to another.
 * @param options.perGroup Places that one group may hold, also while others are free; half of them unless set.
 * @param options.now Milliseconds that never go back; used to estimate Retry-After only.
 */
export function createAdmission(options: {
  inFlight: number;
  queued: number;
  perGroup?: number;
  now?: () => number;
}): Admission {
  const { inFlight, queued, perGroup = Math.max(1, Math.floor(inFlight / 2)), now = () => performance.now() } = options;
  if (!Number.isInteger(inFlight) || inFlight < 1) throw new RangeError("inFlight must be from 1");
  if (!Number.isInteger(queued) || queued < 0) throw new RangeError("queued must be from 0");
  if (!Number.isInteger(perGroup) || perGroup < 1) throw new RangeError("perGroup must be from 1");
  return new RoundRobinAdmission(inFlight, queued, perGroup, now);
}

class RoundRobinAdmission implements Admission {
  #inFlight = 0;
  #waiting = 0;
  /** Milliseconds a request holds its place, smoothed. */
  #holdMs = 0;
  /** Groups that wait, in the order of their turns; each queue is never empty. */
  readonly #queues = new Map<string, Waiter[]>();
  /** Places held by each group, none of them 0. */
  readonly #held = new Map<string, number>();

  constructor(
    private readonly places: number,
    private readonly room: number,
    private readonly perGroup: number,
    private readonly now: () => number,
  ) {}

  stats(): AdmissionStats {
    return { inFlight: this.#inFlight, waiting: this.#waiting, groups: this.#queues.size };
  }

  enter(group: string, signal: AbortSignal): Promise<Leave> {
    if (signal.aborted) return Promise.reject(this.#gone(group, signal));
    const leave = this.enterNow(group);
    if (leave !== null) return Promise.resolve(leave);
    if (this.#waiting >= this.room && !this.#makeRoomFor(group)) return Promise.reject(this.#overloaded(group));
    return this.#wait(group, signal);
  }

  /** While a place is free nobody waits but groups at their own bound: a place given back goes to a waiter at once. */
  enterNow(group: string): Leave | null {
    return this.#inFlight < this.places && this.#below(group) ? this.#take(group) : null;
  }

  #wait(group: string, signal: AbortSignal): Promise<Leave> {
    return new Promise<Leave>((resolve, reject) => {
      const stop = (): void => {
        this.#remove(waiter);
        reject(this.#gone(group, signal));
      };
      const waiter: Waiter = {
        group,
        admit: (leave) => {
          signal.removeEventListener("abort", stop);
          resolve(leave);
        },
        refuse: (reason) => {
          signal.removeEventListener("abort", stop);
          reject(reason);
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      const queue = this.#queues.get(group);
      if (queue === undefined) this.#queues.set(group, [waiter]);
      else queue.push(waiter);
      this.#waiting++;
    });
  }

  #below(group: string): boolean {
    return (this.#held.get(group) ?? 0) < this.perGroup;
  }

  #take(group: string): Leave {
    this.#inFlight++;
    this.#held.set(group, (this.#held.get(group) ?? 0) + 1);
    const since = this.now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inFlight--;
      const held = (this.#held.get(group) ?? 1) - 1;
      if (held > 0) this.#held.set(group, held);
      else this.#held.delete(group);
      this.#holdMs += (Math.max(0, this.now() - since) - this.#holdMs) / 16;
      this.#admitNext();
    };
  }

  /** One place given back lets at most one in. A group at its own bound is passed over and keeps its turn. */
  #admitNext(): void {
    for (const [group, queue] of this.#queues) {
      if (!this.#below(group)) continue;
      const waiter = queue.shift();
      this.#queues.delete(group);
      // Back to the end of the row: every other group has its turn first.
      if (queue.length > 0) this.#queues.set(group, queue);
      if (waiter === undefined) return;
      this.#waiting--;
      waiter.admit(this.#take(group));
      return;
    }
  }

  #remove(waiter: Waiter): void {
    const queue = this.#queues.get(waiter.group);
    const at = queue?.indexOf(waiter) ?? -1;
    if (queue === undefined || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) this.#queues.delete(waiter.group);
    this.#waiting--;
  }

  #makeRoomFor(group: string): boolean {
    let longest: Waiter[] = [];
    for (const queue of this.#queues.values()) if (queue.length > longest.length) longest = queue;
    const own = this.#queues.get(group)?.length ?? 0;
    const newest = longest.at(-1);
    // Two fewer, not one: else two equal groups would only push each other out.
    if (newest === undefined || longest.length < own + 2) return false;
    this.#remove(newest);
    newest.refuse(this.#overloaded(newest.group));
    return true;
  }

  #gone(group: string, signal: AbortSignal): Error {
    const reason: unknown = signal.reason;
    if (reason instanceof Error) return reason.name === "TimeoutError" ? this.#overloaded(group) : reason;
    return new DOMException("the client went away", "AbortError");
  }

  #overloaded(group: string): Overloaded {
    // The slower of the two: until all who wait are through all places, or the group's own through its places.
    const own = this.#queues.get(group)?.length ?? 0;
    const rounds = Math.max((this.#waiting + 1) / this.places, (own + 1) / this.perGroup);
    const seconds = (this.#holdMs * rounds) / 1000;
    return new Overloaded(Math.min(60, Math.max(1, Math.ceil(seconds))));
  }
}
