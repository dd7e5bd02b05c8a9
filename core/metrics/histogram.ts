import type { Histogram } from './metrics.ts';

/**
 * Upper edges of tasks' durations and waits, in milliseconds. Few, because each is an attribute of the row that counts
 * them, and DynamoDB bills a row by the KB; calls have finer ones (core/providers/latency-histogram.ts).
 */
export const durationEdges = [
  50,
  100,
  250,
  500,
  1_000,
  2_500,
  5_000,
  10_000,
  30_000,
  60_000,
  120_000,
  300_000,
  600_000,
  900_000,
  Number.POSITIVE_INFINITY,
] as const;

export const emptyHistogram: Histogram = { buckets: new Map(), sumMs: 0 };

export function withDuration({ buckets, sumMs }: Histogram, durationMs: number): Histogram {
  // Clocks of two machines may differ.
  const duration = Math.max(0, durationMs);
  const edge = durationEdges.find((each) => duration <= each) ?? Number.POSITIVE_INFINITY;
  return { buckets: new Map(buckets).set(edge, (buckets.get(edge) ?? 0) + 1), sumMs: sumMs + duration };
}
