import { SourceFailure } from "./source.js";

/**
 * Waits for the work or for the request's end, whichever comes first. Who goes away does not end the work for others.
 * @throws SourceFailure `cancelled`, or what the work throws
 */
export async function orCancelled<T>(source: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const cancelled = () => new SourceFailure(source, "cancelled", "the request has ended");
  if (signal.aborted) throw cancelled();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled());
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    // Both sides are awaited by the race, so that a late refusal of the loser is never unhandled.
    return await Promise.race([Promise.resolve().then(work), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
