// One request for a trace: when, how it ended, and its steps. What an application chose is not in it but for its trace's id,
// 24 bytes whose grammar was checked (law 11).
import { answerErrors } from "../terms/index.js";
import { checkedTraceparent } from "./draft-entry.js";
import type { RequestEnd } from "./request-end.js";
import type { IncomingRequest, OutgoingAnswer } from "./request.js";
import type { Step } from "./timeline.js";

export interface RequestTrace extends Pick<RequestEnd, "tenant" | "kind" | "codes"> {
  /** W3C trace context, as sent; null: none, or not one. */
  readonly traceparent: string | null;
  readonly status: number;
  /** Milliseconds of the Unix clock. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly Step[];
}

export function requestTrace(
  request: IncomingRequest,
  { tenant, kind, codes, seconds }: RequestEnd,
  outgoing: OutgoingAnswer,
  steps: readonly Step[],
): RequestTrace {
  const from = request.arrivedAt.getTime();
  const last = Math.max(from, ...steps.map(({ to }) => to));
  return {
    tenant,
    kind,
    // An application's own words are no codes: the catalogue's alone.
    codes: codes.filter((code) => Object.hasOwn(answerErrors, code)),
    traceparent: checkedTraceparent(request),
    status: outgoing.status,
    from,
    to: Math.max(last, from + seconds * 1000),
    steps,
  };
}
