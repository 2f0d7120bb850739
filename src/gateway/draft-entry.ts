import type { EntryDraft } from "../accesslog/index.js";
import type { Known } from "./known-request.js";
import { outcomeOf, refusedOf } from "./record.js";
import type { IncomingRequest, OutgoingAnswer } from "./request.js";

/** W3C Trace Context, section 3.2: version 00, not all zero. Anything else is left out, so that nothing chosen gets in. */
const traceparent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export function checkedTraceparent({ headers }: Pick<IncomingRequest, "headers">): string | null {
  const sent = headers.get("traceparent");
  return sent !== undefined && traceparent.test(sent) ? sent : null;
}

const noErrors: readonly string[] = [];
const nobody: EntryDraft["personal"]["subjects"] = [];

/** The entry of a request whose caller is known, from how it ended (law 5). */
export function draftEntry(known: Known, held: OutgoingAnswer): EntryDraft {
  const { request, caller, current, note } = known;
  const { agreement } = caller;
  return {
    id: request.id,
    tenant: request.tenant,
    at: request.arrivedAt.toISOString(),
    durationMs: Math.max(0, Date.now() - request.arrivedAt.getTime()),
    outcome: outcomeOf(held.status, note.data, note.codes),
    status: held.status,
    application: agreement.application,
    purpose: agreement.purpose,
    agreement: agreement.ref,
    agreementVersion: agreement.version,
    basis: agreement.snapshot.basis,
    key: caller.key,
    policyVersion: current.policy.id,
    operation: note.operation,
    fields: note.left.fields,
    refused: refusedOf(note.selections, note.inputs),
    withheld: note.left.withheld,
    rows: note.left.rows,
    errors: note.codes.length === 0 ? noErrors : [...new Set(note.codes)].sort(),
    sources: note.left.sources,
    staff: null,
    personal: {
      subjects: nobody,
      sealed: note.left.people,
      endUser: note.endUser,
      operationName: note.operationName,
      traceparent: checkedTraceparent(request),
    },
  };
}
