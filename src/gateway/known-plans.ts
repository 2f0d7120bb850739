// Plans that were made before: an operation is planned once for an agreement, and what changes from request to request is
// bound to the plan.
import { LRUCache } from "lru-cache";
import type { Caller } from "../identity/index.js";
import type { AccessView } from "./access-view.js";
import { bind } from "./bind.js";
import type { ChosenOperation } from "./check-document.js";
import type { CurrentVersion } from "./current.js";
import { keepScope } from "./keep-open.js";
import type { Bound, Plan } from "./plan.js";
import { recordPlan, type RecordPlan } from "./record-plan.js";
import type { Seals } from "./seals.js";

/** Who asks, and what of their variables is asked with. */
export interface PlanAsked {
  readonly agreement: Caller["agreement"];
  readonly policy: CurrentVersion["policy"];
  readonly view: AccessView;
  readonly seals: Seals;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A plan and all that follows from it and from who asks: worked out once, the same for each request that it serves. */
export interface KnownPlan {
  readonly plan: Plan;
  readonly record: RecordPlan;
  /** By batch: under what its answers may be kept for the time that the source fails; null: not at all. */
  readonly keep: readonly (string | null)[];
  /** Rows are read that people decide about. */
  readonly asksPeople: boolean;
}

export interface BoundPlan {
  readonly known: KnownPlan;
  readonly bound: Bound;
}

/** Of one operation: agreements that ask it, times the values of variables that decide its plan. */
const plansKept = 50;

/** They die with the operation's document. */
const plans = new WeakMap<ChosenOperation, LRUCache<string, KnownPlan>>();

/** @param make plans the operation with these variables. @throws what `make` does */
export function boundPlan(chosen: ChosenOperation, asked: PlanAsked, make: () => Plan): BoundPlan {
  let ofOperation = plans.get(chosen);
  if (!ofOperation) plans.set(chosen, (ofOperation = new LRUCache<string, KnownPlan>({ max: plansKept })));
  const key = keyOf(chosen, asked);
  const known = ofOperation.get(key);
  const bound = known === undefined ? null : bind(known.plan, asked.variables, asked.seals);
  if (known !== undefined && bound !== null) return { known, bound };
  const plan = make();
  const fresh = bind(plan, asked.variables, asked.seals);
  if (fresh === null) throw new Error("what was opened for the plan does not open again");
  const made = knownPlan(plan, asked);
  if (plan.reusable) ofOperation.set(key, made);
  return { known: made, bound: fresh };
}

const knownPlan = (plan: Plan, { view, agreement, policy }: PlanAsked): KnownPlan => ({
  plan,
  record: recordPlan(plan, view),
  keep: plan.batches.map((batch) => keepScope(batch, agreement, policy.id)),
  asksPeople: plan.batches.some(({ dataset }) => view.conditions(dataset.name)?.asksPeople === true),
});

/** Law 12: agreement, its version and secret, and the policy version, and on what footing the grant is read. */
function keyOf({ late }: ChosenOperation, { agreement, policy, view, variables }: PlanAsked): string {
  const { id, version, secret } = agreement;
  return `${id}\n${version}\n${secret}\n${policy.id}\n${view.fingerprint}\n${late.key(variables)}`;
}
