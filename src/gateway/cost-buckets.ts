// What an agreement may still spend: a leaky bucket each, so that none wears the town's services out for the others
// (law 13). Debited by the estimate before anything is read, corrected to what was measured after.
import { LRUCache } from "lru-cache";

export interface CostBudget {
  /** One operation's estimate, at most. */
  readonly perOperation: number;
  /** What can be spent at once after a pause. */
  readonly maximumAvailable: number;
  /** Comes back each second. */
  readonly restoreRate: number;
}

/** As Shopify's API tells it; whole points, rounded down. */
export interface ThrottleStatus {
  readonly maximumAvailable: number;
  readonly currentlyAvailable: number;
  readonly restoreRate: number;
}

export type CostVerdict =
  | { readonly allowed: true; readonly status: ThrottleStatus }
  | { readonly allowed: false; readonly status: ThrottleStatus; readonly retryAfterSeconds: number };

export interface CostBuckets {
  /**
   * Debits the estimate, or says in how many whole seconds it can be debited.
   * @param group Whose bucket: an agreement's id, never what a stranger can make up.
   * @param cost At most the budget's `maximumAvailable`: more would never be there.
   */
  take(group: string, budget: CostBudget, cost: number): CostVerdict;
  /** Gives back what was not spent. More than estimated may have been: then less is left, below 0 too. */
  settle(group: string, budget: CostBudget, estimated: number, measured: number): ThrottleStatus;
}

/** More agreements than a node serves at once; one that is forgotten has long been full again. */
const MAX_BUCKETS = 10_000;

/**
 * Held in memory: each node has its own, so that a town with n nodes allows n times as much.
 * @param now Milliseconds that never go back.
 */
export function createCostBuckets({ now = () => performance.now() }: { now?: () => number } = {}): CostBuckets {
  const buckets = new LRUCache<string, { available: number; at: number }>({ max: MAX_BUCKETS });
  const filled = (group: string, { maximumAvailable, restoreRate }: CostBudget): { available: number; at: number } => {
    const at = now();
    const known = buckets.get(group);
    const bucket = known ?? { available: maximumAvailable, at };
    if (known === undefined) buckets.set(group, bucket);
    const restored = (Math.max(0, at - bucket.at) * restoreRate) / 1_000;
    bucket.available = Math.min(maximumAvailable, bucket.available + restored);
    bucket.at = at;
    return bucket;
  };
  const statusOf = ({ maximumAvailable, restoreRate }: CostBudget, available: number): ThrottleStatus => ({
    maximumAvailable,
    currentlyAvailable: Math.max(0, Math.floor(available)),
    restoreRate,
  });
  return {
    take(group, budget, cost) {
      const bucket = filled(group, budget);
      if (bucket.available < cost) {
        const retryAfterSeconds = Math.max(1, Math.ceil((cost - bucket.available) / budget.restoreRate));
        return { allowed: false, status: statusOf(budget, bucket.available), retryAfterSeconds };
      }
      bucket.available -= cost;
      return { allowed: true, status: statusOf(budget, bucket.available) };
    },
    settle(group, budget, estimated, measured) {
      const bucket = filled(group, budget);
      bucket.available = Math.min(budget.maximumAvailable, bucket.available + estimated - measured);
      return statusOf(budget, bucket.available);
    },
  };
}
