/** Operations under way, so that nothing that they still need is stopped before they end. */
export class OpenOperations {
  #open = 0;
  #none: (() => void) | null = null;

  begin(): void {
    this.#open++;
  }

  end(): void {
    this.#open--;
    if (this.#open === 0) this.#none?.();
  }

  /** Resolves when none is under way; to be asked once, when no more begin. */
  none(): Promise<void> {
    return this.#open === 0 ? Promise.resolve() : new Promise((resolve) => (this.#none = resolve));
  }
}
