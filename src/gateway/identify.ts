// Who asks: the one path from a request's key to its agreement.
import type { Catalogue } from "../catalogue/index.js";
import { openFields, type Caller } from "../identity/index.js";
import type { Revision } from "../store/index.js";
import type { Coordinate, TenantName } from "../terms/index.js";
import { readBearer } from "./bearer.js";
import { NothingInForce, type Current } from "./current.js";
import { emptyNote } from "./execute.js";
import { faultAnswer, retryAfter } from "./fault-answer.js";
import type { GatewayServices } from "./gateway-services.js";
import type { Known, TenantServices } from "./known-request.js";
import type { RateVerdict } from "./rate.js";
import type { IncomingRequest, OutgoingAnswer } from "./request.js";

/** What is current moved on before an answer was on record; to this. */
export class Moved {
  constructor(readonly to: Revision | null) {}
}

/**
 * Key → agreement. One path for every bad key. What was seen last will do to go on, for what leaves is compared with what
 * was current when its entry was committed (law 6); who is refused here has no entry, and so only under a revision that was
 * read after the request arrived.
 * @param under "read": what is current is read first; Moved: was read by the entry of an answer that did not leave, and
 * the request has had its share of the rate
 */
export async function identify(
  services: GatewayServices,
  request: IncomingRequest,
  under: "last-seen" | "read" | Moved = "last-seen",
): Promise<Known | OutgoingAnswer> {
  const { tenant } = request;
  const facts = services.tenants.get(tenant);
  if (!facts) return faultAnswer("NOT_READY");
  const bearer = readBearer(request.headers);
  const again = under instanceof Moved;
  const verdict = bearer === null && !again ? services.rate.take(tenant) : allowed;
  if (!verdict.allowed) return rateLimited(services, tenant, verdict);
  const { versions } = services;
  try {
    const seen = under === "last-seen" ? versions.lastSeen(tenant) : null;
    const finding = seen === null ? null : find(services, request, bearer, seen, again);
    const known = finding instanceof Promise ? await finding : finding;
    if (known !== null && isWelcome(known)) return requestOf(services, request, facts, known);
    const current = await (again ? versions.under(tenant, under.to) : versions.current(tenant));
    // Where nothing has moved it was refused under just that: a flood of bad keys does not look each up twice.
    const found = known?.current === current ? known : await find(services, request, bearer, current, again);
    return isWelcome(found) ? requestOf(services, request, facts, found) : unwelcome(services, tenant, found);
  } catch (error) {
    return notCurrent(services, error);
  }
}

const allowed: RateVerdict = { allowed: true };

interface Found {
  readonly current: Current;
  readonly caller: Caller | null;
  readonly verdict: RateVerdict;
}

interface Welcome extends Found {
  readonly caller: Caller;
}

const isWelcome = (found: Found): found is Welcome => found.caller !== null && found.verdict.allowed;

/**
 * At once, where the key was verified before.
 * @param again has taken its share of the rate; one that is refused has taken none
 */
function find(
  services: GatewayServices,
  { tenant, arrivedAt }: IncomingRequest,
  bearer: string | null,
  current: Current,
  again: boolean,
): Found | Promise<Found> {
  if (bearer === null) {
    const caller = services.identity.openData(tenant, openFieldsOf(current.policy.catalogue));
    return { current, caller, verdict: allowed };
  }
  const found = (caller: Caller | null): Found => ({
    current,
    caller,
    verdict: caller === null || again ? allowed : services.keyRate.take(caller.agreement.id),
  });
  const caller = services.identity.authenticate(tenant, bearer, current.revision, arrivedAt);
  return caller instanceof Promise ? caller.then(found) : found(caller);
}

const openOf = new WeakMap<Catalogue, readonly Coordinate[]>();

/** One array for a catalogue, so that the built-in agreement stays one object. */
function openFieldsOf(catalogue: Catalogue): readonly Coordinate[] {
  const known = openOf.get(catalogue) ?? openFields(catalogue);
  openOf.set(catalogue, known);
  return known;
}

const requestOf = (
  services: GatewayServices,
  request: IncomingRequest,
  tenant: TenantServices,
  { current, caller }: Welcome,
): Known => ({
  request,
  tenant,
  current,
  caller,
  citizen: null,
  askedPeople: false,
  note: emptyNote(services.traced !== undefined),
  retryAfter: 1,
});

function unwelcome(services: GatewayServices, tenant: TenantName, { caller, verdict }: Found): OutgoingAnswer {
  if (caller !== null && !verdict.allowed) return rateLimited(services, tenant, verdict);
  services.log.count(tenant, "not-authenticated");
  return faultAnswer("NOT_AUTHENTICATED", { headers: { "www-authenticate": "Bearer" } });
}

/** Counted only: a flood, of whoever, does not fill the log. */
function rateLimited(
  services: GatewayServices,
  tenant: TenantName,
  { retryAfterSeconds }: Exclude<RateVerdict, { readonly allowed: true }>,
): OutgoingAnswer {
  services.log.count(tenant, "rate-limited");
  return faultAnswer("RATE_LIMITED", retryAfter(retryAfterSeconds));
}

/** Fail closed: what is current is not known, so nothing is decided and nothing is answered. */
function notCurrent(services: GatewayServices, error: unknown): OutgoingAnswer {
  if (error instanceof NothingInForce) return faultAnswer("NOT_READY", retryAfter(5));
  services.report(`current state not read: ${error instanceof Error ? error.name : "unknown"}`);
  return faultAnswer("ACCESS_LOG_UNAVAILABLE", retryAfter(2));
}
