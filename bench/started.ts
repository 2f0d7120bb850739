// What a bench has started, and how all of it ends.

/** Stops what was started, the last first, each whatever happens to the others. */
export class Started {
  readonly #stops: (() => unknown)[] = [];
  #over = false;
  /** What comes after the stop, from a start that was under way, is stopped at once. */
  async add<T>(thing: T, stop: (thing: T) => unknown): Promise<T> {
    this.#stops.unshift(() => stop(thing));
    if (!this.#over) return thing;
    await this.stop();
    throw new Error("the bench is being stopped");
  }
  /** The first Ctrl-C stops what runs; the measurement under way then fails, and says so. */
  stopWhenInterrupted(): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void this.stop());
  }
  async stop(): Promise<void> {
    this.#over = true;
    for (const stop of this.#stops.splice(0)) {
      try {
        await stop();
      } catch (error) {
        process.stdout.write(`could not be stopped: ${error instanceof Error ? error.message : "unknown"}\n`);
      }
    }
  }
}
