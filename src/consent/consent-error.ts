export type ConsentErrorCode =
  /** The agreement's basis asks nobody. */
  | "asks-nobody"
  /** A consent where one objects, or the other way round. */
  | "wrong-decision"
  /** A unit that the agreement's version does not have, or none at all. */
  | "unknown-unit"
  /** The same version of the agreement was decided on as another one. */
  | "other-version"
  /** What was shown is not what its hash names. */
  | "other-text"
  | "invalid-date"
  /** The last day lies before today. */
  | "already-ended"
  /** Who decides for the person is no guardian of theirs today. */
  | "not-a-guardian"
  /** A child who cannot decide without a guardian. */
  | "too-young"
  /** The person decides alone: of age, or from 15 for an information-society service. */
  | "decides-alone"
  /** What is imported was decided in the future. */
  | "not-yet-decided"
  /** What is imported is older than what the same person decided since. */
  | "decided-since"
  | "unknown-event"
  | "not-an-objection"
  | "already-settled"
  | "unknown-guardianship";

/** What a person asked for cannot be done; the message is a sentence that says why and what to do. Nobody is named in it. */
export class ConsentError extends Error {
  override readonly name = "ConsentError";
  constructor(
    readonly code: ConsentErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Of many decisions some cannot be taken: none was. */
export class ConsentsRefused extends Error {
  override readonly name = "ConsentsRefused";
  /** @param refused by the place of the decision among those given, from 0; ascending */
  constructor(readonly refused: readonly { readonly index: number; readonly error: ConsentError }[]) {
    super(`${String(refused.length)} decisions cannot be recorded as they are; nothing was recorded`);
  }
}
