import type { Histogram } from './metrics.ts';

export interface MetricHistogram {
  /** Upper edge in seconds and the number in its bucket, not cumulative; the last edge is infinite. */
  buckets: [edge: number, count: number][];
  sum: number;
}

type Samples<Value> = { labels: Record<string, string>; value: Value }[];

interface MetricOf<Type, Value> {
  name: string;
  type: Type;
  help: string;
  samples: Samples<Value>;
}
/** One metric with its series. */
export type Metric = MetricOf<'counter' | 'gauge', number> | MetricOf<'histogram', MetricHistogram>;

export function counter(name: string, help: string, samples: Samples<number>): Metric {
  return { name, type: 'counter', help, samples };
}

export function gauge(name: string, help: string, samples: Samples<number>): Metric {
  return { name, type: 'gauge', help, samples };
}

export function histogram(name: string, help: string, samples: Samples<MetricHistogram>): Metric {
  return { name, type: 'histogram', help, samples };
}

/** @param edges all of them: each is a series from the start */
export function inSeconds({ buckets, sumMs }: Histogram, edges: readonly number[]): MetricHistogram {
  return {
    buckets: edges.map((edge) => [edge / 1_000, buckets.get(edge) ?? 0]),
    sum: sumMs / 1_000,
  };
}
