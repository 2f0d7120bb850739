// What one operation runs with, fixed before it starts: who asks, on what footing, and whose rows may leave.
import { termsOf, type AskedAgreement } from "../consent/index.js";
import { agreedFields, type Agreement, type Snapshot } from "../identity/index.js";
import { accessViewOf } from "./access-view.js";
import type { Account } from "./charge.js";
import type { OperationContext } from "./execute.js";
import { gatedSources } from "./gated-source.js";
import type { GatewayServices } from "./gateway-services.js";
import type { Known } from "./known-request.js";
import type { IncomingRequest } from "./request.js";
import { gatesOf } from "./row-gate.js";
import { Seals } from "./seals.js";
import { dayIn } from "../terms/index.js";

export function operationContext(services: GatewayServices, known: Known): OperationContext {
  const { current, caller, citizen, tenant, request, note } = known;
  const { agreement } = caller;
  const { basis, units } = agreement.snapshot;
  const { catalogue } = current.policy;
  const grant = current.policy.grant({
    agreement: agreement.ref,
    application: agreement.application,
    purpose: agreement.purpose,
    fields: agreedFields(agreement.snapshot, catalogue),
  });
  const view = accessViewOf(grant, catalogue, { basis, units, citizen: citizen !== null });
  return {
    entry: request.id,
    caller,
    current,
    view,
    schemaView: () => accessViewOf(grant, catalogue, { basis, units, citizen: true }),
    seals: new Seals(services.derived, agreement),
    derived: services.derived,
    sources: gatedSources(tenant, agreement.id),
    citizen,
    gates: (who) => gatesOf(view, who),
    people: () => {
      known.askedPeople = true;
      return peopleOf(services, agreement, current.consent);
    },
    limits: services.limits,
    account: accountOf(services, known),
    contact: tenant.contact,
    today: dayIn(tenant.timeZone, request.arrivedAt),
    signal: timeBound(services, request),
    note,
    report: services.report,
  };
}

/** Whom an operation is charged to. Without a key all share one account, so that many cannot spend more than one. */
function accountOf({ costs, limits }: GatewayServices, { caller, tenant }: Known): Account {
  const { id, ref } = caller.agreement;
  const budget = tenant.budgets.get(ref) ?? limits.cost;
  return { group: id, agreement: ref, budget, buckets: costs, showStatus: caller.key !== null };
}

function peopleOf(
  { consent }: GatewayServices,
  agreement: Agreement,
  revision: number,
): ReturnType<OperationContext["people"]> {
  const asked = askedOf(agreement);
  const atHand = consent.peopleNow(asked, revision);
  return atHand === undefined ? consent.people(asked, revision) : atHand;
}

const terms = new WeakMap<Snapshot, string>();

function askedOf({ tenant, id, snapshot }: Agreement): AskedAgreement {
  const known = terms.get(snapshot) ?? termsOf(snapshot);
  terms.set(snapshot, known);
  return { tenant, id, basis: snapshot.basis, terms: known, units: snapshot.units };
}

/** The sources' share of the request's time: the rest is for shaping and recording what came in time. */
export function timeBound(services: Pick<GatewayServices, "limits">, request: IncomingRequest): AbortSignal {
  const left = request.arrivedAt.getTime() + services.limits.timeMs * 0.9 - Date.now();
  return AbortSignal.any([request.signal, AbortSignal.timeout(Math.max(0, Math.floor(left)))]);
}
