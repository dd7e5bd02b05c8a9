import { latencyEdges } from '../providers/latency-histogram.ts';
import { taskErrorCodes } from '../service-error.ts';
import { priorities } from '../tasks/task.ts';
import { counter, gauge, histogram, inSeconds, type Metric } from './metric.ts';
import type { ProviderTotals } from './metrics.ts';

/** The metrics that have the label `provider`. */
export function listProviderMetrics(providers: readonly ProviderTotals[]): Metric[] {
  const each = <Value>(read: (totals: ProviderTotals) => Value) =>
    providers.map((totals) => ({ labels: { provider: totals.provider }, value: read(totals) }));
  const eachBy = <Name extends string>(
    label: string,
    names: readonly Name[],
    read: (totals: ProviderTotals, name: Name) => number,
  ) =>
    providers.flatMap((totals) =>
      names.map((name) => ({
        labels: { provider: totals.provider, [label]: name },
        value: read(totals, name),
      })),
    );
  return [
    gauge(
      'llm_queue_length',
      'Tasks that wait, by provider and priority.',
      eachBy('priority', priorities, ({ queued }, priority) => queued[priority]),
    ),
    counter(
      'llm_provider_requests_total',
      'Attempts that a provider answered, or that failed there.',
      each(({ requests }) => requests),
    ),
    counter(
      'llm_provider_errors_total',
      'Attempts that failed at a provider, by the error code of the task.',
      eachBy('code', taskErrorCodes, ({ errorsByCode }, code) => errorsByCode[code] ?? 0),
    ),
    histogram(
      'llm_provider_latency_seconds',
      'Duration of the calls of a provider that brought a result.',
      each(({ latencies }) => inSeconds(latencies, latencyEdges)),
    ),
    counter(
      'llm_provider_cost_total',
      'Cost of all calls in US dollars, failed ones included, by the prices of the provider definition.',
      each(({ costUsd }) => costUsd),
    ),
    counter(
      'llm_provider_tokens_total',
      'Tokens that all calls used, failed ones included; kind is prompt or completion.',
      eachBy('kind', ['prompt', 'completion'], ({ tokens }, kind) => tokens[kind]),
    ),
    counter(
      'llm_task_retries_total',
      'Failed attempts that are tried again at the same provider.',
      each(({ retries }) => retries),
    ),
    counter(
      'llm_task_failovers_total',
      'Moves of a task to another provider, by the provider that it left.',
      each(({ failovers }) => failovers),
    ),
  ];
}
