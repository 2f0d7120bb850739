// Before anything is read: is the operation within what its agreement may spend? After: what it did cost.
import { dearest, measuredCost } from "./cost.js";
import type { CostBuckets, CostBudget, ThrottleStatus } from "./cost-buckets.js";
import type { Plan } from "./plan.js";
import { answerError, RequestRefused } from "./refusals.js";
import type { Emitted } from "./shape.js";

/** Whose account an operation goes on. */
export interface Account {
  /** The agreement's id; without a key that of the tenant's open data. */
  readonly group: string;
  readonly agreement: string;
  readonly budget: CostBudget;
  readonly buckets: CostBuckets;
  /** Not without a key: all who come without one share a bucket, and what is left of it tells of the others. */
  readonly showStatus: boolean;
}

/** `extensions.cost` in the form of Shopify's API. */
export interface CostExtension {
  readonly requestedQueryCost: number;
  /** Null where nothing was read. */
  readonly actualQueryCost: number | null;
  readonly throttleStatus?: ThrottleStatus;
}

export interface Charge {
  /** Once, with what left. An operation that breaks off before keeps its estimate debited: its work was done. */
  settle(emitted: Emitted): CostExtension;
}

/** @throws RequestRefused COST_EXCEEDED or THROTTLED: nothing is fetched then, and nothing debited. */
export function charge(plan: Plan, account: Account): Charge {
  const { group, budget, buckets } = account;
  const { estimate } = plan;
  const extension = (actualQueryCost: number | null, status: ThrottleStatus): CostExtension => ({
    requestedQueryCost: estimate,
    actualQueryCost,
    ...(account.showStatus ? { throttleStatus: status } : {}),
  });
  if (estimate > budget.perOperation) {
    const { status } = buckets.take(group, budget, 0);
    throw tooDear(plan, account, estimate, extension(null, status));
  }
  const verdict = buckets.take(group, budget, estimate);
  if (!verdict.allowed) throw throttled(account, estimate, verdict, extension(null, verdict.status));
  return {
    settle(emitted) {
      const measured = measuredCost(plan.costs, emitted);
      return extension(measured, buckets.settle(group, budget, estimate, measured));
    },
  };
}

function tooDear(plan: Plan, { agreement, budget }: Account, figure: number, cost: CostExtension): RequestRefused {
  const limit = budget.perOperation;
  const most = dearest(plan.costs);
  const where =
    most === null
      ? ""
      : ` Most of it, ${most.cost}, is for \`${most.node.name.value}\`: give it or the lists above it a smaller \`first\`, or ask in several operations.`;
  const error = answerError("COST_EXCEEDED", {
    message: `This operation could cost ${figure}; one operation of ${agreement} may cost ${limit}.${where}`,
    ...(most === null ? {} : { nodes: [most.node] }),
    extensions: { figure, limit },
  });
  return new RequestRefused([error], { answer: { cost } });
}

function throttled(
  { agreement, budget, showStatus }: Account,
  estimate: number,
  { retryAfterSeconds, status }: { readonly retryAfterSeconds: number; readonly status: ThrottleStatus },
  cost: CostExtension,
): RequestRefused {
  const left = showStatus ? `, and ${status.currentlyAvailable} is left for ${agreement}` : "";
  const message = `This operation could cost ${estimate}${left}; ${budget.restoreRate} come back each second: try again in ${retryAfterSeconds} s.`;
  const error = answerError("THROTTLED", { message, extensions: { retryAfterSeconds } });
  return new RequestRefused([error], { answer: { cost }, retryAfterSeconds });
}
