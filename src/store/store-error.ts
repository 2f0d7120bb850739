/** A fault of our own store, in a sentence for a person: what is wrong and what to do. Never holds a password. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  constructor(
    /** Stable, kebab-case: `database-unavailable`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
