// An application asks for the proof that one of its requests is on record. It is told the entry's hash and its place, which
// lie open to everybody among the tiles, and learns only which of them is its own. Nothing of the town leaves, so that it
// is not recorded (docs/decisions): by the entries of its own proofs an application could make the log as long as it likes.
import { tlogProofText, type EntryProof } from "../accesslog/index.js";
import type { AgreementRef, TenantName } from "../terms/index.js";
import { faultAnswer, retryAfter } from "./fault-answer.js";
import type { GatewayServices } from "./gateway-services.js";
import { identify } from "./identify.js";
import type { IncomingRequest, OutgoingAnswer } from "./request.js";

/** Null: no such entry under this agreement. not-yet: no signed checkpoint holds it so far. */
export type FindEntryProof = (
  tenant: TenantName,
  agreement: AgreementRef,
  entry: string,
) => Promise<EntryProof | "not-yet" | null>;

/**
 * C2SP tlog-proof. Who asks is found as for a request, with its limits. An agreement that has ended may prove what was
 * asked under it; a revoked key may not.
 */
export async function proveEntry(
  services: GatewayServices,
  find: FindEntryProof,
  request: IncomingRequest,
  entry: string,
): Promise<OutgoingAnswer> {
  // No entry says later what was current, so it is read first (law 6).
  const known = await identify(services, request, "read");
  if (!("caller" in known)) return unstored(known);
  let proof: Awaited<ReturnType<FindEntryProof>>;
  try {
    proof = await find(request.tenant, known.caller.agreement.ref, entry.toLowerCase());
  } catch (error) {
    services.report(`entry not proved: ${error instanceof Error ? error.name : "unknown"}`);
    return unstored(faultAnswer("ACCESS_LOG_UNAVAILABLE", retryAfter(2)));
  }
  if (proof === null) return said(404, "No such entry under this key's agreement, or its time of retention is over.\n");
  if (proof === "not-yet")
    return said(404, "The entry is on record, and the next signed checkpoint will hold it. Try again in a second.\n", {
      "retry-after": "1",
    });
  return said(200, tlogProofText(proof));
}

const said = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): OutgoingAnswer =>
  unstored({ status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body });

const unstored = (outgoing: OutgoingAnswer): OutgoingAnswer => ({
  ...outgoing,
  headers: { ...outgoing.headers, "cache-control": "no-store" },
});
