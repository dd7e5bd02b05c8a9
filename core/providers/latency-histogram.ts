/** Upper edges of the buckets, in milliseconds. */
export const latencyEdges = [
  50,
  100,
  200,
  300,
  500,
  750,
  1_000,
  1_500,
  2_000,
  3_000,
  5_000,
  7_500,
  10_000,
  15_000,
  20_000,
  30_000,
  60_000,
  120_000,
  300_000,
  Number.POSITIVE_INFINITY,
] as const;

/** Number of calls by the upper edge of their bucket; not cumulative. */
export type LatencyHistogram = ReadonlyMap<number, number>;

/** The edge of the bucket that a call of this latency counts in. */
export function latencyEdge(latencyMs: number): number {
  return latencyEdges.find((edge) => latencyMs <= edge) ?? Number.POSITIVE_INFINITY;
}

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
 * The latency, in milliseconds, that a share of the calls stayed below, as if those of a bucket were evenly
 * spread; undefined without calls.
 *
 * @param share 0.5 for the median
 */
export function percentile(histogram: LatencyHistogram, share: number): number | undefined {
  const wanted = countCalls(histogram) * share;
  if (wanted <= 0) return undefined;
  let seen = 0;
  let lower = 0;
  for (const edge of latencyEdges) {
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
