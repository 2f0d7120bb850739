// Requests per minute: of a tenant's open data, and of each agreement, so that none crowds out the others (law 13).

export type RateVerdict = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

export interface Rate {
  /**
   * Takes one request's share, or says in how many whole seconds there will be one.
   * @param group Whose share: a tenant's name or an agreement's id, never what a stranger can make up: each is kept.
   */
  take(group: string): RateVerdict;
}

/**
 * A token bucket per group: at most `perMinute` at once, refilled evenly. Held in memory: each node has its own, so
 * that a town with n nodes allows n times as many. 0 allows none.
 * @param now Milliseconds that never go back.
 */
export function createRate(options: { perMinute: number; now?: () => number }): Rate {
  const { perMinute, now = () => performance.now() } = options;
  if (!Number.isFinite(perMinute) || perMinute < 0) throw new RangeError("perMinute must be a number from 0");
  const perMs = perMinute / 60_000;
  // A bucket holds at least one whole request, or a rate below one per minute would never allow any.
  const capacity = perMinute === 0 ? 0 : Math.max(1, perMinute);
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(group) {
      if (perMinute === 0) return { allowed: false, retryAfterSeconds: 60 };
      const at = now();
      let bucket = buckets.get(group);
      if (bucket === undefined) buckets.set(group, (bucket = { tokens: capacity, at }));
      bucket.tokens = Math.min(capacity, bucket.tokens + Math.max(0, at - bucket.at) * perMs);
      bucket.at = at;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return { allowed: true };
      }
      return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000)) };
    },
  };
}
