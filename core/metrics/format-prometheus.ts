import type { Metric } from './metric.ts';

/** What Prometheus knows the format by (its text format 0.0.4). */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Metrics as Prometheus' text format 0.0.4. prom-client cannot do it: its counters and histograms count in the memory
 * of one process, and take no totals that were counted elsewhere.
 *
 * prometheus.io/docs/instrumenting/exposition_formats
 */
export function formatPrometheus(metrics: readonly Metric[]): string {
  return metrics.map((metric) => [...linesOf(metric)].map((line) => `${line}\n`).join('')).join('');
}

function* linesOf({ name, type, help, samples }: Metric): Generator<string> {
  yield `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`;
  yield `# TYPE ${name} ${type}`;
  for (const { labels, value } of samples) {
    if (typeof value === 'number') {
      yield `${name}${braced(labels)} ${number(value)}`;
      continue;
    }
    let count = 0;
    for (const [edge, inBucket] of value.buckets) {
      count += inBucket;
      yield `${name}_bucket${braced({ ...labels, le: number(edge) })} ${count}`;
    }
    yield `${name}_sum${braced(labels)} ${number(value.sum)}`;
    yield `${name}_count${braced(labels)} ${count}`;
  }
}

function braced(labels: Record<string, string>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length > 0 ? `{${parts.join(',')}}` : '';
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function number(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '+Inf' : String(value);
}
