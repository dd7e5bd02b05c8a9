import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { noTasks } from '../../../core/metrics/count-tasks.ts';
import { emptyHistogram } from '../../../core/metrics/histogram.ts';
import { listMetrics } from '../../../core/metrics/list-metrics.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const metrics = listMetrics(
  {
    tasks: noTasks(),
    webhooks: { delivered: 0, retrying: 0, rejected: 0, dead: 0 },
    repairs: { tickets: 0, messages: 0, slots: 0, woken: 0, counts: 0 },
    providers: [
      {
        provider: 'kimi',
        queued: { high: 0, normal: 0, low: 0 },
        processing: 0,
        requests: 0,
        errorsByCode: {},
        latencies: emptyHistogram,
        retries: 0,
        failovers: 0,
        tokens: { prompt: 0, completion: 0 },
        costUsd: 0,
      },
    ],
  },
  ['custom'],
);
/** The names that can be queried: those of a histogram have endings. */
const queryable = new Set(
  metrics.flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((ending) => name + ending) : [name],
  ),
);
const namesIn = (text: string) => [...text.matchAll(/\bllm_\w+/g)].map(([name]) => name);

const dashboard = JSON.parse(read('docs/grafana-dashboard.json'));
const variables: string[] = dashboard.templating.list.map(({ name }: { name: string }) => name);
interface Panel {
  id: number;
  title: string;
  datasource: { uid: string };
  targets: { expr: string; datasource: { uid: string } }[];
}
const panels: Panel[] = dashboard.panels;
const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

test('the dashboard queries metrics that the service exposes, and every one of them', () => {
  const queried = [...expressions, JSON.stringify(dashboard.templating)].flatMap(namesIn);
  assert.deepEqual(
    queried.filter((name) => !queryable.has(name)),
    [],
  );
  for (const { name } of metrics)
    assert.ok(
      queried.some((each) => each.startsWith(name)),
      name,
    );
});

test('the dashboard reads the data source and variables that it lets one choose', () => {
  assert.equal(dashboard.schemaVersion, 39);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { title, datasource, targets } of panels) {
    for (const each of [datasource, ...targets.map((target) => target.datasource)])
      assert.equal(each.uid, '${' + 'datasource}', title);
    for (const { expr } of targets)
      for (const [, name = ''] of expr.matchAll(/\$(?!__)(\w+)/g)) assert.ok(variables.includes(name), expr);
  }
});

test('docs/metrics.md has every metric with its type and labels, and queries no other', () => {
  const text = read('docs/metrics.md');
  const rows = [...text.matchAll(/^\| `(llm_\w+)` \| (\w+) \| ([^|]*)\|/gm)];
  assert.deepEqual(
    rows.map(([, name, type]) => `${name} ${type}`).sort(),
    metrics.map(({ name, type }) => `${name} ${type}`).sort(),
  );
  const labelsOf = new Map(rows.map(([, name = '', , labels = '']) => [name, labels]));
  for (const { name, samples } of metrics)
    for (const { labels } of samples)
      assert.deepEqual(
        [...(labelsOf.get(name) ?? '').matchAll(/\w+/g)].map(String),
        Object.keys(labels),
        name,
      );
  const [, queries = ''] = /```promql\n([\s\S]*?)```/.exec(text) ?? [];
  assert.ok(namesIn(queries).length >= 4);
  for (const name of namesIn(queries)) assert.ok(queryable.has(name), name);
});
