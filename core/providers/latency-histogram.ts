import { latencyBuckets } from './provider-states.ts';

/** Calls by upper edge of their bucket in milliseconds; the last edge is Infinity. */
export type LatencyHistogram = ReadonlyMap<number, number>;

/** Adds histograms, each with a weight. */
export function mergeHistograms(parts: [histogram: LatencyHistogram, weight: number][]): LatencyHistogram {
  const merged = new Map<number, number>();
  for (const [histogram, weight] of parts)
    for (const [edge, count] of histogram) merged.set(edge, (merged.get(edge) ?? 0) + count * weight);
  return merged;
}

export function countCalls(histogram: LatencyHistogram): number {
  return [...histogram.values()].reduce((sum, count) => sum + count, 0);
}

/**
 * The latency that a share of the calls stayed below, taken as evenly spread within a bucket; undefined without calls.
 *
 * @param share 0.5 for the median
 */
export function percentile(histogram: LatencyHistogram, share: number): number | undefined {
  const wanted = countCalls(histogram) * share;
  if (wanted <= 0) return undefined;
  let seen = 0;
  let lower = 0;
  for (const edge of [...latencyBuckets, Number.POSITIVE_INFINITY]) {
    const count = histogram.get(edge) ?? 0;
    if (count > 0 && seen + count >= wanted) {
      if (edge === Number.POSITIVE_INFINITY) return lower;
      return Math.round(lower + ((edge - lower) * (wanted - seen)) / count);
    }
    seen += count;
    lower = edge === Number.POSITIVE_INFINITY ? lower : edge;
  }
  return lower;
}
