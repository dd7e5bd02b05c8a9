import assert from 'node:assert/strict';
import test from 'node:test';
import { noTasks } from '../../../../core/metrics/count-tasks.ts';
import { formatPrometheus } from '../../../../core/metrics/format-prometheus.ts';
import { emptyHistogram } from '../../../../core/metrics/histogram.ts';
import { listMetrics } from '../../../../core/metrics/list-metrics.ts';
import type { ServiceTotals } from '../../../../core/metrics/metrics.ts';
import { readPrometheus } from '../../../fakes/read-prometheus.ts';

const kimi = {
  provider: 'kimi',
  queued: { high: 1, normal: 2, low: 3 },
  processing: 4,
  requests: 10,
  errorsByCode: { provider_error: 2 },
  latencies: { buckets: new Map([[100, 5]]), sumMs: 450 },
  retries: 6,
  failovers: 7,
  tokens: { prompt: 100, completion: 50 },
  costUsd: 0.25,
};
const totals: ServiceTotals = {
  tasks: {
    ...noTasks(),
    ended: { translation: { completed: 3 }, former: { failed: 1 } },
    waits: { ...noTasks().waits, high: { buckets: new Map([[250, 2]]), sumMs: 400 } },
    cache: { hits: 1, misses: 2 },
    lagMs: 1_500,
  },
  webhooks: { delivered: 8, retrying: 1, rejected: 0, dead: 0 },
  repairs: { tickets: 0, messages: 9, slots: 0, woken: 0, counts: 0 },
  providers: [kimi, { ...kimi, provider: 'qwen' }],
};

function exposed(from: ServiceTotals) {
  const families = readPrometheus(formatPrometheus(listMetrics(from, ['translation', 'custom'])));
  return new Map([...families.values()].flatMap(({ samples }) => [...samples]));
}

test('the metrics of the contract are there with its labels, in seconds and dollars', () => {
  const samples = exposed(totals);
  const expected = {
    'llm_requests_total{type="translation",status="completed"}': 3,
    llm_active_tasks: 8,
    'llm_queue_length{provider="kimi",priority="low"}': 3,
    'llm_queue_wait_seconds_sum{priority="high"}': 0.4,
    'llm_queue_wait_seconds_bucket{priority="high",le="0.1"}': 0,
    'llm_queue_wait_seconds_bucket{priority="high",le="0.25"}': 2,
    'llm_provider_requests_total{provider="qwen"}': 10,
    'llm_provider_errors_total{provider="kimi",code="provider_error"}': 2,
    'llm_provider_latency_seconds_sum{provider="kimi"}': 0.45,
    'llm_provider_latency_seconds_count{provider="kimi"}': 5,
    'llm_provider_cost_total{provider="kimi"}': 0.25,
    'llm_provider_tokens_total{provider="kimi",kind="completion"}': 50,
    'llm_task_retries_total{provider="kimi"}': 6,
    'llm_task_failovers_total{provider="kimi"}': 7,
    'llm_cache_lookups_total{result="miss"}': 2,
    'llm_webhook_deliveries_total{outcome="delivered"}': 8,
    llm_event_lag_seconds: 1.5,
    'llm_sweeper_repairs_total{kind="messages"}': 9,
  };
  for (const [key, value] of Object.entries(expected)) assert.equal(samples.get(key), value, key);
});

test('series begin with zero: each configured type, status, code and bucket', () => {
  const samples = exposed(totals);
  for (const key of [
    'llm_requests_total{type="custom",status="cancelled"}',
    'llm_request_duration_seconds_bucket{status="failed",le="900"}',
    'llm_provider_errors_total{provider="qwen",code="timeout"}',
    'llm_cache_lookups_total{result="hit"}',
  ])
    assert.ok(samples.has(key), key);
  assert.equal(samples.get('llm_requests_total{type="former",status="failed"}'), 1, 'what was counted stays');
});

test('every metric is there before anything was counted', () => {
  const webhooks = { delivered: 0, retrying: 0, rejected: 0, dead: 0 };
  const repairs = { tickets: 0, messages: 0, slots: 0, woken: 0, counts: 0 };
  const samples = exposed({ tasks: noTasks(), webhooks, repairs, providers: [] });
  assert.equal(samples.get('llm_active_tasks'), 0);
  assert.equal(samples.get('llm_event_lag_seconds'), 0);
  assert.equal(emptyHistogram.buckets.size, 0, 'nobody changed what all begin with');
});
