// What happens when a service fails: a read is tried again where that may help, a service that goes on failing is left
// alone for a while, and how it does is known. It stands around `checkedSource`: an answer that does not fit is a failing
// service too, and each attempt is checked by itself.
import { ExponentialBackoff, handleWhenResult, retry, type RetryPolicy } from "cockatiel";
import { LRUCache } from "lru-cache";
import { Circuit, type CircuitOptions } from "./circuit.js";
import { HealthWatch } from "./health-watch.js";
import { KeptAnswers, type Question } from "./kept-answers.js";
import { orCancelled } from "./or-cancelled.js";
import { type Asked, failureOf, ofDataset, ofService, type Outcome, placed, settled } from "./outcome.js";
import { RetryBudget } from "./retry-budget.js";
import type { SourceState, WatchedSource } from "./source-health.js";
import type { SourceFailure } from "./source.js";
import { type FailureReason, type FetchBounds, NotAsked, type Source } from "./source.js";

export interface Resilience {
  /** Attempts after the first, of a failure that may well be over in a moment; 0: none. */
  readonly retries: number;
  /** Null: it is always asked. */
  readonly breaker: Omit<CircuitOptions, "now"> | null;
  /** Milliseconds for which answers are kept that the gateway wishes to be; null: none. */
  readonly staleMs: number | null;
}

/** For tests: what takes the time. */
export interface ResilienceClock {
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Milliseconds before the first retry, about; the next ones wait longer, up to a second. */
  readonly retryMs: number;
}

/** A circuit opened, or closed after that. */
export interface CircuitChange {
  readonly source: string;
  /** Of one dataset alone, by its `from`; null: of the whole service. */
  readonly from: string | null;
  readonly open: boolean;
  /** Our words or a service's code, never its text. */
  readonly failure: { readonly reason: FailureReason; readonly detail: string } | null;
  /** Milliseconds that it was open, where it closed. */
  readonly openMs: number;
}

/** `again`: worth another attempt. */
type Attempt<T> = Outcome<T> & { readonly again: boolean };

const usualClock: ResilienceClock = { now: () => performance.now(), retryMs: 100 };
const longestRetryMs = 1_000;
/** Whatever opened it: had the service refused, nothing would be kept any more. */
const circuitOpen = "circuit open";
/** Datasets of one source whose circuits are kept. */
const mostDatasets = 500;

/**
 * Same contract. Of `cancelled` and `invalid-request` nothing is learnt. @throws SourceFailure; where the service is left
 * alone at once, with `unavailable` ("circuit open")
 */
export function resilientSource(
  source: Source,
  resilience: Resilience,
  changed: (change: CircuitChange) => void = () => undefined,
  clock: ResilienceClock = usualClock,
): WatchedSource {
  const calls = new ResilientCalls(source.name, resilience, changed, clock);
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) => calls.read("page", request, bounds, () => source.page(request, bounds)),
    byKeys: (request, bounds) => calls.read("byKeys", request, bounds, () => source.byKeys(request, bounds)),
    count: (request, bounds) => calls.read("count", request, bounds, () => source.count(request, bounds)),
    describe: (from, bounds) => calls.call({ from, filter: null }, bounds, null, () => source.describe(from, bounds)),
    problems: () => source.problems?.() ?? [],
    health: () => calls.watch.read(),
    close: () => {
      calls.kept?.clear();
      return source.close();
    },
  };
}

class ResilientCalls {
  readonly watch = new HealthWatch();
  readonly kept: KeptAnswers | null;
  readonly #retry: RetryPolicy;
  readonly #budget = new RetryBudget();
  readonly #whole: Circuit;
  /** One dataset that fails must not close the others, nor may who asks one thing badly shut the service for everybody. */
  readonly #datasets = new LRUCache<string, Circuit>({
    max: mostDatasets,
    dispose: (_, from) => this.#open.delete(from),
  });
  /** Circuits that are open, and since when by the clock. */
  readonly #open = new Map<string | null, number>();
  /** How the last call ended that tells of the service. */
  #last: SourceState = "untried";

  constructor(
    readonly name: string,
    readonly resilience: Resilience,
    readonly changed: (change: CircuitChange) => void,
    readonly clock: ResilienceClock,
  ) {
    this.kept = resilience.staleMs === null ? null : new KeptAnswers(resilience.staleMs, clock.now);
    this.#whole = this.#circuit(null);
    this.#retry = retry(
      handleWhenResult((attempt) => (attempt as Attempt<unknown>).again),
      {
        maxAttempts: resilience.retries,
        backoff: new ExponentialBackoff({ initialDelay: clock.retryMs, maxDelay: longestRetryMs }),
      },
    );
  }

  /** A read whose answer may be kept, where both the operator and the gateway say so. */
  read<T>(operation: string, request: Asked, bounds: FetchBounds, ask: () => Promise<T>): Promise<T> {
    const { keep } = bounds;
    // A place in what came for this request says nothing to another.
    const question: Question | null =
      keep === undefined || this.kept === null || (request.cells ?? null) !== null
        ? null
        : [keep.scope, operation, request];
    return this.call(request, bounds, question, ask);
  }

  async call<T>(asked: Asked, bounds: FetchBounds, question: Question | null, ask: () => Promise<T>): Promise<T> {
    const { from } = asked;
    const began = this.clock.now();
    this.#budget.earn();
    const outcome = await this.#outcomeOf(asked, bounds.signal, ask);
    const failure = "failure" in outcome ? outcome.failure : null;
    const stale = question !== null && failure !== null && helpedByStale(failure) ? this.kept?.find(question) : null;
    if (!(failure instanceof NotAsked) && failure?.reason !== "cancelled") this.watch.took(this.clock.now() - began);
    if (stale) {
      this.watch.count("stale");
      bounds.keep?.stale(stale.asOf);
      // The question's hash says what kind of answer it is: it was kept under the same one.
      return stale.answer as T;
    }
    if (failure instanceof NotAsked) this.watch.count("refused");
    else if (failure?.reason !== "cancelled") this.watch.count(failure === null ? "answered" : "failed");
    if ("failure" in outcome) throw outcome.failure;
    if (question !== null) this.kept?.keep(question, from, outcome.value);
    return outcome.value;
  }

  /** Where all goes well nothing is to be learnt of it, and the call costs no more than itself. */
  async #outcomeOf<T>(asked: Asked, signal: AbortSignal, ask: () => Promise<T>): Promise<Outcome<T>> {
    const { from } = asked;
    const dataset = this.#dataset(from);
    if (!this.#whole.clean || !dataset.clean) return this.#answered(from, signal, () => placed(asked, ask()));
    let first: Outcome<T>;
    try {
      first = { value: await ask() };
    } catch (error) {
      first = { failure: failureOf(this.name, asked, error) };
    }
    // Others may have failed meanwhile: of a circuit that is no longer closed this call was none of the trials.
    if (this.#isQuiet(first, dataset)) {
      this.#note(first, from);
      this.watch.become(this.#open.size > 0 ? "open" : this.#last);
      return first;
    }
    let known: Outcome<T> | null = first;
    return this.#answered(from, signal, () => {
      const outcome = known;
      known = null;
      if (outcome === null) return placed(asked, ask());
      return "failure" in outcome ? Promise.reject(outcome.failure) : Promise.resolve(outcome.value);
    });
  }

  /** Neither circuit has anything to learn from it. */
  #isQuiet(outcome: Outcome<unknown>, dataset: Circuit): boolean {
    if (!this.#whole.closed || !dataset.closed) return true;
    return !("failure" in outcome) && this.#whole.clean && dataset.clean;
  }

  /** The attempts, the waits between them, and their end with the request. */
  #answered<T>(from: string, signal: AbortSignal, ask: () => Promise<T>): Promise<Outcome<T>> {
    return settled(this.name, () =>
      orCancelled(this.name, signal, async () => {
        const outcome = await this.#retry.execute(({ attempt }) => this.#attempt(from, signal, attempt, ask), signal);
        if ("failure" in outcome) throw outcome.failure;
        return outcome.value;
      }),
    );
  }

  async #attempt<T>(from: string, signal: AbortSignal, attempt: number, ask: () => Promise<T>): Promise<Attempt<T>> {
    if (attempt > 0 && !signal.aborted) this.watch.count("retries");
    const dataset = this.#dataset(from);
    const outcome = await this.#through(from, dataset, () => settled(this.name, ask));
    if (!("failure" in outcome)) return { ...outcome, again: false };
    const { reason, bearing } = outcome.failure;
    // Not of a timeout: a slow service is not helped by being asked twice.
    const worth =
      reason === "unavailable" && bearing.outlook === "again" && attempt < this.resilience.retries && !signal.aborted;
    return { ...outcome, again: worth && this.#whole.closed && dataset.closed && this.#budget.take() };
  }

  /** Through the circuit of the service, then through that of the dataset. */
  async #through<T>(from: string, dataset: Circuit, call: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    let mine: Outcome<T> = { failure: new NotAsked(this.name, circuitOpen) };
    await this.#whole.run(async () => {
      await dataset.run(async () => {
        mine = await call();
        this.#note(mine, from);
        return ofDataset(mine);
      });
      return ofService(mine);
    });
    this.watch.become(this.#open.size > 0 ? "open" : this.#last);
    return mine;
  }

  #note(outcome: Outcome<unknown>, from: string): void {
    const bearing = "failure" in outcome ? outcome.failure.bearing : null;
    if ("failure" in outcome && outcome.failure.bearing.reach !== "question") {
      this.#last = "failing";
      this.watch.failed(outcome.failure);
    } else if (ofDataset(outcome) === "good") this.#last = "up";
    if (bearing?.outlook === "refused") this.kept?.forget(bearing.reach === "service" ? null : from);
  }

  #dataset(from: string): Circuit {
    const known = this.#datasets.get(from);
    if (known !== undefined) return known;
    const made = this.#circuit(from);
    this.#datasets.set(from, made);
    return made;
  }

  #circuit(from: string | null): Circuit {
    const { failures, openMs } = this.resilience.breaker ?? { failures: Number.POSITIVE_INFINITY, openMs: 0 };
    return new Circuit({ failures, openMs, now: this.clock.now }, (open) => this.#turned(from, open));
  }

  #turned(from: string | null, open: boolean): void {
    const now = this.clock.now();
    const openMs = now - (this.#open.get(from) ?? now);
    if (open) this.#open.set(from, now);
    else this.#open.delete(from);
    this.changed({ source: this.name, from, open, failure: this.watch.read().lastFailure, openMs });
  }
}

/** Not of what the service refuses, nor of what is the question's own fault. */
function helpedByStale(failure: SourceFailure): boolean {
  if (failure instanceof NotAsked) return failure.detail === circuitOpen;
  return failure.bearing.reach !== "question" && failure.bearing.outlook !== "refused";
}
