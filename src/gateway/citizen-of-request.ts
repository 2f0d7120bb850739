// The signed-in person behind a request: `Citizen-Authorization: Bearer <the town's access token>` beside the key.
import { CitizenTokenRefused, type Caller, type CitizenTokens } from "../identity/index.js";
import { openData } from "../policy/index.js";
import type { AnswerErrorCode, Citizen } from "../terms/index.js";
import type { Current } from "./current.js";
import { NotIdentified, type Citizens } from "./identify-citizen.js";
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

const citizenHeader = "citizen-authorization";

export interface CitizenOfRequestOptions {
  readonly tokens: Pick<CitizenTokens, "verify">;
  readonly citizens: Pick<Citizens, "identify">;
  /** For the operator: an event's name, never a value. */
  readonly report: (event: string) => void;
}

export function citizenOfRequest({ tokens, citizens, report }: CitizenOfRequestOptions): CitizenOfRequest {
  return async (request, caller, current) => {
    const header = request.headers.get(citizenHeader);
    if (header === undefined) return null;
    const bearer = /^Bearer +([^\s,]+)$/i.exec(header.trim())?.[1] ?? "";
    const { application } = caller.agreement;
    // Without a key nobody knows which application sends it.
    if (caller.key === null || application === openData) throw new CitizenRefused("CITIZEN_NOT_AUTHENTICATED");
    try {
      const claims = await tokens.verify(request.tenant, bearer, application, request.arrivedAt);
      return await citizens.identify(request.tenant, claims, current);
    } catch (error) {
      if (error instanceof CitizenTokenRefused) throw new CitizenRefused("CITIZEN_NOT_AUTHENTICATED");
      if (error instanceof NotIdentified) throw new CitizenRefused("CITIZEN_NOT_KNOWN");
      report(`citizen not checked: ${error instanceof Error ? error.name : "unknown"}`);
      throw new CitizenRefused("CITIZEN_NOT_CHECKED");
    }
  };
}
