// The life of one request, in order; nothing walks back, but a request may be decided anew. An answer leaves only after its
// entry is committed (law 4).
import { randomUUID } from "node:crypto";
import { AccessLogUnavailable, type EntryDraft } from "../accesslog/index.js";
import { subjectTokens, type DerivedKeys } from "../identity/index.js";
import type { AnswerErrorCode, Citizen, TenantName } from "../terms/index.js";
import { Overloaded, type Leave } from "./admission.js";
import { CitizenRefused } from "./citizen-of-request.js";
import { isStill } from "./current.js";
import { draftEntry } from "./draft-entry.js";
import type { OperationNote } from "./execute.js";
import { faultAnswer, retryAfter, type FaultDetails } from "./fault-answer.js";
import type { GatewayServices } from "./gateway-services.js";
import { identify, Moved } from "./identify.js";
import type { Known } from "./known-request.js";
import { operationContext } from "./operation-context.js";
import { isRequestFault, readParameters } from "./read-parameters.js";
import { requestEnd } from "./request-end.js";
import { requestTrace } from "./request-trace.js";
import { timeBound } from "./time-bound.js";
import type { IncomingRequest, OutgoingAnswer } from "./request.js";

export async function answer(services: GatewayServices, request: IncomingRequest): Promise<OutgoingAnswer> {
  let known = await identify(services, request);
  let decided = "caller" in known ? await answerKnown(services, known, true) : unrecorded(known);
  // Law 6: what it was decided under was no longer current when it was recorded. Nothing of it has left, and its entry
  // stands; it is decided anew, as another entry.
  for (let moves = 1; decided instanceof Moved; moves++) {
    known = await identify(services, { ...request, id: randomUUID() }, decided);
    decided = "caller" in known ? await answerKnown(services, known, moves < mostMoves) : unrecorded(known);
  }
  tell(services, request, "caller" in known ? known : null, decided);
  return decided;
}

/**
 * Changes that one request gives way to. All but the first decision are under a revision that was read after the request
 * arrived, which is what law 6 asks: the last of them leaves, or a crowd of changes would let nobody through.
 */
const mostMoves = 3;

/** For figures, traces and the version beside the one in force: after the record, and never in its way. */
function tell(
  services: GatewayServices,
  request: IncomingRequest,
  known: Known | null,
  outgoing: OutgoingAnswer,
): void {
  const end = requestEnd(request, known, outgoing);
  services.ended?.(end);
  services.traced?.(requestTrace(request, end, outgoing, known?.note.timeline.steps ?? []));
  if (known !== null) services.shadow?.(known);
}

/** @param yields it gives way to what is current when it is recorded */
async function answerKnown(services: GatewayServices, known: Known, yields: boolean): Promise<OutgoingAnswer | Moved> {
  const bound = timeBound(known.request, services.limits);
  let leave: Leave | "shed" | "gone" = "gone";
  try {
    const entered = bound.signal.aborted ? null : services.admission.enterNow(known.caller.agreement.id);
    leave = entered ?? (await admit(services, known, bound.signal));
    if (leave === "shed") return unrecorded(faultAnswer("OVERLOADED", retryAfter(known.retryAfter)));
    const held = leave === "gone" ? refuse(known.note, "CLIENT_GONE", {}) : await work(services, known, bound.signal);
    const recorded = await record(services, known, held, yields);
    return recorded instanceof Moved ? recorded : sealed(known, recorded);
  } finally {
    bound.end();
    if (typeof leave === "function") leave();
  }
}

/** A place among the requests worked on. Load that is shed is counted only, so that a flood does not fill the log. */
async function admit(services: GatewayServices, known: Known, signal: AbortSignal): Promise<Leave | "shed" | "gone"> {
  const { request, caller } = known;
  const { admission } = services;
  try {
    return await admission.enter(caller.agreement.id, signal);
  } catch (error) {
    if (!(error instanceof Overloaded)) return "gone";
    services.log.count(request.tenant, "overloaded");
    known.retryAfter = error.retryAfterSeconds;
    return "shed";
  }
}

/** The answer, held: nothing of it has left yet. */
async function work(services: GatewayServices, known: Known, signal: AbortSignal): Promise<OutgoingAnswer> {
  const { request, caller, note } = known;
  if (!caller.standing.inForce) {
    const { why, date } = caller.standing;
    return refuse(note, "AGREEMENT_NOT_IN_FORCE", {
      message: `The agreement ${caller.agreement.ref} is not in force: ${standingWords[why]} ${date}.`,
      extensions: { why, date, contact: known.tenant.contact },
    });
  }
  const { method, headers, body, bodyFault } = request;
  const refused = headers.has("citizen-authorization") ? await signIn(services, known) : null;
  if (refused !== null) return refused;
  const parameters = readParameters(method, headers, body, bodyFault, services.limits.bodyBytes);
  if (isRequestFault(parameters)) return refuse(note, parameters.code, parameters);
  try {
    const run = services.server.run(
      parameters,
      headers.get("accept") ?? null,
      operationContext(services, known, signal),
    );
    return throttled(note, await run);
  } catch (error) {
    services.report(`operation failed: ${error instanceof Error ? error.name : "unknown"}`);
    note.data = false;
    return refuse(note, "INTERNAL_SERVER_ERROR", {});
  }
}

/** Whom the application acts for. A token that is not taken ends the request: it never falls back to nobody. */
async function signIn(services: GatewayServices, known: Known): Promise<OutgoingAnswer | null> {
  const { request, caller, current, note } = known;
  try {
    if (services.citizen === undefined) throw new CitizenRefused("CITIZEN_NOT_AUTHENTICATED");
    const citizen = await services.citizen(request, caller, current);
    known.citizen = citizen;
    note.endUser = endUserOf(services.derived, request.tenant, citizen);
    return null;
  } catch (error) {
    if (error instanceof CitizenRefused) return refuse(note, error.code, {});
    services.report(`citizen not checked: ${error instanceof Error ? error.name : "unknown"}`);
    return refuse(note, "CITIZEN_NOT_CHECKED", retryAfter(2));
  }
}

function endUserOf(derived: DerivedKeys, tenant: TenantName, citizen: Citizen | null): OperationNote["endUser"] {
  const [person] = citizen?.self ?? [];
  const [token] = person === undefined ? [] : subjectTokens(derived, tenant, person.scheme, [person.key]);
  return person === undefined || token === undefined ? null : { scheme: person.scheme, token };
}

/** An agreement that has spent what it may: the executor knows when it can go on. */
const throttled = ({ retryAfterSeconds }: OperationNote, held: OutgoingAnswer): OutgoingAnswer =>
  retryAfterSeconds === null
    ? held
    : { ...held, headers: { ...held.headers, "retry-after": String(retryAfterSeconds) } };

const standingWords = { expired: "it ended on", "not-yet": "it begins on", suspended: "suspended since" } as const;

function refuse(note: OperationNote, code: AnswerErrorCode, details: FaultDetails): OutgoingAnswer {
  note.codes = [code];
  return faultAnswer(code, details);
}

/** Law 4: waits for the commit; without it 503 and nothing else. Law 6: the commit says what is current. */
async function record(
  services: GatewayServices,
  known: Known,
  held: OutgoingAnswer,
  yields: boolean,
): Promise<OutgoingAnswer | Moved> {
  const { tenant } = known.request;
  const entry: EntryDraft = draftEntry(known, held);
  const appended = known.note.timeline.begin("append");
  try {
    const { current } = await services.log.append(entry);
    appended();
    services.versions.sees(tenant, current);
    return !yields || isStill(known.current, current, known.askedPeople) ? held : new Moved(current);
  } catch (error) {
    appended({ failed: true });
    services.versions.forget(tenant);
    services.report(
      `access log: ${error instanceof AccessLogUnavailable ? error.reason : error instanceof Error ? error.name : "unknown"}`,
    );
    return faultAnswer("ACCESS_LOG_UNAVAILABLE", retryAfter(2));
  }
}

/** On every answer of a known caller, whatever it says: named so that its entry can be found, and proved (law 8). */
function sealed({ request, note }: Known, outgoing: OutgoingAnswer): OutgoingAnswer {
  const named = note.data && outgoing.fault === undefined ? outgoing : withEntry(request.id, outgoing);
  return { ...named, headers: { ...named.headers, "passerelle-access": request.id, ...keptByNobody } };
}

/** The executor has named the entry in answers with data; those without any are short. */
function withEntry(entry: string, outgoing: OutgoingAnswer): OutgoingAnswer {
  // What is not on record has no entry that could be named.
  if (outgoing.fault === "ACCESS_LOG_UNAVAILABLE") return outgoing;
  const body = JSON.parse(String(outgoing.body)) as { readonly extensions?: object };
  return {
    ...outgoing,
    body: `${JSON.stringify({ ...body, extensions: { access: { entry }, ...body.extensions } })}\n`,
  };
}

/** On the way, and at its end. */
const keptByNobody = { "cache-control": "no-store" } as const;

/** What is only counted names no entry, for there is none to find. */
function unrecorded(outgoing: OutgoingAnswer): OutgoingAnswer {
  return { ...outgoing, headers: { ...outgoing.headers, ...keptByNobody } };
}
