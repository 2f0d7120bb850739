// Who asks: the one path from a request's key to its agreement.
import { openFields, type Caller } from "../identity/index.js";
import type { TenantName } from "../terms/index.js";
import { readBearer } from "./bearer.js";
import { NothingInForce, type Current } from "./current.js";
import { emptyNote } from "./execute.js";
import { faultAnswer, retryAfter } from "./fault-answer.js";
import type { GatewayServices } from "./gateway-services.js";
import type { Known } from "./known-request.js";
import type { RateVerdict } from "./rate.js";
import type { IncomingRequest, OutgoingAnswer } from "./request.js";

/** Key → agreement, under what is current after the request arrived (law 6). One path for every bad key. */
export async function identify(services: GatewayServices, request: IncomingRequest): Promise<Known | OutgoingAnswer> {
  const { tenant } = request;
  const facts = services.tenants.get(tenant);
  if (!facts) return faultAnswer("NOT_READY");
  const bearer = readBearer(request.headers);
  const open = bearer === null;
  if (open) {
    const verdict = services.rate.take(tenant);
    if (!verdict.allowed) return rateLimited(services, tenant, verdict);
  }
  let current: Current;
  let caller: Caller | null;
  try {
    current = await services.versions.current(tenant);
    caller = open
      ? services.identity.openData(tenant, openFields(current.policy.catalogue))
      : await services.identity.authenticate(tenant, bearer, current.revision, request.arrivedAt);
  } catch (error) {
    return notCurrent(services, error);
  }
  if (caller === null) {
    services.log.count(tenant, "not-authenticated");
    return faultAnswer("NOT_AUTHENTICATED", { headers: { "www-authenticate": "Bearer" } });
  }
  if (!open) {
    const verdict = services.keyRate.take(caller.agreement.id);
    if (!verdict.allowed) return rateLimited(services, tenant, verdict);
  }
  return { request, tenant: facts, current, caller, citizen: null, note: emptyNote(), retryAfter: 1 };
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
