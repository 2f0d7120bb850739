// Work that is to be done soon after the last change, never twice at once, and at once where somebody waits for it.

/** Milliseconds without a further letter. */
const quietFor = 150;

/** A town so large that its check takes long is checked less often, and never less than this. */
const atMost = 2_000;

export class Debounced {
  #timer: NodeJS.Timeout | undefined;
  #due = false;
  #running: Promise<void> | null = null;
  #tookMs = 0;

  /** @param work must not fail: nobody would be told */
  constructor(private readonly work: () => Promise<void>) {}

  soon(): void {
    this.#due = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.settled(), Math.min(atMost, Math.max(quietFor, this.#tookMs)));
  }

  /** Resolves when everything asked for so far is done. */
  async settled(): Promise<void> {
    while (this.#due || this.#running !== null) {
      this.#running ??= this.#run();
      await this.#running;
    }
  }

  async #run(): Promise<void> {
    this.#due = false;
    clearTimeout(this.#timer);
    const began = performance.now();
    try {
      await this.work();
    } finally {
      this.#tookMs = performance.now() - began;
      this.#running = null;
    }
  }
}
