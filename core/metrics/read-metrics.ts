import { listMetrics } from './list-metrics.ts';
import type { Metric } from './metric.ts';
import type { MetricsStore } from './metrics.ts';

export interface ReadMetricsOptions {
  store: Pick<MetricsStore, 'read'>;
  /** Their series are there from the start, with zeros. */
  providers: readonly string[];
  taskTypes: readonly string[];
  clock: () => number;
}

/** Shorter than a usual scrape interval, so that no scrape is older than the one before: counters never go back. */
export const keepMs = 10_000;

/** Reads the metrics of the whole service; several readers at a time, or an eager one, cost one reading in ten seconds. */
export function createReadMetrics({
  store,
  providers,
  taskTypes,
  clock,
}: ReadMetricsOptions): () => Promise<Metric[]> {
  let known: { metrics: Promise<Metric[]>; readAt: number } | undefined;
  return () => {
    const now = clock();
    if (known && now - known.readAt < keepMs) return known.metrics;
    const metrics = store.read(providers).then((totals) => listMetrics(totals, taskTypes));
    known = { metrics, readAt: now };
    metrics.catch(() => {
      known = undefined;
    });
    return metrics;
  };
}
