import assert from 'node:assert/strict';
import test from 'node:test';
import { formatPrometheus } from '../../../../core/metrics/format-prometheus.ts';

test('help, type and samples stand one a line, labels in braces, the text ending with a line feed', () => {
  const samples: { labels: Record<string, string>; value: number }[] = [
    { labels: { provider: 'kimi', priority: 'high' }, value: 3 },
    { labels: {}, value: 0.000001 },
  ];
  assert.equal(
    formatPrometheus([
      { name: 'llm_a', type: 'gauge', help: 'What it is.', samples },
      { name: 'llm_b_total', type: 'counter', help: 'Nothing yet.', samples: [] },
    ]),
    [
      '# HELP llm_a What it is.',
      '# TYPE llm_a gauge',
      'llm_a{provider="kimi",priority="high"} 3',
      'llm_a 0.000001',
      '# HELP llm_b_total Nothing yet.',
      '# TYPE llm_b_total counter',
      '',
    ].join('\n'),
  );
});

test('backslashes, quotes and line feeds are escaped, quotes in labels alone', () => {
  const help = 'a "b" \\ c\nd';
  const samples = [{ labels: { name: help }, value: 1 }];
  assert.equal(
    formatPrometheus([{ name: 'llm_a', type: 'gauge', help, samples }]),
    '# HELP llm_a a "b" \\\\ c\\nd\n# TYPE llm_a gauge\nllm_a{name="a \\"b\\" \\\\ c\\nd"} 1\n',
  );
});

test('a histogram has cumulative buckets up to +Inf, its sum and its count', () => {
  const buckets: [number, number][] = [
    [0.05, 2],
    [1, 0],
    [2.5, 3],
    [Number.POSITIVE_INFINITY, 1],
  ];
  const samples = [{ labels: { status: 'failed' }, value: { buckets, sum: 12.5 } }];
  const text = formatPrometheus([{ name: 'llm_d_seconds', type: 'histogram', help: 'D.', samples }]);
  assert.deepEqual(text.split('\n').slice(2, -1), [
    'llm_d_seconds_bucket{status="failed",le="0.05"} 2',
    'llm_d_seconds_bucket{status="failed",le="1"} 2',
    'llm_d_seconds_bucket{status="failed",le="2.5"} 5',
    'llm_d_seconds_bucket{status="failed",le="+Inf"} 6',
    'llm_d_seconds_sum{status="failed"} 12.5',
    'llm_d_seconds_count{status="failed"} 6',
  ]);
});
