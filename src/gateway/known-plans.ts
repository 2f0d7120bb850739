// Plans that were made before: an operation is planned once for an agreement, and what changes from request to request is
// bound to the plan.
import { LRUCache } from "lru-cache";
import type { Caller } from "../identity/index.js";
import type { AccessView } from "./access-view.js";
import { bind } from "./bind.js";
import type { ChosenOperation } from "./check-document.js";
import type { CurrentVersion } from "./current.js";
import type { Bound, Plan } from "./plan.js";
import type { Seals } from "./seals.js";

/** Who asks, and what of their variables is asked with. */
export interface PlanAsked {
  readonly agreement: Caller["agreement"];
  readonly policy: CurrentVersion["policy"];
  readonly view: AccessView;
  readonly seals: Seals;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface BoundPlan {
  readonly plan: Plan;
  readonly bound: Bound;
}

/** Of one operation: agreements that ask it, times the values of variables that decide its plan. */
const plansKept = 50;

/** They die with the operation's document. */
const plans = new WeakMap<ChosenOperation, LRUCache<string, Plan>>();

/** @param make plans the operation with these variables. @throws what `make` does */
export function boundPlan(chosen: ChosenOperation, asked: PlanAsked, make: () => Plan): BoundPlan {
  const ofOperation = plans.get(chosen) ?? new LRUCache<string, Plan>({ max: plansKept });
  plans.set(chosen, ofOperation);
  const key = keyOf(chosen, asked);
  const known = ofOperation.get(key);
  const bound = known === undefined ? null : bind(known, asked.variables, asked.seals);
  if (known !== undefined && bound !== null) return { plan: known, bound };
  const plan = make();
  const fresh = bind(plan, asked.variables, asked.seals);
  if (fresh === null) throw new Error("what was opened for the plan does not open again");
  if (plan.reusable) ofOperation.set(key, plan);
  return { plan, bound: fresh };
}

/** Law 12: agreement, its version and secret, and the policy version, and on what footing the grant is read. */
function keyOf({ late }: ChosenOperation, { agreement, policy, view, variables }: PlanAsked): string {
  const { id, version, secret } = agreement;
  return `${id}\n${version}\n${secret}\n${policy.id}\n${view.fingerprint}\n${late.key(variables)}`;
}
