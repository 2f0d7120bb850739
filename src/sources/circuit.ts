// One circuit breaker: after so many failures in a row the service is left alone, then tried by one call at a time.
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  type IBackoff,
} from "cockatiel";

/** What the end of a call says of the service. `aside`: nothing (the client went away, it was not asked). */
export type Verdict = "good" | "bad" | "aside";

export interface CircuitOptions {
  /** In a row. */
  readonly failures: number;
  /** Milliseconds that it stays open at first; each trial that fails doubles them, up to six times as many. */
  readonly openMs: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

const mostTimes = 6;

/** Leaves a closed circuit as it is: neither a success nor a failure. */
class Aside extends Error {
  override readonly name = "Aside";
}

export class Circuit {
  readonly #breaker: CircuitBreakerPolicy;
  #told = false;
  #clean = true;

  /** @param changed Told once that it opened, whatever trials fail then, and once that it closed. */
  constructor(
    options: CircuitOptions,
    readonly changed: (open: boolean) => void,
  ) {
    this.#breaker = circuitBreaker(
      handleWhenResult((verdict) => verdict !== "good"),
      {
        breaker: new ConsecutiveBreaker(options.failures),
        halfOpenAfter: { next: (opened) => new OpenTime(options, options.openMs, opened) },
      },
    );
    this.#breaker.onBreak(() => this.#tell(true));
    this.#breaker.onReset(() => this.#tell(false));
  }

  /** Whether calls go through. While it is open one goes through now and then: a trial. */
  get closed(): boolean {
    return this.#breaker.state === CircuitState.Closed;
  }

  /** Closed, and nothing has failed since the last success: one success more would tell it nothing. */
  get clean(): boolean {
    return this.#clean;
  }

  /** @param call Must not throw. It is not called where the service is left alone. */
  async run(call: () => Promise<Verdict>): Promise<void> {
    // While one call tries whether the service is back the others fail at once; the library would let them wait.
    if (this.#breaker.state === CircuitState.HalfOpen) return;
    try {
      await this.#breaker.execute(async () => {
        const trial = !this.closed;
        const verdict = await call();
        if (verdict === "bad") this.#clean = false;
        else if (verdict === "good" && !trial) this.#clean = true;
        // The library would take a trial that says nothing for a success. It opens again, and the next call is a trial.
        if (verdict === "aside" && !trial) throw new Aside();
        return verdict;
      });
    } catch (error) {
      if (!(error instanceof Aside) && !(error instanceof BrokenCircuitError)) throw error;
    }
  }

  #tell(open: boolean): void {
    if (open === this.#told) return;
    this.#told = open;
    this.changed(open);
  }
}

interface Opened {
  /** What opened it: `{ value: verdict }`. */
  readonly result: object;
}

/**
 * How long the circuit stays open. The library compares the duration with the wall clock, which people set, and asks for
 * it at each call: our own clock answers.
 */
class OpenTime implements IBackoff<Opened> {
  readonly #until: number;

  constructor(
    private readonly options: CircuitOptions,
    private readonly ms: number,
    opened: Opened,
  ) {
    this.#until = learntNothing(opened) ? Number.NEGATIVE_INFINITY : options.now() + ms;
  }

  get duration(): number {
    return this.options.now() < this.#until ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  next(opened: Opened): OpenTime {
    const { options, ms } = this;
    return new OpenTime(options, learntNothing(opened) ? ms : Math.min(ms * 2, options.openMs * mostTimes), opened);
  }
}

const learntNothing = ({ result }: Opened): boolean => "value" in result && result.value === "aside";
