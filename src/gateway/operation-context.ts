// What one operation runs with, fixed before it starts: who asks, on what footing, and whose rows may leave.
import { termsOf, type AskedAgreement } from "../consent/index.js";
import { agreedFields, type Agreement, type Caller } from "../identity/index.js";
import type { PolicyVersion } from "../policy/index.js";
import { accessViewOf } from "./access-view.js";
import type { Account } from "./charge.js";
import type { OperationContext } from "./execute.js";
import { gatedSources } from "./gated-source.js";
import type { GatewayServices } from "./gateway-services.js";
import type { Known, TenantServices } from "./known-request.js";
import { gatesOf } from "./row-gate.js";
import { Seals } from "./seals.js";
import { dayIn } from "../terms/index.js";

/** @param signal aborted when nobody waits for the answer any more, or its time is over */
export function operationContext(services: GatewayServices, known: Known, signal: AbortSignal): OperationContext {
  const { current, caller, citizen, tenant, request, note } = known;
  const { agreement } = caller;
  const fixed = fixedOf(services, known);
  return {
    entry: request.id,
    caller,
    current,
    view: fixed.view,
    schemaView: fixed.schemaView,
    seals: fixed.seals,
    derived: services.derived,
    sources: fixed.sources,
    citizen,
    gates: fixed.gates,
    people: () => {
      known.askedPeople = true;
      return peopleOf(services, agreement, current.consent);
    },
    limits: services.limits,
    account: accountOf(services, known),
    contact: tenant.contact,
    today: dayIn(tenant.timeZone, request.arrivedAt),
    signal,
    note,
    report: services.report,
  };
}

/** What is the same for all requests of one caller under one policy version. */
interface Fixed extends Pick<OperationContext, "view" | "schemaView" | "seals" | "sources" | "gates"> {
  readonly services: GatewayServices;
  readonly tenant: TenantServices;
  readonly policy: PolicyVersion;
}

/** Law 12: by the caller (so by its agreement's version), and counted for its policy version alone. */
const alone = new WeakMap<Caller, Fixed>();
const withCitizen = new WeakMap<Caller, Fixed>();

function fixedOf(services: GatewayServices, known: Known): Fixed {
  const kept = known.citizen === null ? alone : withCitizen;
  const fixed = kept.get(known.caller);
  if (fixed?.policy === known.current.policy && fixed.services === services && fixed.tenant === known.tenant)
    return fixed;
  const made = fix(services, known);
  kept.set(known.caller, made);
  return made;
}

function fix(services: GatewayServices, known: Known): Fixed {
  const { caller, citizen, tenant } = known;
  const { agreement } = caller;
  const { basis, units } = agreement.snapshot;
  const { policy } = known.current;
  const grant = policy.grant({
    agreement: agreement.ref,
    application: agreement.application,
    purpose: agreement.purpose,
    fields: agreedFields(agreement.snapshot, policy.catalogue),
  });
  const view = accessViewOf(grant, policy.catalogue, { basis, units, citizen: citizen !== null });
  return {
    ...{ services, tenant, policy, view },
    schemaView: () => accessViewOf(grant, policy.catalogue, { basis, units, citizen: true }),
    seals: new Seals(services.derived, agreement),
    sources: gatedSources(tenant, agreement.id),
    gates: (who) => gatesOf(view, who),
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
  const asking = askedOf(agreement);
  const atHand = consent.peopleNow(asking, revision);
  return atHand === undefined ? consent.people(asking, revision) : atHand;
}

/** One object for as long as the agreement is one, so that what follows from it can be kept beside it. */
const asked = new WeakMap<Agreement, AskedAgreement>();

function askedOf(agreement: Agreement): AskedAgreement {
  let known = asked.get(agreement);
  if (known === undefined) {
    const { tenant, id, snapshot } = agreement;
    known = { tenant, id, basis: snapshot.basis, terms: termsOf(snapshot), units: snapshot.units };
    asked.set(agreement, known);
  }
  return known;
}
