// How a request ended, for figures: names of our own and of the town, nothing that an application chose (law 11).
import type { AgreementRef, AnswerErrorCode, TenantName } from "../terms/index.js";
import type { Known } from "./known-request.js";
import type { LostFields } from "./lost-fields.js";
import { outcomeOf } from "./record.js";
import type { IncomingRequest, OutgoingAnswer } from "./request.js";

/** As the access entry's outcome, or why there is no entry. */
export const requestEnds = [
  "answered",
  "partial",
  "refused",
  "invalid",
  "failed",
  "gone",
  "shed",
  "rate-limited",
  "not-authenticated",
  "not-ready",
  "unrecorded",
] as const;
export type RequestEndKind = (typeof requestEnds)[number];

export interface RequestEnd {
  readonly tenant: TenantName;
  /** Null where the caller is not known. */
  readonly agreement: AgreementRef | null;
  readonly kind: RequestEndKind;
  /** Of the answer's errors, each once. */
  readonly codes: readonly string[];
  /** From the arrival until the answer may leave. */
  readonly seconds: number;
  /** Fields that the answer lacks because a service failed. */
  readonly lost: readonly LostFields[];
}

const withoutEntry: Partial<Record<AnswerErrorCode, RequestEndKind>> = {
  NOT_AUTHENTICATED: "not-authenticated",
  RATE_LIMITED: "rate-limited",
  NOT_READY: "not-ready",
  ACCESS_LOG_UNAVAILABLE: "unrecorded",
  OVERLOADED: "shed",
  CLIENT_GONE: "gone",
};

/** @param known null where the caller is not known */
export function requestEnd(request: IncomingRequest, known: Known | null, outgoing: OutgoingAnswer): RequestEnd {
  const { tenant, arrivedAt } = request;
  const { fault } = outgoing;
  const note = known?.note ?? null;
  const codes = fault === undefined ? (note?.codes ?? []) : [fault];
  const kind = fault === undefined ? undefined : withoutEntry[fault];
  return {
    tenant,
    agreement: known?.caller.agreement.ref ?? null,
    kind: kind ?? outcomeOf(outgoing.status, note?.data ?? false, codes),
    codes: codes.length < 2 ? codes : [...new Set(codes)],
    seconds: Math.max(0, Date.now() - arrivedAt.getTime()) / 1000,
    // Where nothing left, the service cost nobody anything.
    lost: fault === undefined && note?.data === true ? note.lost : [],
  };
}
