// The signed-in person behind a request: `Citizen-Authorization: Bearer <the town's access token>` beside the key.
import type { Caller } from "../identity/index.js";
import type { AnswerErrorCode, Citizen } from "../terms/index.js";
import type { Current } from "./current.js";
import type { IncomingRequest } from "./request.js";

/** The request is refused, and recorded as refused (law 4). It names no reason: every bad token is one answer. */
export class CitizenRefused extends Error {
  override readonly name = "CitizenRefused";
  constructor(
    readonly code: Extract<AnswerErrorCode, "CITIZEN_NOT_AUTHENTICATED" | "CITIZEN_NOT_KNOWN" | "CITIZEN_NOT_CHECKED">,
  ) {
    super(code);
  }
}

/**
 * Null only where the header is absent: a bad token never falls back to no citizen. Asked once the caller is known and in
 * force, with what was current after the arrival.
 * @throws CitizenRefused
 */
export type CitizenOfRequest = (request: IncomingRequest, caller: Caller, current: Current) => Promise<Citizen | null>;
