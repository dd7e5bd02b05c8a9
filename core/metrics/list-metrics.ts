import { finalStatuses, priorities } from '../tasks/task.ts';
import { durationEdges } from './histogram.ts';
import { listProviderMetrics } from './list-provider-metrics.ts';
import { counter, gauge, histogram, inSeconds, type Metric } from './metric.ts';
import { deliveryOutcomes, repairKinds, type ServiceTotals } from './metrics.ts';

/**
 * Every metric with its series, zeros included: one that began with 1 would hide its first increase.
 *
 * @param taskTypes the configured ones
 */
export function listMetrics(
  { tasks, webhooks, repairs, providers }: ServiceTotals,
  taskTypes: readonly string[],
): Metric[] {
  const types = [...new Set([...taskTypes, ...Object.keys(tasks.ended)])];
  return [
    counter(
      'llm_requests_total',
      'Tasks that ended, by type and final status.',
      types.flatMap((type) =>
        by('status', finalStatuses, (each) => tasks.ended[type]?.[each] ?? 0, { type }),
      ),
    ),
    histogram(
      'llm_request_duration_seconds',
      'From the acceptance of a task to its end, by final status.',
      by('status', finalStatuses, (each) => inSeconds(tasks.durations[each], durationEdges)),
    ),
    gauge('llm_active_tasks', 'Tasks that are being processed.', [
      { labels: {}, value: providers.reduce((sum, { processing }) => sum + processing, 0) },
    ]),
    histogram(
      'llm_queue_wait_seconds',
      'From the acceptance of a task to its first start, by priority; counted when the task ends.',
      by('priority', priorities, (each) => inSeconds(tasks.waits[each], durationEdges)),
    ),
    ...listProviderMetrics(providers),
    counter(
      'llm_cache_lookups_total',
      'Completed tasks that may share a result: those that did (hit) and those that did not (miss).',
      by('result', ['hit', 'miss'], (each) => tasks.cache[each === 'hit' ? 'hits' : 'misses']),
    ),
    counter(
      'llm_webhook_deliveries_total',
      'Tries to deliver a webhook, by outcome; dead means that none is left.',
      by('outcome', deliveryOutcomes, (each) => webhooks[each]),
    ),
    gauge(
      'llm_event_lag_seconds',
      'How late the oldest change was counted, of the last ones with an ended task; a second of it is a window.',
      [{ labels: {}, value: (tasks.lagMs ?? 0) / 1_000 }],
    ),
    counter(
      'llm_sweeper_repairs_total',
      'What the sweeper repaired after a crash, by kind.',
      by('kind', repairKinds, (each) => repairs[each]),
    ),
  ];
}

/** A series for each name. */
function by<Name extends string, Value>(
  label: string,
  names: readonly Name[],
  read: (name: Name) => Value,
  others: Record<string, string> = {},
): { labels: Record<string, string>; value: Value }[] {
  return names.map((name) => ({ labels: { ...others, [label]: name }, value: read(name) }));
}
