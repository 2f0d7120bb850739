// The last durations of something, for "how long does it take now": what a histogram since the start cannot say.

export interface Durations {
  add(ms: number): void;
  /** Nearest rank over the last ones; null before the first. */
  told(): { readonly median: number; readonly p95: number; readonly of: number } | null;
}

/** @param kept how many of the last ones count */
export function createDurations(kept = 500): Durations {
  const ring: number[] = [];
  let next = 0;
  return {
    add(ms) {
      ring[next] = ms;
      next = (next + 1) % kept;
    },
    told() {
      if (ring.length === 0) return null;
      const sorted = ring.toSorted((a, b) => a - b);
      const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      return { median: at(0.5), p95: at(0.95), of: sorted.length };
    },
  };
}
