// Which steps a request took, and how long each: for traces, made from it after the answer is decided. Nothing of what was
// asked or answered is in it (law 11): our words, the town's names of datasets, and figures.

export type StepName = "plan" | "fetch" | "shape" | "append";

export interface Step {
  readonly name: StepName;
  /** Of a fetch. */
  readonly dataset: string | null;
  /** Rows that a fetch brought. */
  readonly rows: number | null;
  readonly failed: boolean;
  /** Milliseconds of the Unix clock, with fractions. */
  readonly from: number;
  readonly to: number;
}

/** Fetches of one operation are few; a bound all the same (law 13). */
const maxSteps = 100;

const origin = performance.timeOrigin;
const now = (): number => origin + performance.now();

const unnoted = (): void => undefined;

export class Timeline {
  readonly steps: Step[] = [];

  /** @param noted false: nobody asks for the steps, and none are kept */
  constructor(readonly noted = true) {}

  timed<T>(name: StepName, work: () => T): T {
    if (!this.noted) return work();
    const from = now();
    try {
      return work();
    } finally {
      this.#add({ name, dataset: null, rows: null, failed: false, from, to: now() });
    }
  }

  /** @returns how it is ended */
  begin(
    name: StepName,
    dataset: string | null = null,
  ): (ended?: { readonly rows?: number; readonly failed?: boolean }) => void {
    if (!this.noted) return unnoted;
    const from = now();
    return ({ rows, failed = false } = {}) => {
      this.#add({ name, dataset, rows: rows ?? null, failed, from, to: now() });
    };
  }

  #add(step: Step): void {
    if (this.steps.length < maxSteps) this.steps.push(step);
  }
}
