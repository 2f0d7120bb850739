// A histogram as Prometheus tells it: how many observations were at most so long, by growing bounds.

export interface Histogram {
  /** Seconds; the last is Infinity. */
  readonly bounds: readonly number[];
  /** Observations at or below each bound. */
  readonly counts: readonly number[];
  readonly count: number;
  /** What came since. */
  less(earlier: Histogram): Histogram;
  /** Both together. */
  and(other: Histogram): Histogram;
}

/** Of a metric without labels, in the text format of Prometheus. @throws Error where it is not told */
export function parseHistogram(text: string, metric: string): Histogram {
  const pattern = new RegExp(`^${metric}_bucket\\{le="([^"]+)"\\} (\\d+)$`, "gm");
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) throw new Error(`no histogram ${metric}`);
  const bounds = found.map(([, bound]) => (bound === "+Inf" ? Infinity : Number(bound)));
  return histogramOf(
    bounds,
    found.map(([, , count]) => Number(count)),
  );
}

function histogramOf(bounds: readonly number[], counts: readonly number[]): Histogram {
  return {
    bounds,
    counts,
    count: counts.at(-1) ?? 0,
    less: (earlier) =>
      histogramOf(
        bounds,
        counts.map((count, at) => count - (earlier.counts[at] ?? 0)),
      ),
    and: (other) =>
      histogramOf(
        bounds,
        counts.map((count, at) => count + (other.counts[at] ?? 0)),
      ),
  };
}

/**
 * The duration that this share of the observations does not exceed, seconds: within the bucket where it lies they are taken
 * as evenly spread. Infinity beyond the last bound; 0 where there are none.
 */
export function durationIn({ bounds, counts, count }: Histogram, share: number): number {
  const wanted = share * count;
  const at = counts.findIndex((below) => below >= wanted);
  const [low, high] = [bounds[at - 1] ?? 0, bounds[at] ?? 0];
  const [before, upTo] = [counts[at - 1] ?? 0, counts[at] ?? 0];
  if (count === 0 || high === Infinity) return count === 0 ? 0 : Infinity;
  return upTo === before ? low : low + ((high - low) * (wanted - before)) / (upTo - before);
}

/** The share of the observations at or below a bound. @throws Error where it is no bound of the histogram */
export function shareWithin({ bounds, counts, count }: Histogram, seconds: number): number {
  const at = bounds.indexOf(seconds);
  if (at < 0) throw new Error(`${seconds} s is no bound of this histogram`);
  return count === 0 ? 1 : (counts[at] ?? 0) / count;
}
