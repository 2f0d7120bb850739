import type { IncomingRequest, RequestLimits } from "./request.js";

export interface TimeBound {
  /** Aborted when the client goes away, or when the time is over: then its reason is a `TimeoutError`. */
  readonly signal: AbortSignal;
  /** Nobody waits any more. */
  end(): void;
}

/**
 * The sources' share of the request's time (law 13): the rest is for shaping and recording what came in time. One signal of
 * our own for both ends: `AbortSignal.any` and `AbortSignal.timeout` cost twenty times as much, and a request in a hundred
 * needs them.
 */
export function timeBound(
  { signal, arrivedAt }: IncomingRequest,
  { timeMs }: Pick<RequestLimits, "timeMs">,
): TimeBound {
  const ending = new AbortController();
  const gone = (): void => ending.abort(signal.reason);
  if (signal.aborted) gone();
  else signal.addEventListener("abort", gone, { once: true });
  const left = arrivedAt.getTime() + timeMs * 0.9 - Date.now();
  const over = (): void => ending.abort(new DOMException("the request's time is over", "TimeoutError"));
  const timer = setTimeout(over, Math.max(0, Math.floor(left)));
  timer.unref();
  return { signal: ending.signal, end: () => clearTimeout(timer) };
}
