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

/**
 * Of all plans together (law 13). Without a bound over all of them a few hundred documents, each with the values of a
 * variable that changes, would hold more than everything else in the process.
 */
const mostBytes = 64_000_000;
/** As measured: a plan without any field, and for each field; the syntax tree that it names places in, for each character. */
const [bytesOfPlan, bytesOfField, bytesOfCharacter] = [7_000, 1_200, 100];

const plans = new LRUCache<string, KnownPlan>({ maxSize: mostBytes });
/** A document that was parsed anew has operations of its own: by number, since a key must not keep them in memory. */
const numbers = new WeakMap<ChosenOperation, number>();
let operations = 0;

/** What a plan keeps in memory, at most: values of variables stand in its key, and may stand in its filter. */
function weightOf({ operation }: ChosenOperation, { outputs, objects }: Plan, key: string): number {
  let fields = outputs.length;
  for (const object of objects) fields += object.outputs.length;
  const text = operation.loc?.source.body.length ?? 0;
  return bytesOfPlan + bytesOfField * fields + bytesOfCharacter * text + 4 * key.length;
}

/** For tests: what is kept, in bytes. */
export const keptPlans = (): number => plans.calculatedSize;

/** @param make plans the operation with these variables. @throws what `make` does */
export function boundPlan(chosen: ChosenOperation, asked: PlanAsked, make: () => Plan): BoundPlan {
  const key = keyOf(chosen, asked);
  const known = plans.get(key);
  const bound = known === undefined ? null : bind(known.plan, asked.variables, asked.seals);
  if (known !== undefined && bound !== null) return { known, bound };
  const plan = make();
  const fresh = bind(plan, asked.variables, asked.seals);
  if (fresh === null) throw new Error("what was opened for the plan does not open again");
  const made = knownPlan(plan, asked);
  if (plan.reusable) plans.set(key, made, { size: weightOf(chosen, plan, key) });
  return { known: made, bound: fresh };
}

const knownPlan = (plan: Plan, { view, agreement, policy }: PlanAsked): KnownPlan => ({
  plan,
  record: recordPlan(plan, view),
  keep: plan.batches.map((batch) => keepScope(batch, agreement, policy.id)),
  asksPeople: plan.batches.some(({ dataset }) => view.conditions(dataset.name)?.asksPeople === true),
});

/** Law 12: agreement, its version and secret, and the policy version, and on what footing the grant is read. */
function keyOf(chosen: ChosenOperation, { agreement, policy, view, variables }: PlanAsked): string {
  const { id, version, secret } = agreement;
  const its = `${id}\n${version}\n${secret}\n${policy.id}\n${view.fingerprint}`;
  return `${numberOf(chosen)}\n${its}\n${chosen.late.key(variables)}`;
}

function numberOf(chosen: ChosenOperation): number {
  let number = numbers.get(chosen);
  if (number === undefined) numbers.set(chosen, (number = ++operations));
  return number;
}
